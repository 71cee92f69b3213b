window.YTD.tweets.part0 = [
  {
    "tweet": {
      "id_str": "2010000000000000001",
      "id": "2010000000000000001",
      "created_at": "Mon Jan 12 15:00:00 +0000 2026",
      "full_text": "The boat ramp is closed for repairs.",
      "lang": "en",
      "entities": {
        "hashtags": [],
        "symbols": [],
        "user_mentions": [],
        "urls": []
      }
    }
  },
  {
    "tweet": {
      "id_str": "2010000000000000002",
      "id": "2010000000000000002",
      "created_at": "Mon Jan 12 16:00:00 +0000 2026",
      "lang": "en",
      "entities": {
        "hashtags": [],
        "symbols": [],
        "user_mentions": [],
        "urls": []
      }
    }
  }
]