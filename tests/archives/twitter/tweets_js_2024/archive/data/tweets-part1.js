window.YTD.tweets.part1 = [
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1741700777031761920"
          ],
          "editableUntil": "2024-01-01T06:59:59.137Z",
          "editsRemaining": "5",
          "isEditEligible": true
        }
      },
      "retweeted": false,
      "source": "<a href=\"https://mobile.twitter.com\" rel=\"nofollow\">Twitter Web App</a>",
      "entities": {
        "hashtags": [
          {
            "text": "AñoNuevo",
            "indices": [
              "30",
              "39"
            ]
          }
        ],
        "symbols": [],
        "user_mentions": [],
        "urls": []
      },
      "display_text_range": [
        "0",
        "39"
      ],
      "favorite_count": "3",
      "id_str": "1741700777031761920",
      "truncated": false,
      "retweet_count": "1",
      "id": "1741700777031761920",
      "created_at": "Mon Jan 01 05:59:59 +0000 2024",
      "favorited": false,
      "full_text": "Feliz año nuevo, Cedar Ford 🎉 #AñoNuevo",
      "lang": "es"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1675142209910865920"
          ],
          "editableUntil": "2023-07-01T15:00:00.137Z",
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
            "name": "Show-Me Gauges",
            "screen_name": "ShowMeGauge",
            "indices": [
              "3",
              "15"
            ],
            "id_str": "700700",
            "id": "700700"
          }
        ],
        "urls": []
      },
      "display_text_range": [
        "0",
        "140"
      ],
      "favorite_count": "3",
      "id_str": "1675142209910865920",
      "truncated": false,
      "retweet_count": "1",
      "id": "1675142209910865920",
      "created_at": "Sat Jul 01 14:00:00 +0000 2023",
      "favorited": false,
      "full_text": "RT @ShowMeGauge: The Osage gauge at Cedar Ford stands at 21.4 feet and is forecast to crest near midnight; stay off River Road, Mill Street…",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1675504597776465920"
          ],
          "editableUntil": "2023-07-02T15:00:00.137Z",
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
            "name": "Friends of the Library",
            "screen_name": "libraryfriends",
            "indices": [
              "3",
              "18"
            ],
            "id_str": "700900",
            "id": "700900"
          }
        ],
        "urls": []
      },
      "display_text_range": [
        "0",
        "39"
      ],
      "favorite_count": "3",
      "id_str": "1675504597776465920",
      "truncated": false,
      "retweet_count": "1",
      "id": "1675504597776465920",
      "created_at": "Sun Jul 02 14:00:00 +0000 2023",
      "favorited": false,
      "full_text": "RT @libraryfriends: Book sale Saturday!",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1675866985642065920"
          ],
          "editableUntil": "2023-07-03T15:00:00.137Z",
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
        "urls": [
          {
            "url": "https://t.co/ffffffff03",
            "expanded_url": "https://x.com/ShowMeGauge/status/1675000000000000000?s=20",
            "display_url": "x.com/ShowMeGauge/status…",
            "indices": [
              "17",
              "40"
            ]
          }
        ]
      },
      "display_text_range": [
        "0",
        "40"
      ],
      "favorite_count": "3",
      "id_str": "1675866985642065920",
      "truncated": false,
      "retweet_count": "1",
      "id": "1675866985642065920",
      "created_at": "Mon Jul 03 14:00:00 +0000 2023",
      "favorited": false,
      "full_text": "Read this first. https://t.co/ffffffff03",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1676229373507665920"
          ],
          "editableUntil": "2023-07-04T15:00:00.137Z",
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
        "68"
      ],
      "favorite_count": "3",
      "id_str": "1676229373507665920",
      "truncated": false,
      "retweet_count": "1",
      "id": "1676229373507665920",
      "created_at": "Tue Jul 04 14:00:00 +0000 2023",
      "favorited": false,
      "full_text": "@gone_account We have hidden the reply under our posted policy. 👩🏽‍🚒",
      "lang": "en",
      "in_reply_to_user_id": "800999",
      "in_reply_to_user_id_str": "800999",
      "in_reply_to_status_id": "1676214274013265920",
      "in_reply_to_status_id_str": "1676214274013265920"
    }
  }
]
