window.YTD.direct_message.part0 = [
  {
    "dmConversation": {
      "conversationId": "455000111-800800",
      "messages": [
        {
          "messageCreate": {
            "recipientId": "800800",
            "text": "Thank you, a crew will look at it &amp; call you.",
            "mediaUrls": [],
            "senderId": "455000111",
            "id": "1014500000000000002",
            "createdAt": "1530707000000"
          }
        },
        {
          "messageCreate": {
            "recipientId": "455000111",
            "text": "There is a hole in Dam Rd https://t.co/dddddddd05",
            "mediaUrls": [
              "https://ton.twitter.com/dm/1014500000000000001/1014499999999999999/hOle1.png"
            ],
            "senderId": "800800",
            "id": "1014500000000000001",
            "createdAt": "1530706000000"
          }
        },
        {
          "welcomeMessageCreate": {
            "text": "Welcome! For emergencies call 911.",
            "mediaUrls": [],
            "senderId": "455000111",
            "recipientId": "800800",
            "id": "1014500000000000000",
            "createdAt": "1530705000000"
          }
        }
      ]
    }
  },
  {
    "dmConversation": {
      "conversationId": "455000111-900900",
      "messages": []
    }
  }
]
