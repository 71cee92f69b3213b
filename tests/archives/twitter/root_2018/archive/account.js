window.YTD.account.part0 = [
  {
    "account": {
      "username": "CedarFordMO",
      "accountId": "455000111",
      "createdAt": "1325602800000",
      "accountDisplayName": "City of Cedar Ford",
      "email": "clerk@cedarford.example",
      "createdVia": "web",
      "updatedAt": "1530403200000",
      "timeZone": "Central Time (US & Canada)"
    }
  }
]
