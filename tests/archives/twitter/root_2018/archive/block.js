window.YTD.block.part0 = [
  {
    "blocking": {
      "accountId": "800801"
    }
  }
]
