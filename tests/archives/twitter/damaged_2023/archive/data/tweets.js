window.YTD.tweets.part0 = [
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1631625467050065920"
          ],
          "editableUntil": "2023-03-03T13:00:00.137Z",
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
      "id_str": "1631625467050065920",
      "truncated": false,
      "retweet_count": "1",
      "id": "1631625467050065920",
      "created_at": "Fri Mar 03 12:00:00 +0000 2023",
      "favorited": false,
      "full_text": "Whole post before the damage.",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1631987854915665920"
          ],
          "editableUntil": "2023-03-04T13:00:00.137Z",
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
        "31"
      ],
      "favorite_count": "3",
      "id_str": "1631987854915665920",
      "truncated": false,
      "retweet_count": "1",
      "id": "1631987854915665920",
      "created_at": "Sat Mar 44 12:00:00 +0000 2023",
      "favorited": false,
      "full_text": "The date of this one is broken.",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "full_text": [
        "not",
        "text"
      ],
      "id_str": "1"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1632350242781265920"
          ],
          "editableUntil": "2023-03-05T13:00:00.137Z",
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
        "31"
      ],
      "favorite_count": "3",
      "id_str": "1632350242781265920",
      "truncated": false,
      "retweet_count": "1",
      "id": "1632350242781265920",
      "created_at": "Sun Mar 05 12:00:00 +0000 2023",
      "favorited": false,
      "full_text": "This post