window.YTD.account.part0 = [
  {
    "account": {
      "username": "CedarFordMO",
      "accountId": "455000111",
      "createdAt": "2012-03-01T08:00:00.000Z",
      "accountDisplayName": "City of Cedar Ford"
    }
  }
]