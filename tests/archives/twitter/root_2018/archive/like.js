window.YTD.like.part0 = [
  {
    "like": {
      "tweetId": "1014000000000000007"
    }
  }
]
