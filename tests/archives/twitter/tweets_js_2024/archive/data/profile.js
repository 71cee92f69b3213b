window.YTD.profile.part0 = [
  {
    "profile": {
      "description": {
        "bio": "News of your city.",
        "website": "",
        "location": "Cedar Ford, Missouri"
      }
    }
  }
]
