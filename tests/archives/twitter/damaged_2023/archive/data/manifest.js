window.__THAR_CONFIG = {
  "userInfo": {
    "accountId": "455000111",
    "userName": "CedarFordMO",
    "displayName": "City of Cedar Ford"
  },
  "archiveInfo": {
    "sizeBytes": "4096",
    "generationDate": "2023-04-01T00:00:00.000Z",
    "isPartialArchive": true,
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
    "like": {
      "files": [
        {
          "fileName": "data/like.js",
          "globalName": "YTD.like.part0",
          "count": "0"
        }
      ]
    },
    "follower": {
      "files": [
        {
          "fileName": "data/follower.js",
          "globalName": "YTD.follower.part0",
          "count": "12"
        }
      ]
    },
    "tweets": {
      "files": [
        {
          "fileName": "data/tweets.js",
          "globalName": "YTD.tweets.part0",
          "count": "4"
        },
        {
          "fileName": "data/tweets-part1.js",
          "globalName": "YTD.tweets.part1",
          "count": "7"
        }
      ]
    },
    "profileMedia": {
      "mediaDirectory": "data/profile_media"
    }
  }
}