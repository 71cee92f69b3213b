window.YTD.block.part0 = [
  {
    "blocking": {
      "accountId": "800801",
      "userLink": "https://twitter.com/intent/user?user_id=800801"
    }
  }
]
