window.YTD.like.part0 = [
  {
    "like": {
      "tweetId": "1612800000000000009",
      "fullText": "Thanks @CedarFordMO &amp; crew! #snow",
      "expandedUrl": "https://twitter.com/i/web/status/1612800000000000009"
    }
  }
]
