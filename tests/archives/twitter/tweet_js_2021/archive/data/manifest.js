window.__THAR_CONFIG = {
  "userInfo": {
    "accountId": "455000111",
    "userName": "CedarFordMO",
    "displayName": "City of Cedar Ford"
  },
  "archiveInfo": {
    "sizeBytes": "4096",
    "generationDate": "2021-06-01T00:10:00.000Z",
    "isPartialArchive": false,
    "maxPartSizeBytes": "53687091200"
  },
  "readmeInfo": {
    "fileName": "data/README.txt",
    "directory": "data/",
    "name": "README.txt"
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
    "tweet": {
      "files": [
        {
          "fileName": "data/tweet.js",
          "globalName": "YTD.tweet.part0",
          "count": "2"
        }
      ]
    },
    "profileMedia": {
      "mediaDirectory": "data/profile_media"
    }
  }
}