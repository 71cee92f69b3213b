window.YTD.tweet.part0 = [
  {
    "tweet": {
      "retweeted": false,
      "source": "<a href=\"https://mobile.twitter.com\" rel=\"nofollow\">Twitter Web App</a>",
      "entities": {
        "hashtags": [],
        "symbols": [],
        "user_mentions": [],
        "urls": [
          {
            "url": "https://t.co/eeeeeeee03",
            "expanded_url": "https://twitter.com/ShowMeGauge/status/1361400000000000000",
            "display_url": "twitter.com/ShowMeGauge/…",
            "indices": [
              "6",
              "29"
            ]
          }
        ]
      },
      "display_text_range": [
        "0",
        "29"
      ],
      "favorite_count": "3",
      "id_str": "1361548360464465920",
      "truncated": false,
      "retweet_count": "1",
      "id": "1361548360464465920",
      "created_at": "Tue Feb 16 05:30:00 +0000 2021",
      "favorited": false,
      "full_text": "This. https://t.co/eeeeeeee03",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "retweeted": false,
      "source": "<a href=\"https://mobile.twitter.com\" rel=\"nofollow\">Twitter Web App</a>",
      "entities": {
        "hashtags": [],
        "symbols": [],
        "user_mentions": [],
        "urls": [
          {
            "url": "https://t.co/eeeeeeee01",
            "expanded_url": "https://cedarford.example/warm?x=1&amp;y=2",
            "display_url": "cedarford.example/warm?x…",
            "indices": [
              "48",
              "71"
            ]
          }
        ],
        "media": [
          {
            "expanded_url": "https://twitter.com/CedarFordMO/status/1361457763498065920/photo/1",
            "indices": [
              "72",
              "95"
            ],
            "url": "https://t.co/eeeeeeee02",
            "media_url": "http://pbs.twimg.com/media/VhPoster.jpg",
            "id_str": "31",
            "id": "31",
            "media_url_https": "https://pbs.twimg.com/media/VhPoster.jpg",
            "sizes": {
              "large": {
                "w": "1",
                "h": "1",
                "resize": "fit"
              }
            },
            "type": "photo",
            "display_url": "pic.twitter.com/eeeeeeee02"
          }
        ]
      },
      "display_text_range": [
        "0",
        "95"
      ],
      "favorite_count": "3",
      "id_str": "1361457763498065920",
      "truncated": false,
      "retweet_count": "1",
      "id": "1361457763498065920",
      "created_at": "Mon Feb 15 23:30:00 +0000 2021",
      "favorited": false,
      "full_text": "Warming center open: Community Hall, 1 Park Ln. https://t.co/eeeeeeee01 https://t.co/eeeeeeee02",
      "lang": "en",
      "extended_entities": {
        "media": [
          {
            "expanded_url": "https://twitter.com/CedarFordMO/status/1361457763498065920/video/1",
            "indices": [
              "72",
              "95"
            ],
            "url": "https://t.co/eeeeeeee02",
            "media_url": "http://pbs.twimg.com/media/VhPoster.jpg",
            "id_str": "31",
            "id": "31",
            "media_url_https": "https://pbs.twimg.com/media/VhPoster.jpg",
            "sizes": {
              "large": {
                "w": "1",
                "h": "1",
                "resize": "fit"
              }
            },
            "type": "video",
            "display_url": "pic.twitter.com/eeeeeeee02",
            "video_info": {
              "aspect_ratio": [
                "16",
                "9"
              ],
              "variants": [
                {
                  "content_type": "application/x-mpegURL",
                  "url": "https://video.twimg.com/ext_tw_video/31/pu/pl/VhList.m3u8?tag=12"
                },
                {
                  "bitrate": "256000",
                  "content_type": "video/mp4",
                  "url": "https://video.twimg.com/ext_tw_video/31/pu/vid/320x180/VhLow.mp4?tag=12"
                },
                {
                  "bitrate": "2176000",
                  "content_type": "video/mp4",
                  "url": "https://video.twimg.com/ext_tw_video/31/pu/vid/1280x720/VhHigh.mp4?tag=12"
                }
              ]
            },
            "ext_alt_text": "A hall with cots"
          }
        ]
      }
    }
  }
]
