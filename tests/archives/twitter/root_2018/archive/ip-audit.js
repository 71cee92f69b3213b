window.YTD.ip_audit.part0 = [
  {
    "ipAudit": {
      "accountId": "455000111",
      "createdAt": "1530403200",
      "loginIp": "192.0.2.7"
    }
  }
]
