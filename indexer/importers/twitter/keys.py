"""The keys X uses in its items (2013-2026). Text under any other key is reported, once for each kind of item."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from indexer.evidence import JsonItem
from indexer.i18n import say
from indexer.record import Problem

_KEY = re.compile(rb'"([^"\\]{1,64}+)"\s*+:')
_LITERALS = frozenset({"true", "false", "null", "none"})
_DECODER = msgspec.json.Decoder()

_POST = """
 additional_media_info annotations aspect_ratio attributes bitrate bounding_box call_to_actions can_media_tag card cashtags
 community_id community_id_str contained_within content_type contributors coordinates country country_code created_at deleted_at
 description display_text_range display_url duration_millis edit edit_info editControlInitial editTweetIds editableUntil
 editsRemaining embeddable entities ext_alt_text alt_text expanded_url extended_entities faces favorite_count favorited features
 filter_level full_name full_text geo h hashtags id id_str in_reply_to_screen_name in_reply_to_status_id in_reply_to_status_id_str
 in_reply_to_user_id in_reply_to_user_id_str indices initial initialTweetId isEditEligible is_quote_status lang large media
 media_alt media_url media_url_https medium metadata monetizable name orig originalName place place_type polls possibly_sensitive
 possibly_sensitive_appealable possibly_sensitive_editable quote_count quoted_status quoted_status_id quoted_status_id_str
 quoted_status_permalink reply_count resize retweet_count retweeted retweeted_status scopes screen_name self_thread sizes small
 source source_status_id source_status_id_str source_user source_user_id source_user_id_str symbols text thumb title truncated
 tweet deletedTweet communityTweet twitterCircleTweet type url urls user user_id user_mentions value variants video_info
 visit_site w watch_now withheld_copyright withheld_in_countries withheld_scope expanded display tweet_id x y iso_language_code
 result_type embed
"""
_USER = """
 contributors_enabled default_profile default_profile_image email favourites_count follow_request_sent followed_by followers
 followers_count following friends_count geo_enabled has_extended_profile is_translation_enabled is_translator listed_count
 location needs_phone_verification notifications profile_background_color profile_background_image_url
 profile_background_image_url_https profile_background_tile profile_banner_url profile_image_extensions_alt_text profile_image_url
 profile_image_url_https profile_interstitial_type profile_link_color profile_sidebar_border_color profile_sidebar_fill_color
 profile_text_color profile_use_background_image protected status statuses_count suspended time_zone translator_type utc_offset
 verified
"""
_NOTE = """
 noteTweet deletedNoteTweet noteTweetId createdAt updatedAt lifecycle core text urls mentions hashtags cashtags styletags
 styleTypes inlineMedia mediaId index media name originalName
 id indices shortUrl expandedUrl displayUrl screenName fromIndex toIndex deletedAt
"""
_MESSAGE = """
 dmConversation conversationId messages messageCreate welcomeMessageCreate reactionCreate participantsJoin participantsLeave
 joinConversation conversationNameUpdate id text senderId recipientId createdAt createdAtSec mediaUrls urls url expanded display
 reactions reactionKey eventId messageId editHistory editedText initiatingUserId userIds participantsSnapshot name timestamps
 quickReply
"""
_LIKE = "like tweetId fullText expandedUrl"


def _key_set(*lists: str) -> frozenset[bytes]:
    return frozenset(name.encode() for names in lists for name in names.split())


KNOWN = {
    "post": _key_set(_POST, _USER),
    "note": _key_set(_NOTE),
    "message": _key_set(_MESSAGE),
    "like": _key_set(_LIKE),
    "header": _key_set("tweet tweet_id user_id created_at deleted_at"),
}


class KeyWatch:
    """Finds unknown keys in the items of one archive."""

    def __init__(self) -> None:
        self._reported: set[tuple[str, str]] = set()

    def unknown(self, kind: str, raw: bytes) -> list[str]:
        """Return the unknown keys of an item that hold text. Costs next to nothing if all keys are known."""
        unknown = set(_KEY.findall(raw)) - KNOWN[kind]
        if not unknown:
            return []
        try:
            content = _DECODER.decode(raw)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
            return []  # reported where the item is read
        unknown_keys = {name.decode("utf-8", "replace") for name in unknown}
        return sorted(name for name in dict.fromkeys(_with_text(content, unknown_keys, 0)) if name)

    def problems(self, kind: str, member: str, item: JsonItem) -> Iterator[Problem]:
        """Yield a Problem for each unknown key of an item that holds text, the first time it is found in this kind of item."""
        for name in self.unknown(kind, item.raw):
            if (kind, name) not in self._reported:
                self._reported.add((kind, name))
                note = say(
                    "Items of this kind hold text under {name}, a name that is not known, so it was not read; the raw items keep it.",
                    name=repr(name),
                )
                yield Problem(member, "unknown-key", note, item.index)


def _with_text(value: object, keys: set[str], depth: int) -> Iterator[str]:
    if depth > 40:
        return
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in keys and _has_text(inner, depth):
                yield key
            else:
                yield from _with_text(inner, keys, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            yield from _with_text(inner, keys, depth + 1)


def _has_text(value: object, depth: int) -> bool:
    """Check whether a value contains a letter; numbers, booleans, and null written as strings do not count."""
    if isinstance(value, str):
        return value.lower() not in _LITERALS and any(char.isalpha() for char in value)
    if isinstance(value, dict):
        return depth > 40 or any(_has_text(inner, depth + 1) for inner in value.values())
    return isinstance(value, list) and (depth > 40 or any(_has_text(inner, depth + 1) for inner in value))
