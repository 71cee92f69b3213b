window.YTD.direct_messages_group.part0 = [
  {
    "dmConversation": {
      "conversationId": "1613000000000000200",
      "messages": [
        {
          "participantsLeave": {
            "userIds": [
              "800802"
            ],
            "createdAt": "2023-01-12T00:00:00.000Z"
          }
        },
        {
          "reactionCreate": {
            "senderId": "800800",
            "reactionKey": "agree",
            "eventId": "1613000000000000205",
            "messageId": "1613000000000000203",
            "createdAt": "2023-01-11T23:05:00.000Z"
          }
        },
        {
          "messageCreate": {
            "reactions": [],
            "urls": [],
            "text": "Agenda for Thursday.",
            "mediaUrls": [],
            "senderId": "455000111",
            "id": "1613000000000000203",
            "createdAt": "2023-01-11T23:00:00.000Z"
          }
        },
        {
          "conversationNameUpdate": {
            "initiatingUserId": "455000111",
            "name": "Snow desk",
            "createdAt": "2023-01-11T22:59:30.000Z"
          }
        },
        {
          "participantsJoin": {
            "initiatingUserId": "455000111",
            "userIds": [
              "800802"
            ],
            "createdAt": "2023-01-11T22:59:00.000Z"
          }
        },
        {
          "joinConversation": {
            "initiatingUserId": "800800",
            "participantsSnapshot": [
              "455000111",
              "800800"
            ],
            "createdAt": "2023-01-11T22:58:00.000Z"
          }
        }
      ]
    }
  }
]
