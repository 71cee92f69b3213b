window.YTD.twitter_circle_tweet.part0 = [
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1579109425526865920"
          ],
          "editableUntil": "2022-10-09T15:00:00.137Z",
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
      "id_str": "1579109425526865920",
      "truncated": false,
      "retweet_count": "1",
      "id": "1579109425526865920",
      "created_at": "Sun Oct 09 14:00:00 +0000 2022",
      "favorited": false,
      "full_text": "Trying out the circle.",
      "lang": "en"
    }
  }
]
