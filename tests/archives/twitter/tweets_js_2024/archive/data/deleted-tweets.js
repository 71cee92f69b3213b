window.YTD.deleted_tweets.part0 = [
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1737533320771665920"
          ],
          "editableUntil": "2023-12-20T19:00:00.137Z",
          "editsRemaining": "5",
          "isEditEligible": true
        }
      },
      "retweeted": false,
      "source": "<a href=\"https://mobile.twitter.com\" rel=\"nofollow\">Twitter Web App</a>",
      "entities": {
        "hashtags": [],
        "symbols": [],
        "user_mentions": [],
        "urls": []
      },
      "display_text_range": [
        "0",
        "29"
      ],
      "favorite_count": "3",
      "id_str": "1737533320771665920",
      "truncated": false,
      "retweet_count": "1",
      "id": "1737533320771665920",
      "created_at": "Wed Dec 20 18:00:00 +0000 2023",
      "favorited": false,
      "full_text": "Meeting moved to 6 pm (typo).",
      "lang": "en",
      "deleted_at": "Wed Dec 20 20:00:00 +0000 2023"
    }
  }
]
