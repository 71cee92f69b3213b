"""The role of each member of a Facebook archive, by file names of 2010 to 2026, and the members that hold no record.

A member in neither table is unknown, and ingest reports it. The tables have no catch-all.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache

from indexer.evidence import Archive
from indexer.i18n import say


class Role(StrEnum):
    """The role of a member. Members are read in this order. Values go into made ids, so they never change."""

    POSTS = "posts"
    ARCHIVED = "archived posts"
    TRASH = "trash"
    WALL = "wall posts"  # other people's posts to the account's timeline
    ELSEWHERE = "posts elsewhere"  # the account's posts on other pages and profiles
    GROUP_POSTS = "group posts"
    NOTES = "notes"
    STORIES = "stories"
    REELS = "reels"
    ALBUM = "album"
    PHOTOS = "photos"
    VIDEOS = "videos"
    ALBUM_LIST = "album list"  # a page that shows each album by its cover
    COMMENTS = "comments"
    GROUP_COMMENTS = "group comments"
    LIKES = "likes"
    LABELED_LIKES = "labelled likes"
    PAGE_LIKES = "page likes"
    STORY_LIKES = "story likes"
    POLLS = "polls"
    EVENTS = "events"
    POST_EDITS = "post edits"
    COMMENT_EDITS = "comment edits"
    MESSAGES = "messages"
    PROFILE_UPDATES = "profile updates"  # new pictures and fields of the profile
    PROFILE = "profile"  # read for the account's name


ACTIVITY = r"(?:your_activity_across_facebook/|your_facebook_activity/|this_profile.{1,3}s_activity_across_facebook/)"
_ROOT = rf"(?:personal_information/profile_information/)?{ACTIVITY}?"
_PAGE = r"\.(?:json|html)"
_THREAD = r"(?:inbox|e2ee_cutover|archived_threads|filtered_threads|message_requests|broadcast)"

_ROLES: tuple[tuple[Role, str], ...] = (
    (Role.POSTS, rf"{_ROOT}posts/(?:your_posts|profile_posts|page_posts|posts)(?:_\d+)?{_PAGE}"),
    (Role.POSTS, rf"{_ROOT}posts/your_posts__check_ins__photos_and_videos(?:_\d+)?{_PAGE}"),
    (Role.POSTS, rf"{_ROOT}(?:apps_and_websites|apps_and_websites_off_of_facebook)/posts_from_apps_and_websites(?:_\d+)?{_PAGE}"),
    (Role.POSTS, r"html/(?:timeline|wall)\.html?"),
    (Role.ARCHIVED, rf"{_ROOT}posts/(?:archive|your_archived_posts)(?:_\d+)?{_PAGE}"),
    (Role.TRASH, rf"{_ROOT}posts/(?:trash|your_trash)(?:_\d+)?{_PAGE}"),
    (Role.WALL, rf"{_ROOT}posts/other_people.{{1,3}}s_posts_to_(?:your|this_profile.{{1,3}}s)_timeline(?:_\d+)?{_PAGE}"),
    (Role.ELSEWHERE, rf"{_ROOT}posts/posts_on_other_pages_and_profiles(?:_\d+)?{_PAGE}"),
    (Role.POST_EDITS, rf"{_ROOT}posts/edits_you_made_to_posts(?:_\d+)?{_PAGE}"),
    (
        Role.GROUP_POSTS,
        rf"{_ROOT}groups/(?:your_posts_and_comments_in_groups|your_posts_in_groups|group_posts_and_comments)(?:_\d+)?{_PAGE}",
    ),
    (Role.GROUP_POSTS, rf"{_ROOT}groups/your_pending_posts_in_groups(?:_\d+)?{_PAGE}"),
    (Role.GROUP_COMMENTS, rf"{_ROOT}groups/your_comments_in_groups(?:_\d+)?{_PAGE}"),
    (Role.NOTES, rf"{_ROOT}(?:notes/|other_activity/|posts/)(?:your_)?notes{_PAGE}"),
    (Role.STORIES, rf"{_ROOT}stories/(?:archived_stories|your_stories|stories)(?:_\d+)?{_PAGE}"),
    (Role.STORY_LIKES, rf"{_ROOT}stories/story_reactions(?:_\d+)?{_PAGE}"),
    (Role.REELS, rf"{_ROOT}(?:short_videos|shorts|reels)/(?:your_)?(?:short_videos|shorts|reels|lasso_videos)(?:_\d+)?{_PAGE}"),
    (Role.ALBUM, rf"{_ROOT}(?:posts|photos_and_videos)/album/\d+{_PAGE}"),
    (Role.ALBUM, r"photos/[^/]+/index\.html?"),
    (Role.ALBUM_LIST, rf"{_ROOT}(?:posts|photos_and_videos)/(?:your_)?photos\.html"),
    (Role.ALBUM_LIST, r"html/photos\.html?"),
    (Role.PHOTOS, rf"{_ROOT}(?:posts|photos_and_videos)/(?:your_)?photos(?:_\d+)?\.json"),
    (Role.PHOTOS, rf"{_ROOT}(?:posts|photos_and_videos)/(?:your_)?uncategorized_photos(?:_\d+)?{_PAGE}"),
    (Role.VIDEOS, rf"{_ROOT}(?:posts|photos_and_videos)/(?:your_)?videos(?:_\d+)?{_PAGE}"),
    (Role.VIDEOS, r"html/videos\.html?"),
    (Role.COMMENTS, rf"{_ROOT}(?:comments|comments_and_reactions)/(?:your_)?comments(?:_\d+)?{_PAGE}"),
    (Role.COMMENT_EDITS, rf"{_ROOT}comments_and_reactions/your_comment_edits(?:_\d+)?{_PAGE}"),
    (Role.LIKES, rf"{_ROOT}(?:likes_and_reactions|comments_and_reactions)/(?:posts_and_comments|likes_on_external_sites)(?:_\d+)?{_PAGE}"),
    (Role.LIKES, rf"{_ROOT}comments_and_reactions/likes_and_reactions_\d+{_PAGE}"),
    (Role.LABELED_LIKES, rf"{_ROOT}comments_and_reactions/likes_and_reactions{_PAGE}"),
    (Role.PAGE_LIKES, rf"{_ROOT}likes_and_reactions/pages{_PAGE}"),
    (Role.PAGE_LIKES, rf"{_ROOT}pages/(?:pages_you.{{1,3}}ve_liked|pages_and_profiles_you.{{1,3}}ve_recommended){_PAGE}"),
    (Role.PROFILE_UPDATES, rf"(?:{_ROOT}|about_you/|personal_information/)profile_information/profile_update_history(?:_\d+)?{_PAGE}"),
    (Role.POLLS, rf"{_ROOT}(?:polls|other_activity)/(?:polls_you_voted_on|your_poll_votes){_PAGE}"),
    (Role.EVENTS, rf"{_ROOT}events/(?:your_events|events|your_event_responses|event_invitations){_PAGE}"),
    (Role.EVENTS, r"html/events\.html?"),
    (Role.MESSAGES, rf"{_ROOT}messages/{_THREAD}/[^/]+/message(?:_\d+)?{_PAGE}"),
    (Role.MESSAGES, rf"{_ROOT}messages/support_messages{_PAGE}"),
    (Role.MESSAGES, rf"{_ROOT}groups/your_group_messages/[^/]+{_PAGE}"),
    (Role.MESSAGES, r"(?:html/messages|messages/\d+)\.html?"),
    (
        Role.PROFILE,
        rf"(?:{_ROOT}|about_you/|personal_information/)profile_information/(?:profile_information|page_information|about){_PAGE}",
    ),
    (Role.PROFILE, r"index\.htm"),
)
_COMPILED = tuple((role, re.compile(pattern)) for role, pattern in _ROLES)
ORDER = tuple(role for role in Role if role is not Role.PROFILE)


@lru_cache(maxsize=65536)
def role_of(name: str) -> Role | None:
    """Return the role of a member; None for media files, ignored and unknown members."""
    if not name.endswith((".json", ".html", ".htm")):
        return None
    for role, pattern in _COMPILED:
        if pattern.fullmatch(name):
            return role
    return None


def members(archive: Archive) -> Mapping[Role, list[str]]:
    """Return the members by role, in natural order (posts_2 before posts_10)."""
    by_role: dict[Role, list[str]] = {}
    for name in archive.match("*.json", "*.html", "*.htm"):
        role = role_of(name)
        if role:
            by_role.setdefault(role, []).append(name)
    return by_role


_NO_DATA = say("says that the section of the export is empty")
_ADS = say("what advertisers know of the account; nothing that the account wrote")
_LOGIN = say("sign-ins, devices and addresses of the people behind the account")
_PREFERENCES = say("settings of the account; nothing that it wrote")
_SEEN = say("what the account searched for, watched or visited; nothing that it wrote")
_CONNECTIONS = say("lists of friends and followers; nothing that the account wrote")
_APPS = say("other apps and sites that the account signed in to")
_VIEWER = say("part of the pages that show the export in a browser")

IGNORED: Mapping[str, str] = {
    "*no-data.txt": _NO_DATA,
    "start_here.html": _VIEWER,
    "index.html": _VIEWER,
    "html/style.css": _VIEWER,
    "photos/profile.jpg": say("the profile picture as the viewer's menu shows it"),
    "photos/facedata.htm": say("what Facebook derived about the account; nothing that it wrote"),
    "*emptyalbum*.png": say("the picture that stands in for an album without photos"),
    "files/*": _VIEWER,
    "icons/*": _VIEWER,
    "*/icons/*.png": _VIEWER,
    "*/icons/*.svg": _VIEWER,
    "*videos/thumbnails/*": say("preview pictures of videos"),
    "*/stickers_used/*": say("pictures of stickers that messages and comments show"),
    "activity_messages/*": _SEEN,
    "notifications/*": say("notices that the platform sent to the account"),
    "search/*": _SEEN,
    "facebook_marketplace/*": say("buying and selling on the platform"),
    "fundraisers/*": say("settings and donations of fundraisers"),
    "voting/*": _PREFERENCES,
    "voting_location_and_reminders/*": _PREFERENCES,
    "feed/*": _PREFERENCES,
    "meta_spark/*": _PREFERENCES,
    "bug_bounty/*": _PREFERENCES,
    "campus/*": _PREFERENCES,
    "neighborhoods/*": _PREFERENCES,
    "community_profiles/*": _PREFERENCES,
    "collaborations/*": _PREFERENCES,
    "facebook_assistant/*": _PREFERENCES,
    "facebook_portal/*": _PREFERENCES,
    "facebook_accounts_center/*": _LOGIN,
    "live_audio_rooms/*": _PREFERENCES,
    "music_recommendations/*": _SEEN,
    "privacy_checkup/*": _PREFERENCES,
    "people_and_friends/*": _CONNECTIONS,
    "pages_and_profiles/*": say("list of the Pages that the account runs or follows"),
    "reviews/*settings*": _PREFERENCES,
    "shops_questions_*": say("buying and selling on the platform"),
    "your_problem_reports/*": say("reports that the account made to the platform"),
    "other_logged_information/*": say("what Facebook derived about the account; nothing that it wrote"),
    "marketplace/*": say("buying and selling on the platform"),
    "personal_information/avatars*": _PREFERENCES,
    "personal_information/facebook_accounts_center/*": _LOGIN,
    "html/settings.htm": _PREFERENCES,
    "html/mobile_devices.htm": _LOGIN,
    "html/synced_photos.htm": say("pictures that a telephone synchronized, without words"),
    "html/places.htm": say("places that the account created on the map"),
    "photos/synced_images/*": say("pictures that a telephone synchronized, without words"),
    "ads/*": _ADS,
    "ads_information/*": _ADS,
    "ads_and_businesses/*": _ADS,
    "html/ads.htm": _ADS,
    "apps_and_websites/*": _APPS,
    "apps_and_websites_off_of_facebook/*": _APPS,
    "html/apps.htm": _APPS,
    "security_and_login_information/*": _LOGIN,
    "html/security.htm": _LOGIN,
    "location/*": say("where devices of the account were"),
    "location_history/*": say("where devices of the account were"),
    "preferences/*": _PREFERENCES,
    "personal_information/profile_information/preferences/*": _PREFERENCES,
    "preferences_and_settings/*": _PREFERENCES,
    "search_history/*": _SEEN,
    "logged_information/*": _SEEN,
    "facebook_news/*": _SEEN,
    "your_interactions_on_facebook/*": _SEEN,
    "friends/*": _CONNECTIONS,
    "friends_and_followers/*": _CONNECTIONS,
    "following_and_followers/*": _CONNECTIONS,
    "connections/*": _CONNECTIONS,
    "html/friends.htm": _CONNECTIONS,
    "html/pages.htm": say("list of the Pages that the account runs or follows"),
    "html/contact_info.htm": say("addresses and numbers of the people behind the account"),
    "html/pokes.htm": say("pokes between people: no words"),
    "about_you/*": say("what Facebook derived about the account; nothing that it wrote"),
    "payment_history/*": say("payments and cards"),
    "facebook_payments/*": say("payments and cards"),
    "saved_items/*": say("bookmarks that only the account could see"),
    "saved_items_and_collections/*": say("bookmarks that only the account could see"),
    "your_places/*": say("places that the account created on the map"),
    "your_topics/*": say("topics that Facebook derived about the account"),
    "facebook_gaming/*": say("games that were played"),
    "calls_and_messages/*": say("call and text logs of a telephone that was synchronised, without words"),
    "voice_recording_and_transcription/*": say("what Facebook heard of the account's voice commands"),
    "personal_information/other_personal_information/*": say("contacts and mails from Facebook; nothing that the account wrote"),
    "other_personal_information/*": say("contacts and mails from Facebook; nothing that the account wrote"),
    **{
        f"{folder}profile_information/{name}.*": say("fields and settings of the profile")
        for folder in ("", "personal_information/")
        for name in (
            "autofill_information",
            "books",
            "contacts_sync_settings",
            "games",
            "movies_and_tv",
            "music",
            "predicted_languages",
            "restaurants",
            "sports",
            "the_ways_we_can_send_you_notifications",
            "timezone",
            "tv",
            "websites",
            "your_devices",
            "your_experiences",
            "your_interests",
            "your_hobbies",
            "your_music",
            "rising_fan_badges_you*",
            "synced_contacts_from_instagram",
            "pronouns",
            "bio_links",
            "life_events_settings",
            "professional_mode_settings",
        )
    },
    "other_activity/pokes.json": say("pokes between people: no words"),
    "pages/your_pages.json": say("list of the Pages that the account runs"),
    "groups/your_groups.json": say("list of the groups that the account runs"),
    "groups/your_group_membership_activity.json": say("groups that the account joined or left"),
}
# The same sections below the activity folder since 2022.
_BELOW_ACTIVITY = {
    "messages/your_messages.*": say("table of contents of the conversations"),
    "messages/conversations_that_you*reported.*": _PREFERENCES,
    "messages/previously_removed_contacts.*": _CONNECTIONS,
    "messages/welcome_messages_from_messenger_ads.*": _ADS,
    "messages/your_chat_settings_on_web.*": _PREFERENCES,
    "messages/community_chats_settings.*": _PREFERENCES,
    "groups/your_group_messages.*": say("table of contents of the conversations"),
    "groups/your_community_chat_messages.*": say("table of contents of the conversations"),
    "groups/creator_badges.*": _PREFERENCES,
    "groups/your_badges.*": _PREFERENCES,
    "groups/your_group_shortcuts.*": _PREFERENCES,
    "groups/your_settings_for_groups_tab.*": _PREFERENCES,
    "groups/community_chat_settings.*": _PREFERENCES,
    "groups/your_anonymous_mode_status_in_groups.*": _PREFERENCES,
    "groups/your_contributions.*": _PREFERENCES,
    "fundraisers/*settings*": _PREFERENCES,
    "fundraisers/your_fundraiser_donations_information.*": say("payments and cards"),
    "facebook_marketplace/*": say("buying and selling on the platform"),
    "voting/*": _PREFERENCES,
    "meta_spark/*": _PREFERENCES,
    "music_recommendations/*": _SEEN,
    "bug_bounty/*": _PREFERENCES,
    "reviews/*settings*": _PREFERENCES,
    **{
        f"other_activity/{name}.*": say("settings, statistics and notices of the platform; nothing that the account wrote")
        for name in (
            "facebook_new_user_guide",
            "statistics_on_your_recent_messenger_activity",
            "top_fan_*",
            "weather_forecast_settings",
            "your_content_visibility_notification_history",
            "your_autofill_settings",
            "your_mentions_settings",
            "link_history",
            "group_invites_that_were_promoted_to_you",
            "interactive_videos",
        )
    },
    "posts/media_used_for_memories.*": _SEEN,
    "posts/photo_effects.*": _PREFERENCES,
    "posts/places_you_have_been_tagged_in.*": say("where devices of the account were"),
    "posts/content_sharing_links_you_have_created.*": _PREFERENCES,
    "events/your_event_invitation_links.*": _PREFERENCES,
    "comments_and_reactions/icons/*": _VIEWER,
    "likes_and_reactions/icons/*": _VIEWER,
    "other_activity/*time_spent_on_facebook*": _SEEN,
    "other_activity/*your_information_download_requests*": say("when exports like this one were asked for"),
    "other_activity/*your_video_consumption_summary*": _SEEN,
    "other_activity/*your_recently_followed_history*": _CONNECTIONS,
    "other_activity/*pokes*": say("pokes between people: no words"),
    "saved_items_and_collections/*": say("bookmarks that only the account could see"),
    "facebook_payments/*": say("payments and cards"),
    "facebook_gaming/*": say("games that were played"),
    "your_places/*": say("places that the account created on the map"),
    "navigation_bar/*": _PREFERENCES,
    "messages/*settings*": _PREFERENCES,
    "messages/autofill_information.*": _PREFERENCES,
    "messages/secret_conversations.*": say("devices used for secret conversations: their words are not in the export"),
    "messages/secret_groups.*": say("devices used for secret conversations: their words are not in the export"),
    "messages/messenger_contacts_you*": _CONNECTIONS,
    "pages/your_pages.*": say("list of the Pages that the account runs"),
    "pages/pages_and_profiles_you_follow.*": _CONNECTIONS,
    "pages/pages_you*unfollowed.*": _CONNECTIONS,
    "pages/pages_you_follow.*": _CONNECTIONS,
    "pages/pages_and_profiles_you*unfollowed.*": _CONNECTIONS,
    "groups/your_groups.*": say("list of the groups that the account runs"),
    "groups/your_group_membership_activity.*": say("groups that the account joined or left"),
    "groups/group_invites_you*": say("invitations to groups: no words"),
    "groups/groups_and_pages_that_you_may_find_engaging.*": say("what Facebook proposed to the account"),
    "comments_and_reactions/your_comment_active_days.*": say("on how many days the account commented"),
    "fundraisers/fundraiser_posts_you_likely_viewed.*": _SEEN,
}
ACTIVITY_FOLDERS = ("your_activity_across_facebook/", "your_facebook_activity/", "this_profile?s_activity_across_facebook/")
IGNORED = {
    **IGNORED,
    **{folder + pattern: reason for folder in ("", *ACTIVITY_FOLDERS) for pattern, reason in _BELOW_ACTIVITY.items()},
}
