"""What LINE accepts as messages and as request bodies; refusals in LINE's words (reference: message objects)."""

import regex

from simulator import actionrules, flexrules, templaterules
from simulator.records import Json, Refused
from simulator.rules import (
    Path,
    Report,
    Rule,
    Shape,
    boolean,
    by_type,
    many,
    matching,
    media_url,
    number,
    text,
)

_TYPE = text(40)
_ALT = text(1500)
_BIG = 2**31 - 1


def _no_line(value: object, path: Path, report: Report) -> None:
    text(20)(value, path, report)
    if isinstance(value, str) and "line" in value.lower():
        report.note(path, "must not contain LINE")


_COMMON: dict[str, Rule] = {
    "type": _TYPE,
    "sender": Shape({"name": _no_line, "iconUrl": media_url}),
    "quickReply": Shape(
        {
            "items": many(
                by_type(
                    {"action": Shape({"type": _TYPE, "imageUrl": media_url, "action": actionrules.QUICK}, ("action",))}
                ),
                1,
                13,
            )
        },
        ("items",),
    ),
}
_EMOJI = Shape({"index": number(0, 5000), "productId": _TYPE, "emojiId": _TYPE}, ("index", "productId", "emojiId"))
_USER = matching(r"U[0-9a-f]{32}", "must be a userId")
_SUBSTITUTE = by_type(
    {
        "mention": Shape(
            {
                "type": _TYPE,
                "mentionee": by_type(
                    {"user": Shape({"type": _TYPE, "userId": _USER}, ("userId",)), "all": Shape({"type": _TYPE})}
                ),
            },
            ("mentionee",),
        ),
        "emoji": Shape({"type": _TYPE, "productId": _TYPE, "emojiId": _TYPE}, ("productId", "emojiId")),
    }
)


def _substitution(value: object, path: Path, report: Report) -> None:
    if not isinstance(value, dict) or len(value) > 100:
        report.note(path, "must be an object with at most 100 keys")
        return
    for key, inner in value.items():
        if not regex.fullmatch(r"[a-zA-Z0-9_]{1,20}", key):
            report.note((*path, key), "must match ^[a-zA-Z0-9_]{1,20}$")
        _SUBSTITUTE(inner, (*path, key), report)
    mentions = sum(isinstance(inner, dict) and inner.get("type") == "mention" for inner in value.values())
    if mentions > 20:
        report.note(path, "at most 20 mentions")


_HOLES = regex.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")


def _holes_filled(message: Json, path: Path, report: Report) -> None:
    known = message.get("substitution", {})
    for hole in _HOLES.finditer(message["text"]):
        if hole.group() not in ("{{", "}}") and hole.group(1) not in known:
            report.note((*path, "text"), "placeholder does not match ^[a-zA-Z0-9_]{1,20}$ or has no substitution")
            return


def _dollars(message: Json, path: Path, report: Report) -> None:
    units = message["text"].encode("utf-16-le")
    for index, emoji in enumerate(message.get("emojis", [])):
        at = emoji["index"] * 2
        if units[at : at + 2] != "$".encode("utf-16-le"):
            report.note((*path, "emojis", index, "index"), "must point at a $ in the text")


def _message(needed: tuple[str, ...], *extras: object, **props: Rule) -> Shape:
    return Shape({**_COMMON, **props}, needed, extras)  # type: ignore[arg-type]  # extras are Extra by use below


_MESSAGE = by_type(
    {
        "text": _message(("text",), _dollars, text=text(5000), emojis=many(_EMOJI, 0, 20), quoteToken=text(1000)),
        "textV2": _message(
            ("text",), _holes_filled, text=text(5000), substitution=_substitution, quoteToken=text(1000)
        ),
        "sticker": _message(("packageId", "stickerId"), packageId=_TYPE, stickerId=_TYPE, quoteToken=text(1000)),
        "image": _message(
            ("originalContentUrl", "previewImageUrl"), originalContentUrl=media_url, previewImageUrl=media_url
        ),
        "video": _message(
            ("originalContentUrl", "previewImageUrl"),
            originalContentUrl=media_url,
            previewImageUrl=media_url,
            trackingId=matching(r"[a-zA-Z0-9\-.=,+*()%$&;:@{}!?<>\[\]]{1,100}", "invalid trackingId"),
        ),
        "audio": _message(("originalContentUrl", "duration"), originalContentUrl=media_url, duration=number(1, _BIG)),
        "location": _message(
            ("title", "address", "latitude", "longitude"),
            title=text(100),
            address=text(100),
            latitude=number(-90, 90, whole=False),
            longitude=number(-180, 180, whole=False),
        ),
        "imagemap": _message(("baseUrl", "altText", "baseSize", "actions"), **templaterules.IMAGEMAP),
        "template": _message(("altText", "template"), altText=_ALT, template=templaterules.TEMPLATE),
        "flex": _message(("altText", "contents"), altText=_ALT, contents=flexrules.CONTAINER),
        "coupon": _message(("couponId",), couponId=text(100), deliveryTag=text(30)),
    }
)
_MESSAGES = many(_MESSAGE, 1, 5)
_UNITS = many(matching(r"[a-zA-Z0-9_]{1,30}", "must match ^[a-zA-Z0-9_]{1,30}$"), 0, 1)
_TO = matching(r"[UCR][0-9a-f]{32}", "The property, 'to', in the request body is invalid")
_QUIET = {"messages": _MESSAGES, "notificationDisabled": boolean}


def _anything(value: object, path: Path, report: Report) -> None:
    """Parts of a narrowcast that the simulator takes as they are."""
    if not isinstance(value, dict):
        report.note(path, "must be an object")


BODIES: dict[str, Shape] = {
    "reply": Shape({**_QUIET, "replyToken": text(1000)}, ("replyToken", "messages")),
    "push": Shape({**_QUIET, "to": _TO, "customAggregationUnits": _UNITS}, ("to", "messages")),
    "multicast": Shape({**_QUIET, "to": many(_USER, 1, 500), "customAggregationUnits": _UNITS}, ("to", "messages")),
    "broadcast": Shape(_QUIET, ("messages",)),
    "narrowcast": Shape({**_QUIET, **dict.fromkeys(("recipient", "filter", "limit"), _anything)}, ("messages",)),
    "validate": Shape({"messages": _MESSAGES}, ("messages",)),
}
"""By the last part of the endpoint's path."""


def problems(kind: str, body: Json, *, loopback_http: bool = False) -> list[Json]:
    """What LINE would refuse in a body of this kind, as ``{"message", "property"}``; empty when it accepts it."""
    report = Report(loopback_http)
    BODIES[kind](body, (), report)
    return [{"message": words, "property": spell(path)} for path, words in report.problems]


def refuse_bad(kind: str, body: Json, *, loopback_http: bool = False) -> None:
    """Raise ``Refused`` with 400, worded as LINE words it, when a body of this kind is not acceptable."""
    report = Report(loopback_http)
    BODIES[kind](body, (), report)
    refuse(report)


def refuse(report: Report) -> None:
    """Raise ``Refused`` with 400 when there is anything in the report."""
    if not report.problems:
        return
    details = [{"message": words, "property": spell(path)} for path, words in report.problems]
    path = report.problems[0][0]
    if path == ("to",):
        raise Refused(400, "The property, 'to', in the request body is invalid (line: -, column: -)")
    if "contents" in path and path[0] == "messages":
        raise Refused(400, f"A message (messages[{path[1]}]) in the request body is invalid", details)
    raise Refused(400, f"The request body has {len(details)} error(s)", details)


def spell(path: Path) -> str:
    """A path as LINE writes it: ``messages[0].text``, but ``/body/contents/0/text`` inside Flex."""
    if "contents" in path and path[0] == "messages":
        return "/" + "/".join(map(str, path[path.index("contents") + 1 :]))
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")
