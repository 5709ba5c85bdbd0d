"""What LINE accepts: `check()` raises before anything is queued that LINE would refuse, naming the rule and its page.

Written after https://developers.line.biz/en/reference/messaging-api/#message-objects; LINE answers 400 to what breaks
one of these rules, and the whole reply is lost with it. Counting stands in `counting`, the Flex tables in `shapes`;
what other rooms need of them is handed on from here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from messages.counting import (
    ALT_TEXT,
    BUBBLES,
    DATA,
    ELLIPSIS,
    FLEX_LABEL,
    LABEL,
    MESSAGES,
    PLACE,
    QUICK_REPLIES,
    SHOWN,
    TEXT,
    clusters,
    cut,
    cut_clusters,
    fit_label,
    split,
    units,
)
from messages.rules import REFERENCE, Rule, Shape, TooMuch, each, matching, number, one_of_shapes
from messages.rules import units as units_rule
from messages.shapes import container, https, quick_action

__all__ = [
    "ALT_TEXT",
    "BUBBLES",
    "DATA",
    "ELLIPSIS",
    "FLEX_LABEL",
    "LABEL",
    "MESSAGES",
    "PLACE",
    "QUICK_REPLIES",
    "SHOWN",
    "TEXT",
    "TooMuch",
    "check",
    "clusters",
    "cut",
    "cut_clusters",
    "fit_label",
    "split",
    "units",
]


def _sender_name(path: str, value: Any) -> str | None:
    if units_rule(20)(path, value) or "line" in value.lower():
        return "is a text of 1 to 20 UTF-16 units without the word LINE"
    return None


def _object(shape: Shape) -> Rule:
    """The rule of an object that has only one shape."""

    def rule(path: str, value: Any) -> str | None:
        if not isinstance(value, dict):
            return "is an object"
        shape.check(path, value)
        return None

    return rule


_quick_item = one_of_shapes(
    {"action": Shape("quick-reply-button-object", {"action": quick_action}, {"imageUrl": https})}
)
_COMMON: Mapping[str, Rule] = {
    "quickReply": _object(Shape("items-object", {"items": each(_quick_item, QUICK_REPLIES, 1)})),
    "sender": _object(Shape("icon-nickname-switch", {}, {"name": _sender_name, "iconUrl": https})),
}
_quote = matching("[!-~]+", "a quote token")
_number_text = matching("[0-9]+", "a number as text", 20)


def _message(page: str, need: Mapping[str, Rule], may: Mapping[str, Rule] | None = None) -> Shape:
    return Shape(page, need, {**_COMMON, **(may or {})})


_message_object = one_of_shapes(
    {
        "text": _message("text-message", {"text": units_rule(TEXT)}, {"quoteToken": _quote}),
        "flex": _message("flex-message", {"altText": units_rule(ALT_TEXT), "contents": container}),
        "image": _message("image-message", {"originalContentUrl": https, "previewImageUrl": https}),
        "audio": _message("audio-message", {"originalContentUrl": https, "duration": number(1, 2**53, whole=True)}),
        "location": _message(
            "location-message",
            {
                "title": units_rule(PLACE),
                "address": units_rule(PLACE),
                "latitude": number(-90, 90),
                "longitude": number(-180, 180),
            },
        ),
        "sticker": _message(
            "sticker-message", {"packageId": _number_text, "stickerId": _number_text}, {"quoteToken": _quote}
        ),
    }
)


def check(messages: Sequence[Mapping[str, Any]]) -> None:
    """Pass what LINE accepts as one reply or push: one to five messages. Raises TooMuch at the first thing it refuses.

    Kinds of message this bot never sends (templates, imagemaps, videos, coupons) are refused too.
    """
    if not 1 <= len(messages) <= MESSAGES:
        raise TooMuch("messages", f"is a list of 1 to {MESSAGES} ({REFERENCE}#send-reply-message)")
    for at, message in enumerate(messages):
        fault = _message_object(f"messages[{at}]", message)
        if fault:
            raise TooMuch(f"messages[{at}]", f"{fault} ({REFERENCE}#message-objects)")
