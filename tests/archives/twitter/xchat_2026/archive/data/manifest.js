window.__THAR_CONFIG = {
  "userInfo": {
    "accountId": "455000111",
    "userName": "CedarFordMO",
    "displayName": "City of Cedar Ford"
  },
  "archiveInfo": {
    "sizeBytes": "1",
    "generationDate": "2026-02-01T12:00:00.000Z",
    "isPartialArchive": false,
    "maxPartSizeBytes": "53687091200"
  },
  "dataTypes": {
    "account": {
      "files": [
        {
          "fileName": "data/account.js",
          "globalName": "YTD.account.part0",
          "count": "1"
        }
      ]
    },
    "block": {
      "files": [
        {
          "fileName": "data/block.js",
          "globalName": "YTD.block.part0",
          "count": "0"
        }
      ]
    },
    "messageEvent": {
      "files": [
        {
          "fileName": "data/message-event.js",
          "globalName": "YTD.message_event.part0",
          "count": "3"
        }
      ]
    },
    "tweets": {
      "mediaDirectory": "data/tweets_media",
      "files": [
        {
          "fileName": "data/tweets.js",
          "globalName": "YTD.tweets.part0",
          "count": "2"
        }
      ]
    }
  }
}