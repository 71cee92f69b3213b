window.YTD.tweet.part0 = [
  {
    "retweeted": false,
    "source": "<a href=\"https://mobile.twitter.com\" rel=\"nofollow\">Twitter Web App</a>",
    "entities": {
      "hashtags": [],
      "symbols": [],
      "user_mentions": [
        {
          "name": "Show-Me Gauges",
          "screen_name": "ShowMeGauge",
          "indices": [
            "3",
            "15"
          ],
          "id_str": "700700",
          "id": "700700"
        }
      ],
      "urls": []
    },
    "display_text_range": [
      "0",
      "140"
    ],
    "favorite_count": "3",
    "id_str": "1015203707664465920",
    "truncated": false,
    "retweet_count": "1",
    "id": "1015203707664465920",
    "created_at": "Fri Jul 06 12:00:00 +0000 2018",
    "favorited": false,
    "full_text": "RT @ShowMeGauge: The Osage gauge at Cedar Ford stands at 21.4 feet and is forecast to crest near midnight; stay off River Road, Mill Street…",
    "lang": "en"
  },
  {
    "retweeted": false,
    "source": "<a href=\"https://mobile.twitter.com\" rel=\"nofollow\">Twitter Web App</a>",
    "entities": {
      "hashtags": [
        {
          "text": "route7",
          "indices": [
            "47",
            "54"
          ]
        }
      ],
      "symbols": [],
      "user_mentions": [
        {
          "name": "Sample Roads",
          "screen_name": "MoDOT_Sample",
          "indices": [
            "0",
            "13"
          ],
          "id_str": "700800",
          "id": "700800"
        }
      ],
      "urls": []
    },
    "display_text_range": [
      "0",
      "54"
    ],
    "favorite_count": "3",
    "id_str": "1014731848464465920",
    "truncated": false,
    "retweet_count": "1",
    "id": "1014731848464465920",
    "created_at": "Thu Jul 05 04:45:00 +0000 2018",
    "favorited": false,
    "full_text": "@MoDOT_Sample Thanks, lane 2 &amp; 3 are open. #route7",
    "lang": "en",
    "in_reply_to_user_id": "700800",
    "in_reply_to_user_id_str": "700800",
    "in_reply_to_status_id": "1014730590173265920",
    "in_reply_to_status_id_str": "1014730590173265920",
    "in_reply_to_screen_name": "MoDOT_Sample"
  },
  {
    "retweeted": false,
    "source": "<a href=\"https://mobile.twitter.com\" rel=\"nofollow\">Twitter Web App</a>",
    "entities": {
      "hashtags": [],
      "symbols": [],
      "user_mentions": [],
      "urls": [],
      "media": [
        {
          "expanded_url": "https://twitter.com/CedarFordMO/status/1014335486736465920/photo/1",
          "indices": [
            "44",
            "67"
          ],
          "url": "https://t.co/dddddddd01",
          "media_url": "http://pbs.twimg.com/media/DhCedar1.png",
          "id_str": "21",
          "id": "21",
          "media_url_https": "https://pbs.twimg.com/media/DhCedar1.png",
          "sizes": {
            "large": {
              "w": "1",
              "h": "1",
              "resize": "fit"
            }
          },
          "type": "photo",
          "display_url": "pic.twitter.com/dddddddd01"
        }
      ]
    },
    "display_text_range": [
      "0",
      "67"
    ],
    "favorite_count": "3",
    "id_str": "1014335486736465920",
    "truncated": false,
    "retweet_count": "1",
    "id": "1014335486736465920",
    "created_at": "Wed Jul 04 02:30:00 +0000 2018",
    "favorited": false,
    "full_text": "Fireworks at the fairgrounds tonight 🎆 9:45 https://t.co/dddddddd01",
    "lang": "en",
    "extended_entities": {
      "media": [
        {
          "expanded_url": "https://twitter.com/CedarFordMO/status/1014335486736465920/photo/1",
          "indices": [
            "44",
            "67"
          ],
          "url": "https://t.co/dddddddd01",
          "media_url": "http://pbs.twimg.com/media/DhCedar1.png",
          "id_str": "21",
          "id": "21",
          "media_url_https": "https://pbs.twimg.com/media/DhCedar1.png",
          "sizes": {
            "large": {
              "w": "1",
              "h": "1",
              "resize": "fit"
            }
          },
          "type": "photo",
          "display_url": "pic.twitter.com/dddddddd01"
        }
      ]
    }
  }
]
