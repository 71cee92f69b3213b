var payload_details =  {
  "tweets" : 12,
  "created_at" : "2016-07-01 09:30:00 +0000",
  "lang" : "en"
}