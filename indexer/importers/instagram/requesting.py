"""How to request an archive from Instagram, step by step; as seen in 2025."""

from __future__ import annotations

from typing import Final

from indexer.i18n import say

STEPS: Final = (
    say("On a computer, sign in to instagram.com as the account."),
    say("Choose More, Settings, Accounts Center, Your information and permissions, Export your information."),
    say("Choose Create export, the account, then Export to device."),
    say("Select all information, and set the date range to All time and the media quality to High."),
    say("Set the format to JSON, which gives exact times and names the account. HTML can be added too."),
    say("Choose Start export. Instagram takes hours or days, then sends an email."),
    say("Go back to the same page and download every file within a few days; Instagram then deletes them."),
    say("Keep the ZIP files as they are: do not open, unpack, or rename them."),
)
