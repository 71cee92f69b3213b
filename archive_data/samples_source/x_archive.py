"""Assembles X archives in the layouts of 2020-2022 (tweet.js) and since 2022 (tweets.js and its parts)."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from .city import CITY_X, FIRE_X, NEIGHBORS_X, POLICE_X, RESIDENTS, SITE, XAccount
from .clock import iso, local, snowflake, x_date
from .dice import Dice
from .x_city import RENAMED, city_posts, community_posts, deleted_posts, police_posts
from .x_messages import conversations, groups, headers, like_item, likes
from .x_post import Post, item

Members = dict[str, bytes]

CITY_EXPORTED = local("2025-11-03 09:12:44")
CITY_EXPORTED_EARLIER = local("2021-08-16 14:03:10")
POLICE_EXPORTED = local("2022-03-31 16:20:05")
DELETED_EXCHANGES = frozenset({7, 18})  # removed between the two captures


def city_archive() -> Members:
    """Return the city's archive as it would have been downloaded in November 2025."""
    posts = [made for made in city_posts() if not made.gone and made.when < CITY_EXPORTED]
    layout = _Layout(CITY_X, CITY_EXPORTED, modern=True)
    newest_first = _unsorted(posts)
    cut = len(newest_first) * 3 // 5
    layout.posts("tweets", [newest_first[:cut], newest_first[cut:]])
    layout.notes([made for made in posts if made.note])
    layout.posts("deleted-tweets", [deleted_posts()])
    layout.add(
        "deleted-tweet-headers", [{"tweet": _header(made) | {"deleted_at": x_date(made.deleted or made.when)}} for made in deleted_posts()]
    )
    layout.add("tweet-headers", [{"tweet": _header(made)} for made in newest_first])
    layout.posts("community-tweet", [community_posts()])
    layout.talk(CITY_EXPORTED)
    layout.accounts(blocked=3, followers=160, following=44)
    layout.noise()
    return layout.members()


def city_archive_earlier() -> Members:
    """Return the city's archive as it would have been downloaded in August 2021: the same account, earlier."""
    posts = [made for made in city_posts() if made.when < CITY_EXPORTED_EARLIER]
    layout = _Layout(CITY_X, CITY_EXPORTED_EARLIER, modern=False)
    layout.posts("tweet", [_unsorted(posts)])
    layout.talk(CITY_EXPORTED_EARLIER)
    layout.accounts(blocked=2, followers=91, following=30)
    layout.noise()
    return layout.members()


def police_archive() -> Members:
    """Return the police account's only archive, of March 2022: nothing after that day is captured."""
    layout = _Layout(POLICE_X, POLICE_EXPORTED, modern=False)
    layout.posts("tweet", [_unsorted([made for made in police_posts() if made.when < POLICE_EXPORTED])])
    layout.add("direct-messages", [])
    layout.add("direct-messages-group", [])
    layout.add("like", [])
    layout.accounts(blocked=1, followers=70, following=12)
    layout.noise()
    return layout.members()


def _unsorted(posts: list[Post]) -> list[Post]:
    """Return the posts newest first with some blocks moved: real files are not strictly sorted."""
    newest_first = posts[::-1]
    third = len(newest_first) // 3
    return newest_first[:third] + newest_first[third + 40 : 2 * third] + newest_first[third : third + 40] + newest_first[2 * third :]


def _header(made: Post) -> dict[str, Any]:
    return {"tweet_id": made.native_id, "user_id": made.account.native_id, "created_at": x_date(made.when)}


@dataclass
class _Layout:
    """The members of an archive, collected one by one."""

    account: XAccount
    exported: datetime
    modern: bool
    files: Members = field(default_factory=dict)
    types: dict[str, dict[str, Any]] = field(default_factory=dict)

    def add(self, name: str, items: list[dict[str, Any]], part: int = 0) -> None:
        """Add a data file; `part` 1 and up are further files of the same data type."""
        global_name = f"YTD.{name.replace('-', '_')}.part{part}"
        member = f"data/{name}{f'-part{part}' if part else ''}.js"
        body = json.dumps(items, indent=2, ensure_ascii=False, separators=(",", " : ")).replace("[]", "[ ]")
        self.files[member] = f"window.{global_name} = {body}".encode()
        entry = self.types.setdefault(_camel(name), {"files": []})
        entry["files"].append({"fileName": member, "globalName": global_name, "count": str(len(items))})

    def posts(self, name: str, parts: list[list[Post]]) -> None:
        """Add posts and their media folder."""
        folder = {"tweet": "tweet_media", "community-tweet": "community_tweet_media"}.get(name, name.replace("-", "_") + "_media")
        for part, posts in enumerate(parts):
            self.add(name, [item(made, modern=self.modern, renamed=RENAMED) for made in posts], part)
            for made in posts:
                for media in made.media:
                    self.files[f"data/{folder}/{made.native_id}-{media.name}"] = media.data
        self.types[_camel(name)] = {"mediaDirectory": f"data/{folder}", **self.types[_camel(name)]}
        self.types[_camel(name) + "Media"] = {"mediaDirectory": f"data/{folder}"}

    def notes(self, posts: list[Post]) -> None:
        """Add note-tweet.js with the full text of long posts; their items in tweets.js are truncated."""
        items = []
        for number, made in enumerate(posts):
            core = {"styletags": [], "urls": [], "text": made.note, "mentions": [], "cashtags": [], "hashtags": []}
            lifecycle = {"value": "3", "name": "Indexed", "originalName": "Indexed", "annotations": {}}
            native = str(int(made.native_id) - 1677583 - number)
            items.append(
                {
                    "noteTweet": {
                        "noteTweetId": native,
                        "updatedAt": iso(made.when),
                        "lifecycle": lifecycle,
                        "createdAt": iso(made.when),
                        "core": core,
                    }
                }
            )
        self.add("note-tweet", items)

    def talk(self, until: datetime) -> None:
        """Add likes and direct messages up to a time."""
        self.add("like", [like_item(like, modern=self.modern) for like in likes()[::-1] if like.when < until])
        one_to_one, media = conversations(until, without=DELETED_EXCHANGES if self.modern else frozenset())
        self.add("direct-messages", one_to_one)
        self.add("direct-message-headers", headers(one_to_one))
        self.add("direct-messages-group", groups(until))
        for folder in ("directMessages", "directMessagesGroup"):
            name = "direct_messages_media" if folder == "directMessages" else "direct_messages_group_media"
            self.types[folder] = {"mediaDirectory": f"data/{name}", **self.types[folder]}
        self.files |= {f"data/direct_messages_media/{name}": data for name, data in media.items()}

    def accounts(self, *, blocked: int, followers: int, following: int) -> None:
        """Add the account's profile, and the accounts it blocks, follows and is followed by."""
        dice = Dice("x accounts " + self.account.handle)
        created = local("2015-02-20 10:00")
        account = {
            "email": f"media@{SITE.removeprefix('https://www.')}",
            "createdVia": "web",
            "username": self.account.handle,
            "accountId": self.account.native_id,
            "createdAt": iso(created),
            "accountDisplayName": self.account.name,
        }
        self.add("account", [{"account": account}])
        self.add("account-timezone", [{"accountTimezone": {"accountId": self.account.native_id, "timeZone": "Central Time (US & Canada)"}}])
        bio = "News of the city. Not watched around the clock: call 911 in an emergency. Posts are public records."
        description = {"bio": bio, "website": SITE, "location": "Kestrel Bend, Missouri"}
        profile = {
            "description": description,
            "avatarMediaUrl": "https://pbs.twimg.com/profile_images/1/kestrel.png",
            "headerMediaUrl": f"https://pbs.twimg.com/profile_banners/{self.account.native_id}/1",
        }
        self.add("profile", [{"profile": profile}])
        self.add("verified", [{"verified": {"accountId": self.account.native_id, "verified": True}}])
        connections = {
            "block": [account.native_id for account in RESIDENTS[-blocked:]],
            "mute": [],
            "follower": [account.native_id for account in RESIDENTS[:10]] + [dice.digits(18) for _ in range(followers)],
            "following": [account.native_id for account in (*NEIGHBORS_X, FIRE_X)] + [dice.digits(18) for _ in range(following)],
        }
        for name, ids in connections.items():
            key = {"block": "blocking", "mute": "muting"}.get(name, name)
            self.add(
                name,
                [{key: {"accountId": id_, "userLink": f"https://twitter.com/intent/user?user_id={id_}"}} for id_ in dict.fromkeys(ids)],
            )

    def noise(self) -> None:
        """Add the members without records: sign-ins, devices, advertising. IP addresses are reserved for documentation."""
        dice = Dice("x noise " + self.account.handle + iso(self.exported))
        ip = f"203.0.113.{dice.number(2, 250)}"
        logins = [self.exported - timedelta(days=3 * number, hours=2) for number in range(12)]
        self.add("ip-audit", [{"ipAudit": {"accountId": self.account.native_id, "createdAt": iso(when), "loginIp": ip}} for when in logins])
        self.add("account-creation-ip", [{"accountCreationIp": {"accountId": self.account.native_id, "userCreationIp": ip}}])
        self.add("phone-number", [{"device": {"phoneNumber": "+15735550100"}}])
        device = {"clientApplicationId": "3033300", "token": dice.letters(40), "createdAt": iso(logins[-1]), "lastSeenAt": iso(logins[0])}
        self.add("device-token", [{"deviceToken": device | {"clientApplicationName": "Twitter Web App"}}])
        interests = [{"name": name, "isDisabled": False} for name in ("Government", "Weather", "Local news")]
        demographics = {"languages": [{"language": "English", "isDisabled": False}], "genderInfo": {"gender": "unknown"}}
        self.add(
            "personalization", [{"p13nData": {"demographics": demographics, "interests": {"interests": interests, "partnerInterests": []}}}]
        )
        seen = {
            "deviceInfo": {"osType": "Desktop"},
            "displayLocation": "TimelineHome",
            "advertiserInfo": {"advertiserName": "Example Tractors", "screenName": "@example"},
            "impressionTime": f"{logins[0]:%Y-%m-%d %H:%M:%S}",
        }
        self.add("ad-impressions", [{"ad": {"adsUserData": {"adImpressions": {"impressions": [seen]}}}}])
        self.add("ad-engagements", [])
        self.add("connected-application", [])
        self.add("email-address-change", [])
        self.add("saved-search", [{"savedSearch": {"savedSearchId": snowflake(logins[-1]), "query": "kestrel bend"}}])

    def members(self) -> Members:
        """Return all members: page, readme, manifest with counts, data files, media."""
        head = f"<!doctype html>\n<title>Your archive</title>\n<h1>Your archive: @{self.account.handle}</h1>\n"
        page = head + '<script src="data/manifest.js"></script>\n'
        frame: Members = {
            "Your archive.html": page.encode(),
            "assets/js/main.js": b"/* The platform's own viewer would stand here. */\n",
            "data/README.txt": b"What each file of this archive holds. Made-up demo data in the platform's layout.\n",
        }
        size = sum(len(content) for content in (*frame.values(), *self.files.values()))
        manifest = {
            "userInfo": {"accountId": self.account.native_id, "userName": self.account.handle, "displayName": self.account.name},
            "archiveInfo": {
                "sizeBytes": str(size),
                "generationDate": iso(self.exported, 518),
                "isPartialArchive": False,
                "maxPartSizeBytes": "53687091200",
            },
            "readmeInfo": {"fileName": "data/README.txt", "directory": "data/", "name": "README.txt"},
            "dataTypes": dict(sorted(self.types.items())),
        }
        body = json.dumps(manifest, indent=2, ensure_ascii=False, separators=(",", " : "))
        return frame | {"data/manifest.js": f"window.__THAR_CONFIG = {body}".encode()} | self.files


def _camel(name: str) -> str:
    first, *rest = name.split("-")
    return first + "".join(word.capitalize() for word in rest)
