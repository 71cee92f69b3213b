"""Masks personal technical data in a raw item before it is shown or handed out; the evidence itself is not changed.

The raw items of every platform (X 2018-2025, Facebook 2017-2026, Instagram 2018-2025) contain upload IP addresses,
coordinates, device ids, tokens, and the telephone numbers and e-mail addresses of account files. The item keeps its layout
and only the value is replaced, so a reader sees that a value was there and of which kind. Text written by people is not
touched. If an item is damaged or a label is in a language that is not in the tables below, the form of the value decides
(an IP address, a UUID, a decimal degree): masking too much is better than masking too little.
"""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

_KEYS: dict[str, str] = {
    word: name
    for name, words in {
        "ip": "ip ips ipaddress ipaddresses ipaddr uploadip uploadipaddress loginip loginipaddress lastloginip usercreationip "
        "creationip registrationip usedipaddress clientip remoteip sourceip accountcreationip direccionip direccionipdecarga "
        "direcciónip direcciónipdecarga direcciónipdesubida enderecoip endereçoip adresseip ipadresse",
        "latitude": "latitude lat latitud lintang",
        "longitude": "longitude lon lng long longitud bujur",
        "coordinates": "coordinates coordinate boundingbox latlng latlong geo geolocation georss gps gpscoordinates gpsposition",
        "device": "device devices deviceid deviceids deviceuuid deviceinfo deviceidentifier deviceidentifiers familydeviceid "
        "machineid androidid udid imei idfa idfv advertisingid mobileadid useragent idperangkat iddeldispositivo iddedispositivo "
        "identificadordeldispositivo identificadordedispositivo iddodispositivo",
        "serial": "serial cameraserial",
        "token": "token tokens accesstoken refreshtoken authtoken oauthtoken sessiontoken devicetoken xoxe secret clientsecret "
        "sessionid sessionkey cookie cookies cookiename password apikey",
        "phone": "phone phones phonenumber phonenumbers telephone mobilenumber registrationphonenumber verifiedphonenumber "
        "númerodeteléfono numerodetelefono",
        "email": "email emails emailaddress emailaddresses registrationemail ssoemail previousemails primaryemail "
        "correoelectrónico correoelectronico",
    }.items()
    for word in words.split()
}
# Fields with text written by people: an IP address alone in such a field is their text.
_PROSE = frozenset({"text", "fulltext", "post", "comment", "content", "caption", "title", "message", "description", "sharetext", "name"})
_LABEL_KEYS = frozenset({"label", "name", "key", "field"})
_VALUE_KEYS = frozenset({"value", "vec", "href", "values"})

_TOKENS = re.compile(
    r"(?P<slack>xox[a-z]-[A-Za-z0-9-]{4,})"
    r"|(?P<head>[?&](?:amp;)?(?:access_token|auth_token|oauth_token|session_key|token)=|facebook\.com\\?/dyi\\?/l\\?/\?l=)(?P<tail>[^\"'&\s<>\\]+)",
    re.IGNORECASE,
)
# Possessive everywhere: a damaged item may be 50 MB without a closing quotation mark.
_STRING = r'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
_SINGLE = r"'[^'\\\n]*+(?:\\.[^'\\\n]*+)*+'"
_JSON = re.compile(
    rf"(?P<string>{_STRING})(?P<colon>\s*:\s*)?"
    r"|(?<![\w$-])(?P<bare>[A-Za-z_$][\w$-]*+)\s*:\s*"
    rf"|(?P<quoted>{_SINGLE})(?P<quoted_colon>\s*:\s*)?"
    r"|(?P<lone>'[^'\\\n]*+(?:\\.[^'\\\n]*+)*+)"  # never closed: taken whole, so that no character is read twice
    r'|(?P<open>"[^"\\]*+(?:\\.[^"\\]*+)*+\\?\Z)'
    r"|(?P<bracket>[{}\[\]])",
    re.DOTALL,
)
_LOOSE_KEY = re.compile(r"""(?P<quote>\\*["'])(?P<key>[\w .\-]{2,48})(?P=quote)\s*:\s*""")
_PLAIN_VALUE = re.compile(rf"""{_STRING}|{_SINGLE}|\\+"(?:[^"\\])*\\+"|["'][^\n]*|[^\s,\]}}"']+""", re.DOTALL)
_EMPTY = re.compile(r"""\s*(?:null|undefined|true|false|""|''|\[\s*\]|\{\s*\}|\\+"\\+")(?![\w.])|\s*(?:""|''|\[\s*\]|\{\s*\})""")
_NODES = re.compile(r"<[^<>]*>|[^<]+|<")
_TAG = re.compile(r"</?\s*([a-zA-Z0-9]+)")
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|android-[0-9a-f]{8,}")
_DEGREES = re.compile(r"-?\d{1,3}[.,]\d{4,}")
_LABELLED_IP = re.compile(r"^\s*[^\d<>:]{0,40}\bIP\b[^\d<>:]{0,20}:?\s*(?P<ip>[0-9A-Fa-f.:]{3,45})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Masked:
    """An item that is safe to show, and the number of masked values."""

    text: str
    count: int


def mask_raw(raw: bytes) -> Masked:
    """Decode a raw item (JSON, JavaScript or HTML, whole or damaged) and mask personal technical data.

    Bytes that are not UTF-8 become U+FFFD. Never raises, whatever the item contains.
    """
    text = raw.decode("utf-8", "replace")
    body = text.lstrip("\ufeff \t\r\n")
    masker = _Masker()
    text = masker.html(text) if body.startswith("<") else masker.json(text)
    return Masked(masker.tokens(text), masker.count)


def mask_tokens(text: str) -> str:
    """Mask the secrets in a URL (`?token=…`, `xoxe-…`). For links only, not for text written by people."""
    if "=" not in text and "xox" not in text.lower():
        return text
    return _Masker().tokens(text)


def mask_facts(facts: Mapping[str, str]) -> dict[str, str]:
    """Mask the values of a record's extra facts that have a personal key or are an IP address."""
    masked: dict[str, str] = {}
    for key, value in facts.items():
        kind = classify_key(key) or ("ip" if _is_address(value) else "")
        masked[key] = _mark(key if classify_key(key) else kind) if kind and value else mask_tokens(value)
    return masked


@lru_cache(maxsize=4096)
def classify_key(key: str) -> str:
    """Classify a key or label ("ip", "latitude", "token" ...); "" if it is not personal technical data.

    Case, spaces, hyphens and underscores do not matter: `upload_ip`, `uploadIp` and "Upload IP" are the same.
    """
    word = "".join(char for char in key.casefold() if char.isalnum())
    if word in _KEYS:
        return _KEYS[word]
    if "serialnumber" in word or word.endswith("serial"):
        return "serial"
    if word.startswith("gps"):
        return "coordinates"
    if word.endswith(("ipaddress", "accesstoken", "deviceid", "phonenumber", "emailaddress")):
        return "personal"
    return ""


def _mark(key: str) -> str:
    return f"[masked: {key.strip()}]"


def _is_address(value: str) -> bool:
    """Tell whether a value is an IPv4 or IPv6 address, also with a port or a prefix length."""
    value = value.strip().strip("[]")
    if not 3 <= len(value) <= 50 or not ("." in value or ":" in value):
        return False
    value = value.split("/", 1)[0]
    if value.count(":") == 1:
        value = value.split(":", 1)[0]
    try:
        ipaddress.ip_address(value)
    except ValueError:
        return False
    return True


def _unquoted(literal: str) -> str:
    """Decode a string literal; escapes that are not valid JSON stay as they are."""
    inner = literal[1:-1]
    if "\\" not in inner:
        return inner
    try:
        return str(json.loads(f'"{inner}"', strict=False))
    except ValueError:
        return inner


class _Masker:
    """Masks an item and counts the masked values."""

    def __init__(self) -> None:
        self.count = 0

    def _hide(self, key: str, before: str = "") -> str:
        """Mask of a value, in the value's own quotation marks."""
        self.count += 1
        quote = before[:1] if before[:1] in {'"', "'"} else '"'
        if before.startswith("\\"):
            quote = before[: len(before) - len(before.lstrip("\\")) + 1]
        return f"{quote}{_mark(key)}{quote}"

    def tokens(self, text: str) -> str:
        """Mask secrets inside of URLs."""

        def hide(match: re.Match[str]) -> str:
            if (match["tail"] or "").startswith("[masked"):
                return match[0]
            self.count += 1
            return (match["head"] or "") + "[masked: token]"

        return _TOKENS.sub(hide, text)

    def json(self, text: str) -> str:
        """Mask JSON. A damaged item gets a second pass that does not rely on its quotation marks."""
        masked = self._json_by_tokens(text)
        try:
            json.loads(text[text.find("{") if text[:1].isalpha() else 0 :].lstrip("\ufeff"))
        except (ValueError, RecursionError):
            return self._json_loosely(masked)
        return masked

    def _json_by_tokens(self, text: str) -> str:
        out: list[str] = []
        at = 0
        key = label = ""
        while token := _JSON.search(text, at):
            out.append(text[at : token.start()])
            at = token.end()
            literal = token["string"] or token["quoted"] or token["open"]
            is_key = token["colon"] is not None or token["quoted_colon"] is not None or token["bare"] is not None
            if token["bracket"]:
                if token["bracket"] == "}":
                    label = ""
                key = key if token["bracket"] == "[" else ""
            elif is_key:
                key = token["bare"] or _unquoted(literal)
                label_or_key = label if label and key.lower() in _VALUE_KEYS else key
                if classify_key(label_or_key):
                    out.append(token[0])
                    at = self._value(text, at, label_or_key, out)
                    continue
            elif literal is not None:
                value = _unquoted(literal) if token["open"] is None else literal[1:]
                word = "".join(char for char in key.casefold() if char.isalnum())
                if word in _LABEL_KEYS and classify_key(value):
                    label = value
                elif (_is_address(value) and word not in _PROSE) or (word in {"changedfrom", "changedto"} and "@" in value[1:]):
                    out.append(self._hide("ip address" if "@" not in value else "email", literal))
                    continue
            out.append(token[0])
        out.append(text[at:])
        return "".join(out)

    def _value(self, text: str, at: int, key: str, out: list[str]) -> int:
        """Append the mask of the value that begins at `at` and return the end of the value."""
        if match := _EMPTY.match(text, at):
            out.append(match[0])
            return match.end()
        if text[at : at + 1] in {"{", "["}:
            end = self._balanced(text, at)
        else:
            match = _PLAIN_VALUE.match(text, at)
            if match is None:
                return at
            end = match.end()
        if text.startswith("[masked: ", at + 1):
            out.append(text[at:end])
        else:
            out.append(self._hide(key, text[at : at + 12]))
        return end

    @staticmethod
    def _balanced(text: str, at: int) -> int:
        """End of an object or array: after its closing bracket, or the end of the text if it never closes."""
        depth = 0
        for token in re.compile(rf"{_STRING}|[{{}}\[\]]", re.DOTALL).finditer(text, at):
            if token[0] in {"{", "["}:
                depth += 1
            elif token[0] in {"}", "]"}:
                depth -= 1
                if depth == 0:
                    return token.end()
        return len(text)

    def _json_loosely(self, text: str) -> str:
        out: list[str] = []
        at = 0
        for match in _LOOSE_KEY.finditer(text):
            if match.start() >= at and classify_key(match["key"]):
                out.append(text[at : match.end()])
                at = self._value(text, match.end(), match["key"], out)
        out.append(text[at:])
        return "".join(out)

    def html(self, text: str) -> str:
        """Mask the tables of Meta's pages: the cell after a personal label, and cells that contain only such a value."""
        out: list[str] = []
        tables = 0
        label = ""
        for match in _NODES.finditer(text):
            node = match[0]
            tag = _TAG.match(node)
            if node.startswith("<"):
                if tag and tag[1].lower() == "table":
                    tables = max(0, tables - 1) if node.startswith("</") else tables + 1
                if tag and node.startswith("</") and tag[1].lower() in {"tr", "table"}:
                    label = ""
            elif tables and node.strip():
                word = node.strip().rstrip(":")
                if classify_key(word):
                    label = word
                elif label:
                    node = self._cell(node, label)
                elif kind := self._shape(word):
                    node = self._cell(node, kind)
            if not node.startswith("<") and (ip := _LABELLED_IP.match(node)) and _is_address(ip["ip"]):
                self.count += 1
                node = node[: ip.start("ip")] + _mark("ip address") + node[ip.end("ip") :]
            out.append(node)
        return "".join(out)

    def _cell(self, node: str, key: str) -> str:
        self.count += 1
        return node[: len(node) - len(node.lstrip())] + _mark(key) + node[len(node.rstrip()) :]

    @staticmethod
    def _shape(word: str) -> str:
        if _is_address(word):
            return "ip address"
        if _UUID.fullmatch(word):
            return "device id"
        return "position" if _DEGREES.fullmatch(word) else ""
