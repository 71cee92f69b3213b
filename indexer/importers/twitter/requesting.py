"""How to request an archive from X, step by step; as seen in 2025."""

from __future__ import annotations

from typing import Final

from indexer.i18n import say

STEPS: Final = (
    say("On a computer, sign in to x.com as the account."),
    say("Choose More, Settings and privacy, Your account, Download an archive of your data."),
    say("Enter the account's password, then the code that X sends by email or text message."),
    say("Choose Request archive. X takes a day or longer, then notifies the account."),
    say("Go back to the same page and choose Download. If X offers several files, download all of them."),
    say("Keep the ZIP files as they are: do not open, unpack, or rename them."),
)
