Grailbird.data.tweets_2016_05 = 
[
  {
    "source" : "\u003Ca href=\"http:\/\/twitter.com\" rel=\"nofollow\"\u003ETwitter Web Client\u003C\/a\u003E",
    "entities" : {
      "user_mentions" : [],
      "media" : [],
      "hashtags" : [],
      "urls" : []
    },
    "geo" : {},
    "id_str" : "730955725584465920",
    "text" : "RT @neighbor_lou thanks everybody for the sandbags",
    "id" : 730955725584465920,
    "created_at" : "2016-05-13 03:00:00 +0000",
    "user" : {
      "name" : "City of Cedar Ford",
      "screen_name" : "CedarFordMO",
      "protected" : false,
      "id_str" : "455000111",
      "profile_image_url_https" : "https:\/\/pbs.twimg.com\/profile_images\/1\/seal_normal.png",
      "id" : 455000111,
      "verified" : false
    }
  },
  {
    "source" : "\u003Ca href=\"http:\/\/twitter.com\" rel=\"nofollow\"\u003ETwitter Web Client\u003C\/a\u003E",
    "entities" : {
      "user_mentions" : [
        {
          "name" : "Show-Me Gauges",
          "screen_name" : "ShowMeGauge",
          "indices" : [
            3,
            15
          ],
          "id_str" : "700700",
          "id" : 700700
        }
      ],
      "media" : [],
      "hashtags" : [],
      "urls" : []
    },
    "geo" : {},
    "id_str" : "730789631146065920",
    "text" : "RT @ShowMeGauge: The Osage gauge at Cedar Ford stands at 21.4 feet and is forecast to crest near midnight; stay off River Road, Mill Street\u2026",
    "id" : 730789631146065920,
    "retweeted_status" : {
      "source" : "\u003Ca href=\"http:\/\/twitter.com\" rel=\"nofollow\"\u003ETwitter Web Client\u003C\/a\u003E",
      "entities" : {
        "user_mentions" : [],
        "media" : [],
        "hashtags" : [],
        "urls" : []
      },
      "geo" : {},
      "id_str" : "730789379487825920",
      "text" : "The Osage gauge at Cedar Ford stands at 21.4 feet and is forecast to crest near midnight; stay off River Road, Mill Street and the low-water bridge until it is inspected.",
      "id" : 730789379487825920,
      "created_at" : "2016-05-12 15:59:00 +0000",
      "user" : {
        "name" : "Show-Me Gauges",
        "screen_name" : "ShowMeGauge",
        "protected" : false,
        "id_str" : "700700",
        "profile_image_url_https" : "https:\/\/pbs.twimg.com\/profile_images\/2\/g_normal.png",
        "id" : 700700,
        "verified" : false
      }
    },
    "created_at" : "2016-05-12 16:00:00 +0000",
    "user" : {
      "name" : "City of Cedar Ford",
      "screen_name" : "CedarFordMO",
      "protected" : false,
      "id_str" : "455000111",
      "profile_image_url_https" : "https:\/\/pbs.twimg.com\/profile_images\/1\/seal_normal.png",
      "id" : 455000111,
      "verified" : false
    }
  },
  {
    "source" : "\u003Ca href=\"http:\/\/twitter.com\" rel=\"nofollow\"\u003ETwitter Web Client\u003C\/a\u003E",
    "entities" : {
      "user_mentions" : [
        {
          "name" : "River Watcher",
          "screen_name" : "riverwatcher99",
          "indices" : [
            0,
            15
          ],
          "id_str" : "800800",
          "id" : 800800
        }
      ],
      "media" : [],
      "hashtags" : [],
      "urls" : []
    },
    "geo" : {},
    "id_str" : "730219625232465920",
    "in_reply_to_user_id" : 800800,
    "text" : "@riverwatcher99 Thank you for the report, crew is on its way.",
    "id" : 730219625232465920,
    "created_at" : "2016-05-11 02:15:00 +0000",
    "in_reply_to_screen_name" : "riverwatcher99",
    "in_reply_to_user_id_str" : "800800",
    "user" : {
      "name" : "City of Cedar Ford",
      "screen_name" : "CedarFordMO",
      "protected" : false,
      "id_str" : "455000111",
      "profile_image_url_https" : "https:\/\/pbs.twimg.com\/profile_images\/1\/seal_normal.png",
      "id" : 455000111,
      "verified" : false
    }
  },
  {
    "source" : "\u003Ca href=\"http:\/\/twitter.com\" rel=\"nofollow\"\u003ETwitter Web Client\u003C\/a\u003E",
    "entities" : {
      "user_mentions" : [],
      "media" : [
        {
          "expanded_url" : "https:\/\/twitter.com\/CedarFordMO\/status\/730042206173265920\/photo\/1",
          "indices" : [
            34,
            57
          ],
          "url" : "https:\/\/t.co\/aaaaaaaa02",
          "media_url" : "http:\/\/pbs.twimg.com\/media\/CiCedar2.png",
          "id_str" : "11",
          "id" : 11,
          "media_url_https" : "https:\/\/pbs.twimg.com\/media\/CiCedar2.png",
          "sizes" : {
            "large" : {
              "w" : 1,
              "h" : 1,
              "resize" : "fit"
            }
          },
          "display_url" : "pic.twitter.com\/aaaaaaaa02",
          "media_alt" : "An orange sign on Main Street"
        },
        {
          "expanded_url" : "https:\/\/twitter.com\/CedarFordMO\/status\/730042206173265920\/photo\/1",
          "indices" : [
            34,
            57
          ],
          "url" : "https:\/\/t.co\/aaaaaaaa02",
          "media_url" : "http:\/\/pbs.twimg.com\/media\/CiCedar2.png",
          "id_str" : "11",
          "id" : 11,
          "media_url_https" : "https:\/\/pbs.twimg.com\/media\/CiCedar2.png",
          "sizes" : {
            "large" : {
              "w" : 1,
              "h" : 1,
              "resize" : "fit"
            }
          },
          "display_url" : "pic.twitter.com\/aaaaaaaa02",
          "media_alt" : "An orange sign on Main Street"
        }
      ],
      "hashtags" : [],
      "urls" : []
    },
    "geo" : {},
    "id_str" : "730042206173265920",
    "text" : "Main St &amp; 2nd is open again \ud83d\udea7 https:\/\/t.co\/aaaaaaaa02",
    "id" : 730042206173265920,
    "created_at" : "2016-05-10 14:30:00 +0000",
    "user" : {
      "name" : "City of Cedar Ford",
      "screen_name" : "CedarFordMO",
      "protected" : false,
      "id_str" : "455000111",
      "profile_image_url_https" : "https:\/\/pbs.twimg.com\/profile_images\/1\/seal_normal.png",
      "id" : 455000111,
      "verified" : false
    }
  },
  {
    "source" : "\u003Ca href=\"http:\/\/twitter.com\" rel=\"nofollow\"\u003ETwitter Web Client\u003C\/a\u003E",
    "entities" : {
      "user_mentions" : [],
      "media" : [],
      "hashtags" : [
        {
          "text" : "flood",
          "indices" : [
            78,
            84
          ]
        }
      ],
      "urls" : [
        {
          "url" : "https:\/\/t.co\/aaaaaaaa01",
          "expanded_url" : "https:\/\/cedarford.example\/roads?a=1&b=2",
          "display_url" : "cedarford.example\/roads?\u2026",
          "indices" : [
            54,
            77
          ]
        }
      ]
    },
    "geo" : {},
    "id_str" : "730034677397585920",
    "text" : "Mill St & Dam Rd are closed. Crews \u003Con site\u003E until 5. https:\/\/t.co\/aaaaaaaa01 #flood",
    "id" : 730034677397585920,
    "created_at" : "2016-05-10 14:00:05 +0000",
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