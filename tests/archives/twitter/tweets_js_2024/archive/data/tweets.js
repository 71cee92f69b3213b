window.YTD.tweets.part0 = [
  {
    "tweet": {
      "edit_info": {
        "edit": {
          "initialTweetId": "1642134715152465920",
          "editControlInitial": {
            "editTweetIds": [
              "1642134715152465920",
              "1642135973443665920"
            ],
            "editableUntil": "2023-04-01T13:00:00.137Z",
            "editsRemaining": "4",
            "isEditEligible": true
          }
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
      "id_str": "1642135973443665920",
      "truncated": false,
      "retweet_count": "1",
      "id": "1642135973443665920",
      "created_at": "Sat Apr 01 12:05:00 +0000 2023",
      "favorited": false,
      "full_text": "Office closed Monday April 3.",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1642134715152465920",
            "1642135973443665920"
          ],
          "editableUntil": "2023-04-01T13:00:00.137Z",
          "editsRemaining": "4",
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
      "id_str": "1642134715152465920",
      "truncated": false,
      "retweet_count": "1",
      "id": "1642134715152465920",
      "created_at": "Sat Apr 01 12:00:00 +0000 2023",
      "favorited": false,
      "full_text": "Office closed Monday April 2.",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1642904789366865920"
          ],
          "editableUntil": "2023-04-03T16:00:00.137Z",
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
        "285"
      ],
      "favorite_count": "3",
      "id_str": "1642904789366865920",
      "truncated": false,
      "retweet_count": "1",
      "id": "1642904789366865920",
      "created_at": "Mon Apr 03 15:00:00 +0000 2023",
      "favorited": false,
      "full_text": "NOTICE OF PUBLIC HEARING. The Planning &amp; Zoning Commission of Cedar Ford will hear request 23-04 on Tuesday, April 18, at 6:30 p.m. in Community Hall, 1 Park Lane. The request would change lots 4 &lt;through&gt; 9 of Mill Addition from R-1 to C-2. The file is at https://t.co/ffff…",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1643267177232465920"
          ],
          "editableUntil": "2023-04-04T16:00:00.137Z",
          "editsRemaining": "5",
          "isEditEligible": true
        }
      },
      "retweeted": false,
      "source": "<a href=\"https://mobile.twitter.com\" rel=\"nofollow\">Twitter Web App</a>",
      "entities": {
        "hashtags": [],
        "symbols": [],
        "user_mentions": [
          {
            "name": "River Watcher",
            "screen_name": "riverwatcher99",
            "indices": [
              "0",
              "15"
            ],
            "id_str": "800800",
            "id": "800800"
          }
        ],
        "urls": []
      },
      "display_text_range": [
        "0",
        "275"
      ],
      "favorite_count": "3",
      "id_str": "1643267177232465920",
      "truncated": false,
      "retweet_count": "1",
      "id": "1643267177232465920",
      "created_at": "Tue Apr 04 15:00:00 +0000 2023",
      "favorited": false,
      "full_text": "@riverwatcher99 Step 1: turn the valve a quarter, wait, read the gauge. Step 2: turn the valve a quarter, wait, read the gauge. Step 3: turn the valve a quarter, wait, read the gauge. Step 4: turn the valve a quarter, wait, read the gauge. Step 5: turn the valve a quarter, …",
      "lang": "en",
      "in_reply_to_user_id": "800800",
      "in_reply_to_user_id_str": "800800",
      "in_reply_to_status_id": "1643264660650065920",
      "in_reply_to_status_id_str": "1643264660650065920",
      "in_reply_to_screen_name": "riverwatcher99"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1643629565098065920"
          ],
          "editableUntil": "2023-04-05T16:00:00.137Z",
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
        "22"
      ],
      "favorite_count": "3",
      "id_str": "1643629565098065920",
      "truncated": false,
      "retweet_count": "1",
      "id": "1643629565098065920",
      "created_at": "Wed Apr 05 15:00:00 +0000 2023",
      "favorited": false,
      "full_text": "Bold words, short post",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1653066749098065920"
          ],
          "editableUntil": "2023-05-01T17:00:00.137Z",
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
        "urls": [],
        "media": [
          {
            "expanded_url": "https://twitter.com/CedarFordMO/status/1653066749098065920/photo/1",
            "indices": [
              "30",
              "53"
            ],
            "url": "https://t.co/ffffffff02",
            "media_url": "http://pbs.twimg.com/media/FvLib1.png",
            "id_str": "40",
            "id": "40",
            "media_url_https": "https://pbs.twimg.com/media/FvLib1.png",
            "sizes": {
              "large": {
                "w": "1",
                "h": "1",
                "resize": "fit"
              }
            },
            "type": "photo",
            "display_url": "pic.twitter.com/ffffffff02",
            "ext_alt_text": "The mayor cuts a ribbon"
          }
        ]
      },
      "display_text_range": [
        "0",
        "53"
      ],
      "favorite_count": "3",
      "id_str": "1653066749098065920",
      "truncated": false,
      "retweet_count": "1",
      "id": "1653066749098065920",
      "created_at": "Mon May 01 16:00:00 +0000 2023",
      "favorited": false,
      "full_text": "Ribbon cutting at the library https://t.co/ffffffff02",
      "lang": "en",
      "extended_entities": {
        "media": [
          {
            "expanded_url": "https://twitter.com/CedarFordMO/status/1653066749098065920/photo/1",
            "indices": [
              "30",
              "53"
            ],
            "url": "https://t.co/ffffffff02",
            "media_url": "http://pbs.twimg.com/media/FvLib1.png",
            "id_str": "40",
            "id": "40",
            "media_url_https": "https://pbs.twimg.com/media/FvLib1.png",
            "sizes": {
              "large": {
                "w": "1",
                "h": "1",
                "resize": "fit"
              }
            },
            "type": "photo",
            "display_url": "pic.twitter.com/ffffffff02",
            "ext_alt_text": "The mayor cuts a ribbon"
          },
          {
            "expanded_url": "https://twitter.com/CedarFordMO/status/1653066749098065920/photo/1",
            "indices": [
              "30",
              "53"
            ],
            "url": "https://t.co/ffffffff02",
            "media_url": "http://pbs.twimg.com/media/FvLib2.png",
            "id_str": "41",
            "id": "41",
            "media_url_https": "https://pbs.twimg.com/media/FvLib2.png",
            "sizes": {
              "large": {
                "w": "1",
                "h": "1",
                "resize": "fit"
              }
            },
            "type": "photo",
            "display_url": "pic.twitter.com/ffffffff02"
          }
        ]
      }
    }
  }
]
