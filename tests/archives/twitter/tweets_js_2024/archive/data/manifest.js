window.__THAR_CONFIG = {
  "userInfo": {
    "accountId": "455000111",
    "userName": "CedarFordMO",
    "displayName": "City of Cedar Ford"
  },
  "archiveInfo": {
    "sizeBytes": "4096",
    "generationDate": "2024-01-02T00:00:00.000Z",
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
    "block": {
      "files": [
        {
          "fileName": "data/block.js",
          "globalName": "YTD.block.part0",
          "count": "1"
        }
      ]
    },
    "communityTweet": {
      "files": [
        {
          "fileName": "data/community-tweet.js",
          "globalName": "YTD.community_tweet.part0",
          "count": "1"
        }
      ]
    },
    "deletedTweetHeaders": {
      "files": [
        {
          "fileName": "data/deleted-tweet-headers.js",
          "globalName": "YTD.deleted_tweet_headers.part0",
          "count": "2"
        }
      ]
    },
    "deletedTweets": {
      "files": [
        {
          "fileName": "data/deleted-tweets.js",
          "globalName": "YTD.deleted_tweets.part0",
          "count": "1"
        }
      ]
    },
    "directMessages": {
      "files": [
        {
          "fileName": "data/direct-messages.js",
          "globalName": "YTD.direct_messages.part0",
          "count": "1"
        }
      ]
    },
    "directMessagesGroup": {
      "files": [
        {
          "fileName": "data/direct-messages-group.js",
          "globalName": "YTD.direct_messages_group.part0",
          "count": "1"
        }
      ]
    },
    "like": {
      "files": [
        {
          "fileName": "data/like.js",
          "globalName": "YTD.like.part0",
          "count": "1"
        }
      ]
    },
    "noteTweet": {
      "files": [
        {
          "fileName": "data/note-tweet.js",
          "globalName": "YTD.note_tweet.part0",
          "count": "5"
        }
      ]
    },
    "profile": {
      "files": [
        {
          "fileName": "data/profile.js",
          "globalName": "YTD.profile.part0",
          "count": "1"
        }
      ]
    },
    "tweets": {
      "files": [
        {
          "fileName": "data/tweets.js",
          "globalName": "YTD.tweets.part0",
          "count": "6"
        },
        {
          "fileName": "data/tweets-part1.js",
          "globalName": "YTD.tweets.part1",
          "count": "5"
        }
      ]
    },
    "twitterCircleTweet": {
      "files": [
        {
          "fileName": "data/twitter-circle-tweet.js",
          "globalName": "YTD.twitter_circle_tweet.part0",
          "count": "1"
        }
      ]
    },
    "profileMedia": {
      "mediaDirectory": "data/profile_media"
    }
  }
}