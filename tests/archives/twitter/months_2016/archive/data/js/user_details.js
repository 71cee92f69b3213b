var user_details =  {
  "screen_name" : "CedarFordMO",
  "location" : "Cedar Ford, Missouri",
  "full_name" : "City of Cedar Ford",
  "bio" : "News of your city. Not watched around the clock.",
  "id" : "455000111",
  "created_at" : "2012-01-03 15:00:00 +0000"
}