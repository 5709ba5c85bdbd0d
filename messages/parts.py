"""The LINE shapes we use, as plain dicts: actions, messages, and (handed on from `blocks`) Flex cards. Pure.

Buttons carry data packed by `pack` and read back by `unpack`. Texts of people and towns flow in here, so what has a
small limit (labels, alt texts, what a tap says) is shortened to it, never inside a Thai cluster; `limits.check` judges
the whole before it is queued. Shapes: https://developers.line.biz/en/reference/messaging-api/#message-objects
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Literal
from urllib.parse import quote, unquote, urlsplit

from messages.blocks import (
    AMBER,
    BLUE,
    GREEN,
    GREY,
    INK,
    PAPER,
    PURPLE,
    QUIET,
    RED,
    RULE,
    STONE,
    TEAL,
    Json,
    button,
    card,
    summary,
)
from messages.limits import (
    ALT_TEXT,
    DATA,
    LABEL,
    PLACE,
    QUICK_REPLIES,
    SHOWN,
    TooMuch,
    cut,
    cut_clusters,
    fit_label,
    units,
)
from messages.thai import dialable

__all__ = [
    "AMBER",
    "BLUE",
    "GREEN",
    "GREY",
    "INK",
    "PAPER",
    "PURPLE",
    "QUIET",
    "RED",
    "RULE",
    "STONE",
    "TEAL",
    "Json",
    "audio",
    "button",
    "call",
    "camera",
    "camera_roll",
    "card",
    "carousel",
    "flex",
    "image",
    "link",
    "location",
    "location_card",
    "pack",
    "pick_date",
    "quick",
    "say",
    "sticker",
    "summary",
    "tap",
    "text",
    "unpack",
]

_ROUTE = re.compile(r"[a-z][a-z0-9_.-]*")
_FIELD = re.compile(r"[a-z][a-z0-9_]*")
_ESCAPED = str.maketrans({"%": "%25", "&": "%26", "=": "%3D"})
_SCHEMES = ("http", "https", "tel", "line")


# Postback data


def pack(route: str, **fields: str | int | None) -> str:
    """Postback data: `pack("case.take", id=42)` is "m=case.take&id=42". A field that is None is left out.

    Thai stays as it is, so that it costs one unit a letter. Raises ValueError for a malformed route, a field named m,
    and for more than LINE's 300 units.
    """
    if not _ROUTE.fullmatch(route):
        raise ValueError(f"no route: {route!r}")
    pairs = [f"m={route}"]
    for name, value in fields.items():
        if name == "m" or not _FIELD.fullmatch(name):
            raise ValueError(f"no name for a field: {name!r}")
        if value is not None:
            text = str(int(value)) if isinstance(value, bool) else str(value)
            pairs.append(f"{name}={text.translate(_ESCAPED)}")
    data = "&".join(pairs)
    if units(data) > DATA:
        raise ValueError(f"{units(data)} units of postback data for {route}, LINE takes {DATA}")
    return data


def unpack(data: str) -> tuple[str, dict[str, str]]:
    """The route and fields of packed data; ("", {}) for anything else. Never raises: old buttons send anything."""
    head, *rest = data.split("&")
    route = head.removeprefix("m=")
    if route == head or not _ROUTE.fullmatch(route):
        return "", {}
    fields: dict[str, str] = {}
    for pair in rest:
        name, equals, value = pair.partition("=")
        if not equals or name == "m" or name in fields or not _FIELD.fullmatch(name):
            return "", {}
        fields[name] = unquote(value)
    return route, fields


# Actions


def tap(label: str, data: str, shown: str | None = None) -> Json:
    """A postback. `shown` is what the person is seen to say, the label if not given, nothing if ""."""
    action = {"type": "postback", "label": label, "data": data}
    said = label if shown is None else shown
    return {**action, "displayText": cut_clusters(said, SHOWN)} if said else action


def say(label: str, text: str | None = None) -> Json:
    """Lets the person say `text`, the label if not given."""
    return {"type": "message", "label": label, "text": cut_clusters(text or label, SHOWN)}


def link(label: str, uri: str) -> Json:
    """Opens an address (http, https, tel, line). Thai in it is encoded; raises ValueError for other schemes."""
    return {"type": "uri", "label": label, "uri": _encoded(uri)}


def call(label: str, number: str) -> Json:
    """Dials the first telephone number in `number`. Raises ValueError when there is none."""
    return {"type": "uri", "label": label, "uri": f"tel:{dialable(number)}"}


def camera(label: str) -> Json:
    """Opens the camera. As a quick reply only."""
    return {"type": "camera", "label": label}


def camera_roll(label: str) -> Json:
    """Opens the phone's pictures. As a quick reply only."""
    return {"type": "cameraRoll", "label": label}


def location(label: str) -> Json:
    """Opens the map to send a place. As a quick reply only."""
    return {"type": "location", "label": label}


def pick_date(
    label: str,
    data: str,
    mode: Literal["date", "time", "datetime"] = "date",
    *,
    initial: date | str | None = None,
    earliest: date | str | None = None,
    latest: date | str | None = None,
) -> Json:
    """A picker whose choice comes back in the postback's params. LINE knows no time zone: wall-clock time is meant."""
    bounds = {"initial": initial, "min": earliest, "max": latest}
    return {
        "type": "datetimepicker",
        "label": label,
        "data": data,
        "mode": mode,
        **{name: _stamp(value) for name, value in bounds.items() if value is not None},
    }


def _stamp(value: date | str) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%dt%H:%M}"
    return value if isinstance(value, str) else value.isoformat()


def _encoded(uri: str) -> str:
    """The address in plain ASCII: host by IDNA (เทศบาล.ไทย), the rest percent-encoded, what is encoded left alone."""
    parts = urlsplit(uri.strip())
    if parts.scheme.lower() not in _SCHEMES:
        raise ValueError(f"LINE opens {', '.join(_SCHEMES)} addresses, not {uri!r}")
    host = parts.netloc if parts.netloc.isascii() else parts.netloc.encode("idna").decode("ascii")
    whole = re.sub("%(?![0-9A-Fa-f]{2})", "%25", parts._replace(netloc=host).geturl())
    return quote(whole, safe=":/?#[]@!$&'()*+,;=%~-._")


# Messages


def text(body: str, *actions: Json) -> Json:
    """A text message, with a quick reply for each action. Split longer ones (`limits.split`) before."""
    return quick({"type": "text", "text": body}, *actions)


def quick(message: Mapping[str, Any], *actions: Json) -> Json:
    """The message with these quick replies after those it has. Raises TooMuch for more than 13.

    LINE shows only those of the last message of a reply, on phones only, until the next message.
    """
    if not actions:
        return dict(message)
    before = message.get("quickReply", {}).get("items", [])
    items = [*before, *({"type": "action", "action": _labelled(action, LABEL)} for action in actions)]
    if len(items) > QUICK_REPLIES:
        raise TooMuch("quickReply.items", f"{len(items)} quick replies, LINE takes {QUICK_REPLIES}")
    return {**message, "quickReply": {"items": items}}


def flex(alt: str, contents: Json, *actions: Json) -> Json:
    """A Flex message of a bubble or carousel. `alt` is what notifications and screen readers give: make it tell."""
    return quick({"type": "flex", "altText": cut(alt, ALT_TEXT), "contents": contents}, *actions)


def carousel(bubbles: Sequence[Json]) -> Json:
    """Bubbles side by side, up to twelve, all of one size."""
    return {"type": "carousel", "contents": list(bubbles)}


def image(url: str, preview: str) -> Json:
    """A picture (JPEG or PNG, up to 10 MB) and its preview (up to 1 MB), by https addresses."""
    return {"type": "image", "originalContentUrl": _encoded(url), "previewImageUrl": _encoded(preview)}


def audio(url: str, ms: int) -> Json:
    """A sound (mp3 or m4a) by its https address, and its length in milliseconds."""
    return {"type": "audio", "originalContentUrl": _encoded(url), "duration": ms}


def location_card(title: str, address: str, lat: float, lon: float) -> Json:
    """A place on the map, in WGS 84 degrees. LINE wants an address: without one it is the title again."""
    return {
        "type": "location",
        "title": cut(title, PLACE),
        "address": cut(address.strip() or title, PLACE),
        "latitude": lat,
        "longitude": lon,
    }


def sticker(package: str | int, number: str | int) -> Json:
    """A sticker. Bots may send these: https://developers.line.biz/en/docs/messaging-api/sticker-list/"""
    return {"type": "sticker", "packageId": str(package), "stickerId": str(number)}


def _labelled(action: Json, most: int) -> Json:
    return {**action, "label": fit_label(action["label"], most)}
