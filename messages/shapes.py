"""What LINE knows of actions and Flex parts: what each needs, may have, and how much of it.

Written after https://developers.line.biz/en/reference/messaging-api/#action-objects and #flex-message. Videos,
gradients and rich menu switches are not sent by this bot and are therefore refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from messages import counting
from messages.rules import (
    REFERENCE,
    Rule,
    Shape,
    TooMuch,
    clusters,
    each,
    matching,
    number,
    one_of_shapes,
    size_of,
    units,
    word,
    yes_or_no,
)

# Plain http is let through on the machine's own loopback alone: there the demo's simulator plays LINE.
_LOOPBACK = r"http://(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?/[!-~]*"
https = matching(rf"https://[!-~]+|{_LOOPBACK}", "an https address without raw Thai, at most 2,000 characters")
_STAMP = r"\d{4}-\d\d-\d\d|\d\d:\d\d|\d{4}-\d\d-\d\d[tT]\d\d:\d\d"
_stamp = matching(_STAMP, "a date, time or both, as 2026-01-31, 13:30, 2026-01-31t13:30")
_uri = matching(r"(https?://|line:|tel:)[!-~]+", "http, https, line or tel, percent-encoded, at most 1,000", 1_000)

#: Actions that work wherever an action does, without their labels.
_PLAIN_ACTIONS: dict[str, Shape] = {
    "postback": Shape(
        "postback-action",
        {"data": units(counting.DATA)},
        {
            "displayText": clusters(counting.SHOWN),
            "inputOption": word("closeRichMenu", "openRichMenu", "openKeyboard", "openVoice"),
            "fillInText": clusters(counting.SHOWN),
        },
    ),
    "message": Shape("message-action", {"text": clusters(counting.SHOWN)}),
    "uri": Shape("uri-action", {"uri": _uri}),
    "datetimepicker": Shape(
        "datetime-picker-action",
        {"data": units(counting.DATA), "mode": word("date", "time", "datetime")},
        {"initial": _stamp, "min": _stamp, "max": _stamp},
    ),
    "clipboard": Shape("clipboard-action", {"clipboardText": units(1_000)}),
}
_PHONE_ACTIONS = {
    "camera": Shape("camera-action"),
    "cameraRoll": Shape("camera-roll-action"),
    "location": Shape("location-action"),
}


def _labelled(shapes: Mapping[str, Shape], most: int, needed: bool) -> Rule:
    rule = clusters(most)
    return one_of_shapes(
        {
            kind: Shape(s.page, {**s.need, "label": rule}, s.may)
            if needed
            else Shape(s.page, s.need, {**s.may, "label": rule})
            for kind, s in shapes.items()
        }
    )


#: An action on a Flex button; an action on any other Flex part, which needs no label; an action of a quick reply.
button_action = _labelled(_PLAIN_ACTIONS, counting.FLEX_LABEL, needed=True)
area_action = _labelled(_PLAIN_ACTIONS, counting.FLEX_LABEL, needed=False)
quick_action = _labelled({**_PLAIN_ACTIONS, **_PHONE_ACTIONS}, counting.LABEL, needed=True)

_GAPS = ("none", "xs", "sm", "md", "lg", "xl", "xxl")
_SIZES = ("xxs", "xs", "sm", "md", "lg", "xl", "xxl", "3xl", "4xl", "5xl")


def _length(*words: str, percent: bool = False) -> Rule:
    known = "|".join(words)
    unit = "(px|%)" if percent else "px"
    return matching(rf"({known})|-?\d+(\.\d+)?{unit}", f"pixels as 12px, or one of {', '.join(words)}", 20)


_colour = matching("#[0-9A-Fa-f]{6}([0-9A-Fa-f]{2})?", "a colour as #1B1B1B", 9)
_gap = _length(*_GAPS)
_flex = number(0, 2**31 - 1, whole=True)
_place: dict[str, Rule] = {
    "flex": _flex,
    "margin": _gap,
    "position": word("relative", "absolute"),
    **{f"offset{side}": _length(*_GAPS, percent=True) for side in ("Top", "Bottom", "Start", "End")},
}
_gravity = {"gravity": word("top", "bottom", "center")}
_align = {"align": word("start", "end", "center")}
_lettering: dict[str, Rule] = {
    "size": _length(*_SIZES),
    "color": _colour,
    "weight": word("regular", "bold"),
    "style": word("normal", "italic"),
    "decoration": word("none", "underline", "line-through"),
}
_ratio = matching(r"\d{1,6}(\.\d+)?:\d{1,6}(\.\d+)?", "a ratio as 20:13", 20)
_span = one_of_shapes({"span": Shape("span", {"text": units(counting.TEXT, 0)}, _lettering)})

_TEXT = Shape(
    "f-text",
    {"text": units(counting.TEXT)},
    {
        **_place,
        **_gravity,
        **_align,
        **_lettering,
        "wrap": yes_or_no,
        "lineSpacing": matching(r"\d+(\.\d+)?px", "pixels as 6px", 20),
        "action": area_action,
        "maxLines": number(0, 2**31 - 1, whole=True),
        "contents": each(_span, 100),
        "adjustMode": word("shrink-to-fit"),
        "scaling": yes_or_no,
    },
)
_ICON = Shape("icon", {"url": https}, {**_place, "size": _length(*_SIZES), "aspectRatio": _ratio, "scaling": yes_or_no})
_IMAGE = Shape(
    "f-image",
    {"url": https},
    {
        **_place,
        **_gravity,
        **_align,
        "size": _length(*_SIZES, "full", percent=True),
        "aspectRatio": _ratio,
        "aspectMode": word("fit", "cover"),
        "backgroundColor": _colour,
        "action": area_action,
        "animated": yes_or_no,
    },
)
_BUTTON = Shape(
    "button",
    {"action": button_action},
    {
        **_place,
        **_gravity,
        "color": _colour,
        "style": word("primary", "secondary", "link"),
        "height": word("md", "sm"),
        "adjustMode": word("shrink-to-fit"),
        "scaling": yes_or_no,
    },
)
_BLOCKS = {
    "text": _TEXT,
    "image": _IMAGE,
    "button": _BUTTON,
    "separator": Shape("separator", {}, {"margin": _gap, "color": _colour}),
    "filler": Shape("filler", {}, {"flex": _flex}),
}


def _anything(path: str, value: Any) -> None:
    """The rule that is checked elsewhere."""


_width = matching(r"\d+(\.\d+)?(px|%)", "pixels or a share as 50%", 20)
_BOX = Shape(
    "box",
    {"layout": word("horizontal", "vertical", "baseline"), "contents": _anything},
    {
        **_place,
        "spacing": _gap,
        "backgroundColor": _colour,
        "borderColor": _colour,
        "borderWidth": _length("none", "light", "normal", "medium", "semi-bold", "bold"),
        "cornerRadius": _gap,
        **dict.fromkeys(("width", "maxWidth", "height", "maxHeight"), _width),
        **{f"padding{side}": _length(*_GAPS, percent=True) for side in ("All", "Top", "Bottom", "Start", "End")},
        "action": area_action,
        "justifyContent": word("center", "flex-start", "flex-end", "space-between", "space-around", "space-evenly"),
        "alignItems": word("center", "flex-start", "flex-end"),
    },
)


# What a box may hold depends on its layout: words and icons in a baseline, anything but icons elsewhere.
_in_baseline = one_of_shapes({"text": _TEXT, "icon": _ICON, "filler": _BLOCKS["filler"]})
_in_box = one_of_shapes(_BLOCKS)


def _box(path: str, value: Any) -> str | None:
    if not _is(value, "box"):
        return "is a box"
    _BOX.check(path, value)
    part = _in_baseline if value["layout"] == "baseline" else _box_part
    return each(part, 1_000)(f"{path}.contents", value["contents"])


def _box_part(path: str, value: Any) -> str | None:
    return (_box if _is(value, "box") else _in_box)(path, value)


def _is(value: Any, kind: str) -> bool:
    return isinstance(value, dict) and value.get("type") == kind


def _hero(path: str, value: Any) -> str | None:
    return (_in_box if _is(value, "image") else _box)(path, value)


_STYLE = Shape("block-style", {}, {"backgroundColor": _colour, "separator": yes_or_no, "separatorColor": _colour})


def _styles(path: str, value: Any) -> str | None:
    if not isinstance(value, dict):
        return "is an object of header, hero, body and footer"
    for block, style in value.items():
        if block not in ("header", "hero", "body", "footer") or not isinstance(style, dict):
            raise TooMuch(f"{path}.{block}", f"no such block ({REFERENCE}#bubble-style)")
        _STYLE.check(f"{path}.{block}", style)
    return None


_BUBBLE = Shape(
    "bubble",
    {},
    {
        "size": word("nano", "micro", "deca", "hecto", "kilo", "mega", "giga"),
        "direction": word("ltr", "rtl"),
        **dict.fromkeys(("header", "body", "footer"), _box),
        "hero": _hero,
        "styles": _styles,
        "action": area_action,
    },
)

#: Bytes of JSON in one bubble, and in a carousel. LINE says 30 KB and 50 KB.
BUBBLE_BYTES, CAROUSEL_BYTES = 30_000, 50_000


def bubble(path: str, value: Any) -> str | None:
    """The rule of a bubble. An empty one shows nothing, and is refused."""
    if not _is(value, "bubble"):
        return "is a bubble"
    _BUBBLE.check(path, value)
    if not value.keys() & {"header", "hero", "body", "footer"}:
        return "has a header, hero, body or footer"
    if size_of(value) > BUBBLE_BYTES:
        return f"is at most {BUBBLE_BYTES} bytes of JSON"
    return None


def container(path: str, value: Any) -> str | None:
    """The rule of what a Flex message holds: a bubble, or a carousel of up to twelve bubbles of one size."""
    if not _is(value, "carousel"):
        return bubble(path, value)
    _CAROUSEL.check(path, value)
    if len({part.get("size", "mega") for part in value["contents"]}) > 1:
        return "has bubbles of one size"
    if size_of(value) > CAROUSEL_BYTES:
        return f"is at most {CAROUSEL_BYTES} bytes of JSON"
    return None


_CAROUSEL = Shape("f-carousel", {"contents": each(bubble, counting.BUBBLES, 1)})
