window.YTD.deleted_tweet_headers.part0 = [
  {
    "tweet": {
      "tweet_id": "1737533320771665920",
      "user_id": "455000111",
      "created_at": "Wed Dec 20 18:00:00 +0000 2023",
      "deleted_at": "Wed Dec 20 20:00:00 +0000 2023"
    }
  },
  {
    "tweet": {
      "tweet_id": "1737895708637265920",
      "user_id": "455000111",
      "created_at": "Thu Dec 21 18:00:00 +0000 2023",
      "deleted_at": "Thu Dec 21 19:00:00 +0000 2023"
    }
  }
]
