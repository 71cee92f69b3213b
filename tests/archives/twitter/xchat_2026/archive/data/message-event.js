window.YTD.message_event.part0 = [
  {
    "messageEvent": {
      "createdAtMsec": "1768230000000",
      "senderId": "455000111",
      "conversationId": "455000111:800800",
      "messageId": "m1",
      "detail": {
        "conversationKeyChangeEvent": {
          "conversationKeyVersion": "1"
        }
      },
      "sequenceId": "1"
    }
  },
  {
    "messageEvent": {
      "createdAtMsec": "1768230060123",
      "senderId": "455000111",
      "conversationId": "455000111:800800",
      "messageId": "m2",
      "detail": {
        "messageCreateEvent": {
          "contents": "Q0VEQVI=",
          "shouldNotify": true,
          "conversationKeyVersion": "1",
          "isPendingPublicKey": false
        }
      },
      "sequenceId": "2"
    }
  },
  {
    "messageEvent": {
      "createdAtMsec": "1768316460456",
      "senderId": "800800",
      "conversationId": "455000111:800800",
      "messageId": "m3",
      "detail": {
        "messageCreateEvent": {
          "contents": "Q0VEQVI=",
          "shouldNotify": true,
          "conversationKeyVersion": "1",
          "isPendingPublicKey": false
        }
      },
      "sequenceId": "3"
    }
  }
]