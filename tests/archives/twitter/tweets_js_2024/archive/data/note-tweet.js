window.YTD.note_tweet.part0 = [
  {
    "noteTweet": {
      "noteTweetId": "1642900000000000001",
      "updatedAt": "2023-04-03T15:00:00.137Z",
      "lifecycle": {
        "value": "3",
        "name": "Indexed",
        "originalName": "Indexed",
        "annotations": {}
      },
      "createdAt": "2023-04-03T15:00:00.137Z",
      "core": {
        "styletags": [],
        "urls": [
          {
            "shortUrl": "https://t.co/ffffffff09",
            "expandedUrl": "https://cedarford.example/zoning/23-04",
            "displayUrl": "cedarford.example/zoning/23-04",
            "fromIndex": "0",
            "toIndex": "23"
          }
        ],
        "text": "NOTICE OF PUBLIC HEARING. The Planning & Zoning Commission of Cedar Ford will hear request 23-04 on Tuesday, April 18, at 6:30 p.m. in Community Hall, 1 Park Lane. The request would change lots 4 <through> 9 of Mill Addition from R-1 to C-2. The file is at https://t.co/ffffffff09 and at the clerk's counter. Anyone may speak for three minutes or write to clerk@cedarford.example by noon that day. Interpreters are on call at 555-0142. #zoning",
        "mentions": [],
        "cashtags": [],
        "hashtags": [
          {
            "text": "zoning",
            "fromIndex": "0",
            "toIndex": "1"
          }
        ]
      }
    }
  },
  {
    "noteTweet": {
      "noteTweetId": "1642900000000000002",
      "updatedAt": "2023-04-04T15:00:00.137Z",
      "lifecycle": {
        "value": "3",
        "name": "Indexed",
        "originalName": "Indexed",
        "annotations": {}
      },
      "createdAt": "2023-04-04T15:00:00.137Z",
      "core": {
        "styletags": [],
        "urls": [],
        "text": "Step 1: turn the valve a quarter, wait, read the gauge. Step 2: turn the valve a quarter, wait, read the gauge. Step 3: turn the valve a quarter, wait, read the gauge. Step 4: turn the valve a quarter, wait, read the gauge. Step 5: turn the valve a quarter, wait, read the gauge. Step 6: turn the valve a quarter, wait, read the gauge. Step 7: turn the valve a quarter, wait, read the gauge. Step 8: turn the valve a quarter, wait, read the gauge.",
        "mentions": [],
        "cashtags": [],
        "hashtags": []
      }
    }
  },
  {
    "noteTweet": {
      "noteTweetId": "1642900000000000003",
      "updatedAt": "2023-04-05T15:00:00.137Z",
      "lifecycle": {
        "value": "3",
        "name": "Indexed",
        "originalName": "Indexed",
        "annotations": {}
      },
      "createdAt": "2023-04-05T15:00:00.137Z",
      "core": {
        "styletags": [],
        "urls": [],
        "text": "Bold words, short post",
        "mentions": [],
        "cashtags": [],
        "hashtags": []
      }
    }
  },
  {
    "noteTweet": {
      "noteTweetId": "1642900000000000004",
      "updatedAt": "2023-06-06T06:00:00.137Z",
      "lifecycle": {
        "value": "3",
        "name": "Indexed",
        "originalName": "Indexed",
        "annotations": {}
      },
      "createdAt": "2023-06-06T06:00:00.137Z",
      "core": {
        "styletags": [],
        "urls": [],
        "text": "A long post whose short form is not in the archive.",
        "mentions": [],
        "cashtags": [],
        "hashtags": []
      }
    }
  },
  {
    "noteTweet": {
      "noteTweetId": "1642900000000000005",
      "updatedAt": "2023-04-03T15:00:00.137Z",
      "lifecycle": {
        "value": "3",
        "name": "Indexed",
        "originalName": "Indexed",
        "annotations": {}
      },
      "createdAt": "2023-04-03T15:00:00.137Z",
      "core": {
        "styletags": [],
        "urls": [
          {
            "shortUrl": "https://t.co/ffffffff09",
            "expandedUrl": "https://cedarford.example/zoning/23-04",
            "displayUrl": "cedarford.example/zoning/23-04",
            "fromIndex": "0",
            "toIndex": "23"
          }
        ],
        "text": "NOTICE OF PUBLIC HEARING. The Planning & Zoning Commission of Cedar Ford will hear request 23-04 on Tuesday, April 18, at 6:30 p.m. in Community Hall, 1 Park Lane. The request would change lots 4 <through> 9 of Mill Addition from R-1 to C-2. The file is at https://t.co/ffffffff09 and at the clerk's counter. Anyone may speak for three minutes or write to clerk@cedarford.example by noon that day. Interpreters are on call at 555-0142. #zoning",
        "mentions": [],
        "cashtags": [],
        "hashtags": [
          {
            "text": "zoning",
            "fromIndex": "0",
            "toIndex": "1"
          }
        ]
      }
    }
  }
]
