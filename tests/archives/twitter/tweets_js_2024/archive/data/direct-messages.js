window.YTD.direct_messages.part0 = [
  {
    "dmConversation": {
      "conversationId": "455000111-800800",
      "messages": [
        {
          "messageCreate": {
            "recipientId": "800800",
            "reactions": [],
            "urls": [],
            "text": "It is fixed. Thank you!",
            "mediaUrls": [],
            "senderId": "455000111",
            "id": "1613000000000000102",
            "createdAt": "2023-01-11T05:10:00.000Z",
            "editHistory": []
          }
        },
        {
          "messageCreate": {
            "recipientId": "455000111",
            "reactions": [
              {
                "senderId": "455000111",
                "reactionKey": "like",
                "eventId": "1613000000000000110",
                "createdAt": "2023-01-11T05:09:00.000Z"
              }
            ],
            "urls": [
              {
                "url": "https://t.co/ffffffff11",
                "expanded": "https://maps.example/hole",
                "display": "maps.example/hole"
              },
              {
                "url": "https://t.co/ffffffff12",
                "expanded": "https://twitter.com/messages/media/1613000000000000101",
                "display": "pic.twitter.com/ffffffff12"
              }
            ],
            "text": "The hole is here https://t.co/ffffffff11 https://t.co/ffffffff12",
            "mediaUrls": [
              "https://ton.twitter.com/dm/1613000000000000101/1612999999999999999/hOle2.png"
            ],
            "senderId": "800800",
            "id": "1613000000000000101",
            "createdAt": "2023-01-11T05:08:00.000Z",
            "editHistory": []
          }
        }
      ]
    }
  }
]
