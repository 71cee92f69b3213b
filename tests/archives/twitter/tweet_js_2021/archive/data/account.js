window.YTD.account.part0 = [
  {
    "account": {
      "username": "CedarFordMO",
      "accountId": "455000111",
      "createdAt": "2012-01-03T15:00:00.000Z",
      "accountDisplayName": "City of Cedar Ford",
      "email": "clerk@cedarford.example",
      "createdVia": "web"
    }
  }
]
