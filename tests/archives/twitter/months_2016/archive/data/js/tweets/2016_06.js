Grailbird.data.tweets_2016_06 = 
[
  {
    "created_at" : "Thu Jun 02 15:00:00 +0000 2016",
    "id" : 738384676829265900,
    "id_str" : "738384676829265920",
    "full_text" : "Council meets tomorrow, agenda: https:\/\/t.co\/aaaaaaaa07",
    "truncated" : false,
    "display_text_range" : [
      0,
      54
    ],
    "entities" : {
      "hashtags" : [],
      "symbols" : [],
      "user_mentions" : [],
      "urls" : [
        {
          "url" : "https:\/\/t.co\/aaaaaaaa07",
          "expanded_url" : "https:\/\/cedarford.example\/council",
          "display_url" : "cedarford.example\/counci\u2026",
          "indices" : [
            31,
            54
          ]
        }
      ]
    },
    "source" : "\u003Ca href=\"http:\/\/twitter.com\" rel=\"nofollow\"\u003ETwitter Web Client\u003C\/a\u003E",
    "in_reply_to_status_id" : null,
    "in_reply_to_status_id_str" : null,
    "in_reply_to_user_id" : null,
    "in_reply_to_user_id_str" : null,
    "in_reply_to_screen_name" : null,
    "user" : {
      "name" : "City of Cedar Ford",
      "screen_name" : "CedarFordMO",
      "protected" : false,
      "id_str" : "455000111",
      "profile_image_url_https" : "https:\/\/pbs.twimg.com\/profile_images\/1\/seal_normal.png",
      "id" : 455000111,
      "verified" : false,
      "followers_count" : 912
    },
    "geo" : null,
    "coordinates" : null,
    "place" : null,
    "contributors" : null,
    "is_quote_status" : false,
    "retweet_count" : 0,
    "favorite_count" : 2,
    "favorited" : false,
    "retweeted" : false,
    "possibly_sensitive" : false,
    "lang" : "en"
  },
  {
    "created_at" : "Thu Jun 02 15:00:00 +0000 2016",
    "id" : 738384676829265900,
    "id_str" : "738384676829265920",
    "full_text" : "Council meets tonight, agenda: https:\/\/t.co\/aaaaaaaa07",
    "truncated" : false,
    "display_text_range" : [
      0,
      54
    ],
    "entities" : {
      "hashtags" : [],
      "symbols" : [],
      "user_mentions" : [],
      "urls" : [
        {
          "url" : "https:\/\/t.co\/aaaaaaaa07",
          "expanded_url" : "https:\/\/cedarford.example\/council",
          "display_url" : "cedarford.example\/counci\u2026",
          "indices" : [
            31,
            54
          ]
        }
      ]
    },
    "source" : "\u003Ca href=\"http:\/\/twitter.com\" rel=\"nofollow\"\u003ETwitter Web Client\u003C\/a\u003E",
    "in_reply_to_status_id" : null,
    "in_reply_to_status_id_str" : null,
    "in_reply_to_user_id" : null,
    "in_reply_to_user_id_str" : null,
    "in_reply_to_screen_name" : null,
    "user" : {
      "name" : "City of Cedar Ford",
      "screen_name" : "CedarFordMO",
      "protected" : false,
      "id_str" : "455000111",
      "profile_image_url_https" : "https:\/\/pbs.twimg.com\/profile_images\/1\/seal_normal.png",
      "id" : 455000111,
      "verified" : false,
      "followers_count" : 915
    },
    "geo" : null,
    "coordinates" : null,
    "place" : null,
    "contributors" : null,
    "is_quote_status" : false,
    "retweet_count" : 0,
    "favorite_count" : 5,
    "favorited" : false,
    "retweeted" : false,
    "possibly_sensitive" : false,
    "lang" : "en"
  },
  {
    "created_at" : "Thu Jun 02 15:00:00 +0000 2016",
    "id" : 738384676829265900,
    "id_str" : "738384676829265920",
    "full_text" : "Council meets tonight, agenda: https:\/\/t.co\/aaaaaaaa07",
    "truncated" : false,
    "display_text_range" : [
      0,
      54
    ],
    "entities" : {
      "hashtags" : [],
      "symbols" : [],
      "user_mentions" : [],
      "urls" : [
        {
          "url" : "https:\/\/t.co\/aaaaaaaa07",
          "expanded_url" : "https:\/\/cedarford.example\/council",
          "display_url" : "cedarford.example\/counci\u2026",
          "indices" : [
            31,
            54
          ]
        }
      ]
    },
    "source" : "\u003Ca href=\"http:\/\/twitter.com\" rel=\"nofollow\"\u003ETwitter Web Client\u003C\/a\u003E",
    "in_reply_to_status_id" : null,
    "in_reply_to_status_id_str" : null,
    "in_reply_to_user_id" : null,
    "in_reply_to_user_id_str" : null,
    "in_reply_to_screen_name" : null,
    "user" : {
      "name" : "City of Cedar Ford",
      "screen_name" : "CedarFordMO",
      "protected" : false,
      "id_str" : "455000111",
      "profile_image_url_https" : "https:\/\/pbs.twimg.com\/profile_images\/1\/seal_normal.png",
      "id" : 455000111,
      "verified" : false,
      "followers_count" : 912
    },
    "geo" : null,
    "coordinates" : null,
    "place" : null,
    "contributors" : null,
    "is_quote_status" : false,
    "retweet_count" : 0,
    "favorite_count" : 2,
    "favorited" : false,
    "retweeted" : false,
    "possibly_sensitive" : false,
    "lang" : "en"
  },
  {
    "source" : "\u003Ca href=\"http:\/\/twitter.com\" rel=\"nofollow\"\u003ETwitter Web Client\u003C\/a\u003E",
    "entities" : {
      "user_mentions" : [],
      "media" : [],
      "hashtags" : [],
      "urls" : [
        {
          "url" : "https:\/\/t.co\/aaaaaaaa06",
          "expanded_url" : "https:\/\/cedarford.example\/hours",
          "display_url" : "cedarford.example\/hours\u2026",
          "indices" : [
            27,
            50
          ]
        }
      ]
    },
    "geo" : {},
    "id_str" : "737871289825361920",
    "text" : "June office hours: 8 to 5. https:\/\/t.co\/aaaaaaaa06",
    "id" : 737871289825361920,
    "created_at" : "2016-06-01 04:59:59 +0000",
    "user" : {
      "name" : "City of Cedar Ford",
      "screen_name" : "CedarFordMO",
      "protected" : false,
      "id_str" : "455000111",
      "profile_image_url_https" : "https:\/\/pbs.twimg.com\/profile_images\/1\/seal_normal.png",
      "id" : 455000111,
      "verified" : false
    }
  }
]