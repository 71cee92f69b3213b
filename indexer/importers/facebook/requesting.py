"""How to request an archive from Facebook, step by step; as seen in 2025."""

from __future__ import annotations

from typing import Final

from indexer.i18n import say

STEPS: Final = (
    say("On a computer, sign in to facebook.com. For a Page, open the menu at the top right and switch to the Page."),
    say("Choose Settings & privacy, Settings, Accounts Center, Your information and permissions, Export your information."),
    say("Choose Create export, the Page or profile, then Export to device."),
    say("Select all information, and set the date range to All time and the media quality to High."),
    say("Set the format to JSON, which gives exact times. HTML can be added too."),
    say("Choose Start export. Facebook takes hours or days, then sends an email."),
    say("Go back to the same page and download every file within a few days; Facebook then deletes them."),
    say("Keep the ZIP files as they are: do not open, unpack, or rename them."),
)
