window.YTD.account.part0 = [
  {
    account: {
      email: "clerk@cedarford.example",
      username: "OldCedarFord",
      accountId: "455000111",
      accountDisplayName: "Cedar Ford (old)",
    },
  },
];
