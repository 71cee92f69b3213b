"""A record's page as values: access, differences between versions, citation, conversation, pictures."""

from portal.records.citation import cite
from portal.records.conversation import Conversation, conversation_of
from portal.records.differences import Change, DiffRun, word_diff
from portal.records.opened import chosen_version, visible_record, way_back
from portal.records.pictures import Viewed, picture_size, viewable, viewed

__all__ = [
    "Change",
    "Conversation",
    "DiffRun",
    "Viewed",
    "chosen_version",
    "cite",
    "conversation_of",
    "picture_size",
    "viewable",
    "viewed",
    "visible_record",
    "way_back",
    "word_diff",
]
