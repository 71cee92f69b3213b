"""The roles of members in an Instagram archive, and the members that hold no records.

A role follows from the exact path of a member below the export's root, in every layout seen 2018-2026:
root files (2018 to November 2020), `content/` (2021 to mid 2023), `your_instagram_activity/content/` (2023/24) and
`your_instagram_activity/media/` (2024 to now).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache

from indexer.i18n import say
from indexer.record import RecordKind


class ItemFormat(StrEnum):
    """The format of a member's items, whatever the member is for."""

    MEDIA = "media"
    COMMENTS = "comments"
    REACTIONS = "reactions"
    REPOSTS = "reposts"
    MESSAGES = "messages"
    INSIGHTS = "insights"
    OLD_MEDIA = "old media"
    OLD_LISTS = "old lists"
    OLD_MESSAGES = "old messages"
    OLD_EMPTY = "old, always empty so far"


@dataclass(frozen=True, slots=True)
class Role:
    """The purpose of a member. `extra` applies to each of its records; `kinds` are the kinds it can hold."""

    format: ItemFormat
    kind: RecordKind
    extra: Mapping[str, str] = field(default_factory=dict)
    also: tuple[RecordKind, ...] = ()

    @property
    def kinds(self) -> frozenset[RecordKind]:
        """The record kinds that a member of this role can hold."""
        return frozenset() if self.format in {ItemFormat.INSIGHTS, ItemFormat.OLD_EMPTY} else frozenset((self.kind, *self.also))


_POST, _STORY, _REEL, _PHOTO, _VIDEO = RecordKind.POST, RecordKind.STORY, RecordKind.REEL, RecordKind.PHOTO, RecordKind.VIDEO
_LIKE, _COMMENT, _MESSAGE = RecordKind.LIKE, RecordKind.COMMENT, RecordKind.MESSAGE

# Path without suffix, below the root; "_1", "_2" ... number the parts of a large section.
_A = "(?:your_instagram_activity/)?"
_M = f"{_A}(?:content|media)/"
_S = f"{_A}story_(?:sticker_)?interactions/"
_ROLES: tuple[tuple[str, Role], ...] = (
    (f"{_M}posts", Role(ItemFormat.MEDIA, _POST)),
    (f"{_M}archived_posts", Role(ItemFormat.MEDIA, _POST, {"state": "archived"})),
    (f"{_M}recently_deleted_content", Role(ItemFormat.MEDIA, _POST, {"state": "recently deleted"})),
    (f"{_M}reels", Role(ItemFormat.MEDIA, _REEL)),
    (f"{_M}stories", Role(ItemFormat.MEDIA, _STORY)),
    (f"{_M}igtv_videos", Role(ItemFormat.MEDIA, _VIDEO, {"section": "IGTV"})),
    (f"{_M}profile_photos", Role(ItemFormat.MEDIA, _PHOTO, {"section": "profile photo"})),
    (f"{_M}other_content", Role(ItemFormat.MEDIA, _PHOTO, {"section": "other content"}, (_VIDEO,))),
    (f"{_M}reposts", Role(ItemFormat.REPOSTS, RecordKind.REPOST)),
    (f"{_A}threads/threads_and_replies", Role(ItemFormat.MEDIA, _POST, {"section": "Threads"}, (RecordKind.REPLY,))),
    (f"{_A}comments/post_comments", Role(ItemFormat.COMMENTS, _COMMENT)),
    (f"{_A}comments/reels_comments", Role(ItemFormat.COMMENTS, _COMMENT, {"section": "reels"})),
    (f"{_A}comments/live_video_comments", Role(ItemFormat.COMMENTS, _COMMENT, {"section": "live videos"})),
    ("personal_information/(?:personal_information/)?notes(?:_on_posts)?", Role(ItemFormat.COMMENTS, _POST, {"section": "notes"})),
    ("personal_information/personal_information/reposts", Role(ItemFormat.REPOSTS, RecordKind.REPOST)),
    (f"{_A}comments/(?:hype|story_comments)", Role(ItemFormat.COMMENTS, _COMMENT, {"section": "stories"})),
    (f"{_A}likes/liked_posts", Role(ItemFormat.REACTIONS, _LIKE, {"section": "posts"})),
    (f"{_A}likes/liked_comments", Role(ItemFormat.REACTIONS, _LIKE, {"section": "comments"})),
    (f"{_A}threads/liked_threads", Role(ItemFormat.REACTIONS, _LIKE, {"section": "Threads"})),
    (f"{_S}story_likes", Role(ItemFormat.REACTIONS, _LIKE, {"section": "stories"})),
    (f"{_S}polls", Role(ItemFormat.REACTIONS, _LIKE, {"section": "story polls"})),
    (f"{_S}quizzes", Role(ItemFormat.REACTIONS, _LIKE, {"section": "story quizzes"})),
    (f"{_S}questions", Role(ItemFormat.REACTIONS, _LIKE, {"section": "story questions"})),
    (f"{_S}question_media_response", Role(ItemFormat.REACTIONS, _LIKE, {"section": "story questions"})),
    (f"{_S}emoji_sliders", Role(ItemFormat.REACTIONS, _LIKE, {"section": "story emoji sliders"})),
    (f"{_S}countdowns", Role(ItemFormat.REACTIONS, _LIKE, {"section": "story countdowns"})),
    (f"{_S}(?:emoji|avatar)_story_reactions", Role(ItemFormat.REACTIONS, _LIKE, {"section": "stories"})),
    (f"{_S}story_reaction_sticker_reactions", Role(ItemFormat.REACTIONS, _LIKE, {"section": "stories"})),
    (rf"{_A}(?:messages/[a-z0-9_-]+|message_requests)/[^/]+/message", Role(ItemFormat.MESSAGES, _MESSAGE, {}, (_LIKE,))),
    ("(?:logged_information/)?past_instagram_insights/posts", Role(ItemFormat.INSIGHTS, _POST)),
)
_OLD_ROLES: tuple[tuple[str, Role], ...] = (
    ("media", Role(ItemFormat.OLD_MEDIA, _POST, {}, (_STORY, _PHOTO, _VIDEO))),
    ("comments", Role(ItemFormat.OLD_LISTS, _COMMENT)),
    ("likes", Role(ItemFormat.OLD_LISTS, _LIKE)),
    ("stories_activities", Role(ItemFormat.OLD_LISTS, _LIKE)),
    ("messages", Role(ItemFormat.OLD_MESSAGES, _MESSAGE)),
    ("events|fundraisers|guides", Role(ItemFormat.OLD_EMPTY, _POST)),  # no archive seen has content in them
)
_TABLE = (
    *((re.compile(rf"{stem}(?:_\d+)?\.(?:json|html)"), role) for stem, role in _ROLES),
    *((re.compile(rf"(?:{stem})(?:_\d+)?\.json"), role) for stem, role in _OLD_ROLES),
)
_ENDING = re.compile(r"\.(?:json|html)\Z")


@lru_cache(maxsize=4096)
def role_of(member: str) -> Role | None:
    """Return the role of a member (path below the export's root); None if it holds no known records."""
    if not _ENDING.search(member):
        return None
    return next((role for pattern, role in _TABLE if pattern.fullmatch(member)), None)


_KEPT = say("kept in the archive; not searchable in this version")
_ADS = say("advertising: what the platform showed, and why")
_READING = say("what the account looked at, not what it wrote")
_FOLLOW = say("lists of accounts that follow or are followed, without content")
_LOGIN = say("sign-ins, devices and security of the account")
_SETTINGS = say("settings of the account")
_SAVED = say("private bookmarks of other accounts' posts")
_SEARCHES = say("searches that the account made inside the app")
_REACH = say("reach figures without text")
_PROFILE = say("describes the account, not something that it published")
_ADDRESSES = say("address book of the telephone")
_LAYOUT = say("looks of the archive's own pages")

# Files the body may be asked for although they hold no records of ours come first: the first matching pattern gives the reason.
_KEPT_FILES = (
    "blocked_profiles",
    "blocked_accounts",
    "restricted_profiles",
    "restricted_accounts",
    "hide_story_from",
    "filtered_keywords_for_comments_and_messages",
    "filtered_keywords_for_posts",
    "hidden_words",
    "muted_words",
)
_FOLLOW_FILES = (
    "followers*",
    "following*",
    "close_friends*",
    "custom_lists*",
    "follow_requests_you've_received*",
    "pending_follow_requests*",
    "recent_follow_requests*",
    "recently_unfollowed_*",
    "removed_suggestions*",
    "profiles_you've_favorited*",
    "accounts_you've_favorited*",
)

IGNORED: Mapping[str, str] = {
    "no-data.txt": say("the platform says that this section is empty"),
    "*/no-data.txt": say("the platform says that this section is empty"),
    **{f"*{name}.{ending}": _KEPT for name in _KEPT_FILES for ending in ("json", "html")},
    "your_instagram_activity/messages/reported_conversations.*": _KEPT,
    "your_instagram_activity/messages/ai_conversations*": _KEPT,
    "your_instagram_activity/ai/*": _KEPT,
    "your_instagram_activity/messages/secret_conversations.*": say(
        "devices of encrypted conversations; the platform does not have their text"
    ),
    "messages/secret_conversations.*": say("devices of encrypted conversations; the platform does not have their text"),
    "your_instagram_activity/messages/chats.html": say("table of contents of the conversations"),
    "messages/chats.html": say("table of contents of the conversations"),
    "your_instagram_activity/messages/your_chat_information.*": say("settings of the conversations"),
    # where the pages of an HTML archive keep their looks
    "start_here.html": say("table of contents of the archive"),
    "index.html": say("table of contents of the archive"),
    "personal_information/personal_information.*": _PROFILE,
    "your_instagram_activity/reports/*": say(
        "reports that the account made to the platform; kept in the archive; not searchable in this version"
    ),
    "personal_information/account_information.*": _PROFILE,
    "instagram_ads_and_businesses/*": _ADS,
    "media_settings/*": _SETTINGS,
    "reports/*": say("reports that the account made to the platform; kept in the archive; not searchable in this version"),
    "followers_and_following/unfollowed_accounts.*": _FOLLOW,
    "*messages/your_scheduled_chat_notifications.*": _SETTINGS,
    "*messages/igd_broadcast_chats.*": _SETTINGS,
    "*messages/stickers_used/*": say("pictures of stickers that messages show"),
    "*videos/thumbnails/*": say("preview pictures of videos"),
    "your_instagram_activity/threads/interest_feeds_on_threads.*": _READING,
    "your_instagram_activity/threads/threads_home.*": _READING,
    "your_instagram_activity/threads/pending_follow_requests.*": _FOLLOW,
    "your_instagram_activity/threads/recent_follow_requests.*": _FOLLOW,
    "your_instagram_activity/threads/recently_unfollowed_profiles.*": _FOLLOW,
    "your_instagram_activity/threads/follow_requests_you've_received.*": _FOLLOW,
    "files/*.png": _LAYOUT,
    "files/*.css": _LAYOUT,
    "files/*.js": _LAYOUT,
    "files/*.svg": _LAYOUT,
    # 2021 to now
    "ads_information/*": _ADS,
    "ads_and_topics/*": _ADS,
    "ads_and_businesses/*": _ADS,
    "ads_and_content/*": _ADS,
    "apps_and_websites_off_of_instagram/*": say("what other companies told the platform of the account"),
    "apps_and_websites/*": say("other apps that were connected with the account"),
    "your_topics/*": say("topics that the platform guesses"),
    "preferences/your_topics/*": say("topics that the platform guesses"),
    "preferences/settings/*": _SETTINGS,
    "preferences/media_settings/*": _SETTINGS,
    "comments_settings/*": _SETTINGS,
    "connections/contacts/*": _ADDRESSES,
    "contacts/*": _ADDRESSES,
    **{
        f"{folder}followers_and_following/{name}.{ending}": _FOLLOW
        for folder in ("connections/", "")
        for name in _FOLLOW_FILES
        for ending in ("json", "html")
    },
    "connections/followers_and_following/following_hashtags*": _FOLLOW,
    "logged_information/link_history/*": _READING,
    "logged_information/recent_searches/*": _SEARCHES,
    "logged_information/recent_search/*": _SEARCHES,
    "logged_information/policy_updates_and_permissions/*": _SETTINGS,
    "recent_searches/*": _SEARCHES,
    **{
        f"{folder}past_instagram_insights/{name}.*": _REACH
        for folder in ("logged_information/", "")
        for name in ("audience_insights", "content_interactions", "live_videos", "profiles_reached", "accounts_reached")
    },
    "security_and_login_information/*": _LOGIN,
    "login_and_account_creation/*": _LOGIN,
    "account_information/*": _PROFILE,
    "device_information/*": _LOGIN,
    "information_about_you/*": _PROFILE,
    "autofill_information/*": _PROFILE,
    "personal_information/autofill_information/*": _PROFILE,
    "personal_information/device_information/*": _LOGIN,
    "personal_information/information_about_you/*": _PROFILE,
    **{
        f"personal_information/personal_information/{name}.{ending}": _PROFILE
        for name in (
            "personal_information",
            "instagram_profile_information",
            "account_information",
            "professional_information",
            "profile_information",
            "profile_changes",
            "instagram_friend_map",
            "note_and_repost_interactions",
            "note_interactions",
            "advanced_protection",
        )
        for ending in ("json", "html")
    },
    **{
        pattern: reason
        for folder in ("your_instagram_activity/", "")
        for pattern, reason in {
            f"{folder}saved/*": _SAVED,
            f"{folder}shopping/*": say("shopping inside the app"),
            f"{folder}monetization/*": say("whether the account may earn money"),
            f"{folder}subscriptions/*": say("subscriptions to other accounts"),
            f"{folder}gifs/*": _SETTINGS,
            f"{folder}avatars_store/*": say("purchases inside the app"),
            f"{folder}digital_wallets/*": say("purchases inside the app"),
            f"{folder}other_activity/*": say("time spent in the app and downloads that were asked for"),
            f"{folder}story_interactions/stories_viewed.*": _READING,
            f"{folder}threads/threads_viewed.*": _READING,
            f"{folder}threads/saved_threads.*": _SAVED,
            f"{folder}threads/followers*": _FOLLOW,
            f"{folder}threads/following*": _FOLLOW,
            f"{folder}threads/personal_information.*": _PROFILE,
        }.items()
    },
    # 2018 to November 2020: files at the root
    "profile.json": _PROFILE,
    "connections.json": say("accounts that follow, are followed, blocked or hidden; kept in the archive; not searchable in this version"),
    "account_history.json": _LOGIN,
    "devices.json": _LOGIN,
    "searches.json": _SEARCHES,
    "seen_content.json": _READING,
    "saved.json": _SAVED,
    "settings.json": _SETTINGS,
    "autofill.json": _PROFILE,
    "information_about_you.json": _PROFILE,
    "uploaded_contacts.json": _ADDRESSES,
    "contacts.json": _ADDRESSES,
    "checkout.json": say("shopping inside the app"),
    "shopping.json": say("shopping inside the app"),
}
