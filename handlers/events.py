"""What can happen in a chat, in our words: LINE's JSON read tolerantly, one event at a time.

LINE adds fields, types and values without notice, and leaves out what is absent (line-platform.md §1.3): `read()` never
raises on a shape; what it does not know becomes kind "other".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from messages.parts import unpack

#: LINE's message types, in our words.
_MESSAGES = {
    "text": "text",
    "image": "photo",
    "audio": "voice",
    "video": "video",
    "file": "file",
    "location": "place",
    "sticker": "sticker",
}
_EVENTS = {
    "postback": "tap",
    "follow": "follow",
    "unfollow": "unfollow",
    "join": "join",
    "leave": "leave",
    "memberJoined": "joined",
    "memberLeft": "left",
    "unsend": "unsend",
    "messageEdited": "edited",
}
#: Events that carry a file to be fetched.
MEDIA = ("photo", "voice", "video", "file")


@dataclass(frozen=True)
class Event:
    """One thing that happened. Fields that do not belong to its kind are empty.

    `at` is when it happened (LINE's clock). `duration` is in milliseconds, `size` in bytes, `lat`/`lon` in WGS 84
    degrees. `set_id`, `set_index`, `set_total` tell that a photo came with others. `mentioned` is true when the bot was
    named.
    """

    kind: str
    at: datetime
    chat_key: str = "-"
    chat_kind: str = "user"
    user_id: str | None = None
    reply_token: str | None = None
    standby: bool = False
    message_id: str | None = None
    text: str = ""
    route: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    lat: float | None = None
    lon: float | None = None
    title: str = ""
    duration: int | None = None
    name: str = ""
    size: int | None = None
    set_id: str | None = None
    set_index: int = 0
    set_total: int = 0
    mentioned: bool = False
    unblocked: bool = False
    members: tuple[str, ...] = ()


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _str(value: Any) -> str:
    """The text, without what no database and no terminal takes: NUL, and halves of surrogate pairs."""
    if not isinstance(value, str):
        return ""
    return value.replace("\x00", "").encode("utf-8", "ignore").decode("utf-8")


def _int(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _degrees(value: Any, limit: float) -> float | None:
    number = value if isinstance(value, int | float) and not isinstance(value, bool) else None
    return float(number) if number is not None and -limit <= number <= limit else None


def _moment(value: Any, fallback: datetime) -> datetime:
    try:
        return datetime.fromtimestamp(float(value) / 1000, UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        return fallback


def _chat(source: dict[str, Any]) -> tuple[str, str]:
    for kind, name in (("group", "groupId"), ("room", "roomId"), ("user", "userId")):
        if _str(source.get(name)):
            return source[name], kind
    return "-", "user"


def read(raw: Mapping[str, Any], received_at: datetime) -> Event:
    """The event that LINE's JSON tells of. Never raises; unknown kinds become "other"."""
    source = _dict(raw.get("source"))
    key, chat_kind = _chat(source)
    common: dict[str, Any] = {
        "at": _moment(raw.get("timestamp"), received_at),
        "chat_key": key,
        "chat_kind": chat_kind,
        "user_id": _str(source.get("userId")) or None,
        "reply_token": _str(raw.get("replyToken")) or None,
        "standby": raw.get("mode") == "standby",
    }
    kind = _str(raw.get("type"))
    if kind == "message":
        return _message(_dict(raw.get("message")), common)
    return Event(kind=_EVENTS.get(kind, "other"), **common, **_details(kind, raw))


def _details(kind: str, raw: Mapping[str, Any]) -> dict[str, Any]:
    if kind == "postback":
        postback = _dict(raw.get("postback"))
        route, fields = unpack(_str(postback.get("data")))
        return {"route": route, "fields": fields | _params(postback)}
    if kind == "unsend":
        return {"message_id": _str(_dict(raw.get("unsend")).get("messageId")) or None}
    if kind == "messageEdited":
        message = _dict(raw.get("message"))
        return {"message_id": _str(message.get("id")) or None, "text": _str(message.get("text"))}
    if kind == "follow":
        return {"unblocked": _dict(raw.get("follow")).get("isUnblocked") is True}
    if kind in ("memberJoined", "memberLeft"):
        listed = _dict(raw.get("joined" if kind == "memberJoined" else "left")).get("members")
        people = listed if isinstance(listed, list) else []
        return {"members": tuple(_str(_dict(m).get("userId")) for m in people)}
    return {}


def _params(postback: dict[str, Any]) -> dict[str, str]:
    """What a date picker adds to a tap."""
    return {k: v for k, v in _dict(postback.get("params")).items() if k in ("date", "time", "datetime") and _str(v)}


def _message(message: dict[str, Any], common: dict[str, Any]) -> Event:
    images = _dict(message.get("imageSet"))
    kind = _MESSAGES.get(_str(message.get("type")), "other")
    lat, lon = _degrees(message.get("latitude"), 90), _degrees(message.get("longitude"), 180)
    if kind == "place" and (lat is None or lon is None):
        kind = "other"
    return Event(
        kind=kind,
        message_id=_str(message.get("id")) or None,
        text=_str(message.get("text")),
        lat=lat,
        lon=lon,
        title=_str(message.get("title")) or _str(message.get("address")),
        duration=_int(message.get("duration")),
        name=_str(message.get("fileName")),
        size=_int(message.get("fileSize")),
        set_id=_str(images.get("id")) or None,
        set_index=_int(images.get("index")) or 0,
        set_total=_int(images.get("total")) or 0,
        mentioned=_names_the_bot(message),
        **common,
    )


def _names_the_bot(message: dict[str, Any]) -> bool:
    mentionees = _dict(message.get("mention")).get("mentionees")
    return any(_dict(m).get("isSelf") is True for m in mentionees) if isinstance(mentionees, list) else False
