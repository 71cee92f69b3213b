Grailbird.data.tweets_2013_02 = 
[
  {
    "source" : "<a href=\"http://twitter.com\" rel=\"nofollow\">Twitter Web Client</a>",
    "entities" : {
      "user_mentions" : [
        {
          "name" : "Cafe Olé",
          "screen_name" : "cafeole",
          "indices" : [
            30,
            38
          ],
          "id_str" : "900900",
          "id" : 900900
        }
      ],
      "media" : [],
      "hashtags" : [],
      "urls" : []
    },
    "geo" : {},
    "id_str" : "306977022326865920",
    "text" : "Cafe Olé opens on the square! @cafeole",
    "id" : 306977022326865920,
    "created_at" : "Thu Feb 28 04:00:00 +0000 2013",
    "user" : {
      "name" : "City of Cedar Ford",
      "screen_name" : "CedarFordMO",
      "protected" : false,
      "id_str" : "455000111",
      "profile_image_url_https" : "https://pbs.twimg.com/profile_images/1/seal_normal.png",
      "id" : 455000111,
      "verified" : false
    }
  },
  {
    "source" : "<a href=\"http://twitter.com\" rel=\"nofollow\">Twitter Web Client</a>",
    "entities" : {
      "user_mentions" : [],
      "media" : [],
      "hashtags" : [],
      "urls" : [
        {
          "url" : "http://t.co/bbbbbb01",
          "expanded_url" : "http://cedarford.example/boil",
          "display_url" : "cedarford.example/boil…",
          "indices" : [
            42,
            62
          ]
        }
      ]
    },
    "geo" : {},
    "id_str" : "298416867293265920",
    "text" : "Water main break on Elm. Boil order — see http://t.co/bbbbbb01 ☂",
    "id" : 298416867293265920,
    "created_at" : "Mon Feb 04 13:05:00 +0000 2013",
    "user" : {
      "name" : "City of Cedar Ford",
      "screen_name" : "CedarFordMO",
      "protected" : false,
      "id_str" : "455000111",
      "profile_image_url_https" : "https://pbs.twimg.com/profile_images/1/seal_normal.png",
      "id" : 455000111,
      "verified" : false
    }
  }
]