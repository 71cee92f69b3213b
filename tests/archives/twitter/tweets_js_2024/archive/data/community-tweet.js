window.YTD.community_tweet.part0 = [
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1700509360502865920"
          ],
          "editableUntil": "2023-09-09T15:00:00.137Z",
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
        "33"
      ],
      "favorite_count": "3",
      "id_str": "1700509360502865920",
      "truncated": false,
      "retweet_count": "1",
      "id": "1700509360502865920",
      "created_at": "Sat Sep 09 14:00:00 +0000 2023",
      "favorited": false,
      "full_text": "Gardeners: mulch day is Saturday.",
      "lang": "en",
      "community_id_str": "1700000000000000001"
    }
  }
]
