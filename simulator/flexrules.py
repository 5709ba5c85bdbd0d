"""What LINE accepts as a Flex container (reference: Flex Message): components, where they may stand, values, sizes."""

import json

from simulator import actionrules
from simulator.records import Json
from simulator.rules import (
    Extra,
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
    one_of,
    text,
)

BUBBLE_BYTES = 30 * 1024
CAROUSEL_BYTES = 50 * 1024

_STEPS = "none|xs|sm|md|lg|xl|xxl"
_PX = r"\d+(\.\d+)?px"
_PERCENT = r"\d+(\.\d+)?%"
_FONT = "xxs|xs|sm|md|lg|xl|xxl|3xl|4xl|5xl"

_COLOUR = matching(r"#[0-9A-Fa-f]{6}([0-9A-Fa-f]{2})?", "must be a color in the form #RRGGBB or #RRGGBBAA")
_SPACE = matching(f"{_STEPS}|{_PX}", "invalid spacing")
_PADDING = matching(f"{_STEPS}|{_PX}|{_PERCENT}", "invalid padding")
_OFFSET = matching(f"{_STEPS}|-?{_PX}|-?{_PERCENT}", "invalid offset")
_LENGTH = matching(f"{_PX}|{_PERCENT}", "invalid length")
_BORDER = matching(f"none|light|normal|medium|semi-bold|bold|{_PX}", "invalid border width")
_FONT_SIZE = matching(f"{_FONT}|{_PX}", "invalid font size")
_IMAGE_SIZE = matching(f"{_FONT}|full|{_PX}|{_PERCENT}", "invalid image size")
_FLEX = number(0, 2**31 - 1)
_ANGLE = matching(r"\d+(\.\d+)?deg", "invalid angle")
_ALIGN = one_of("start", "end", "center")
_GRAVITY = one_of("top", "bottom", "center")
_TYPE = text(40)

_PLACED: dict[str, Rule] = {
    "margin": _SPACE,
    "position": one_of("relative", "absolute"),
    **dict.fromkeys(("offsetTop", "offsetBottom", "offsetStart", "offsetEnd"), _OFFSET),
}


def _ratio(value: object, path: Path, report: Report) -> None:
    """``width:height``, each 1 to 100,000, and at most three times as high as wide."""
    parts = value.split(":") if isinstance(value, str) else []
    if len(parts) != 2 or not all(part.isascii() and part.replace(".", "", 1).isdigit() for part in parts):
        report.note(path, "invalid aspect ratio")
        return
    width, height = map(float, parts)
    if not (1 <= width <= 100_000 and 1 <= height <= 100_000 and height <= 3 * width):
        report.note(path, "invalid aspect ratio")


def _text_or_spans(component: Json, path: Path, report: Report) -> None:
    if not component.get("text") and not component.get("contents"):
        report.note((*path, "text"), "must be non-empty text")


def _styled(**more: Rule) -> dict[str, Rule]:
    return {
        "type": _TYPE,
        "size": _FONT_SIZE,
        "color": _COLOUR,
        "weight": one_of("regular", "bold"),
        "style": one_of("normal", "italic"),
        "decoration": one_of("none", "underline", "line-through"),
        **more,
    }


_SPAN = by_type({"span": Shape(_styled(text=text(10_000, least=0)))})
_TEXT = Shape(
    _styled(
        **_PLACED,
        text=text(10_000, least=0),
        contents=many(_SPAN, 0, 1000),
        flex=_FLEX,
        align=_ALIGN,
        gravity=_GRAVITY,
        wrap=boolean,
        lineSpacing=matching(_PX, "invalid line spacing"),
        maxLines=_FLEX,
        adjustMode=one_of("shrink-to-fit"),
        scaling=boolean,
        action=actionrules.FLEX,
    ),
    extras=(_text_or_spans,),
)
_BUTTON = Shape(
    {
        "type": _TYPE,
        **_PLACED,
        "action": actionrules.FLEX_BUTTON,
        "flex": _FLEX,
        "height": one_of("sm", "md"),
        "style": one_of("primary", "secondary", "link"),
        "color": _COLOUR,
        "gravity": _GRAVITY,
        "adjustMode": one_of("shrink-to-fit"),
        "scaling": boolean,
    },
    ("action",),
)
_IMAGE = Shape(
    {
        "type": _TYPE,
        **_PLACED,
        "url": media_url,
        "flex": _FLEX,
        "align": _ALIGN,
        "gravity": _GRAVITY,
        "size": _IMAGE_SIZE,
        "aspectRatio": _ratio,
        "aspectMode": one_of("cover", "fit"),
        "backgroundColor": _COLOUR,
        "action": actionrules.FLEX,
        "animated": boolean,
    },
    ("url",),
)
_ICON = Shape(
    {"type": _TYPE, **_PLACED, "url": media_url, "size": _FONT_SIZE, "aspectRatio": _ratio, "scaling": boolean},
    ("url",),
)
_SEPARATOR = Shape({"type": _TYPE, "margin": _SPACE, "color": _COLOUR})
_FILLER = Shape({"type": _TYPE, "flex": _FLEX})
_GRADIENT = Shape(
    {
        "type": _TYPE,
        "angle": _ANGLE,
        "startColor": _COLOUR,
        "endColor": _COLOUR,
        "centerColor": _COLOUR,
        "centerPosition": matching(_PERCENT, "invalid position"),
    },
    ("angle", "startColor", "endColor"),
)


def _any_box(value: object, path: Path, report: Report) -> None:
    """A box; which components it may hold depends on its layout."""
    _BOX(value, path, report)


def _fits_layout(box: Json, path: Path, report: Report) -> None:
    inner = _IN_BASELINE if box["layout"] == "baseline" else _IN_BOX
    for index, component in enumerate(box["contents"]):
        inner(component, (*path, "contents", index), report)


def _is_list(value: object, path: Path, report: Report) -> None:
    if not isinstance(value, list):
        report.note(path, "must be an array")


_SIDES = ("paddingAll", "paddingTop", "paddingBottom", "paddingStart", "paddingEnd")
_BOX = Shape(
    {
        "type": one_of("box"),
        **_PLACED,
        **dict.fromkeys(_SIDES, _PADDING),
        **dict.fromkeys(("width", "maxWidth", "height", "maxHeight"), _LENGTH),
        "layout": one_of("horizontal", "vertical", "baseline"),
        "contents": _is_list,
        "flex": _FLEX,
        "spacing": _SPACE,
        "backgroundColor": _COLOUR,
        "borderColor": _COLOUR,
        "borderWidth": _BORDER,
        "cornerRadius": _SPACE,
        "action": actionrules.FLEX,
        "justifyContent": one_of("center", "flex-start", "flex-end", "space-between", "space-around", "space-evenly"),
        "alignItems": one_of("center", "flex-start", "flex-end"),
        "background": by_type({"linearGradient": _GRADIENT}),
    },
    ("type", "layout", "contents"),
    (_fits_layout,),
)
_IN_BASELINE = by_type({"text": _TEXT, "icon": _ICON, "filler": _FILLER})
_IN_BOX = by_type(
    {"box": _any_box, "button": _BUTTON, "image": _IMAGE, "text": _TEXT, "separator": _SEPARATOR, "filler": _FILLER}
)


def _only_large(bubble: Json, path: Path, report: Report) -> None:
    video = bubble.get("hero", {}).get("type") == "video"
    if video and bubble.get("size", "mega") not in ("kilo", "mega", "giga"):
        report.note((*path, "size"), "a bubble with a video must be kilo, mega or giga")


_VIDEO = Shape(
    {
        "type": _TYPE,
        "url": media_url,
        "previewUrl": media_url,
        "altContent": by_type({"box": _any_box, "image": _IMAGE}),
        "aspectRatio": _ratio,
        "action": actionrules.FLEX,
    },
    ("url", "previewUrl", "altContent"),
)
_BLOCK_STYLE = Shape({"backgroundColor": _COLOUR, "separator": boolean, "separatorColor": _COLOUR})
_BLOCKS = ("header", "hero", "body", "footer")


def _some_block(bubble: Json, path: Path, report: Report) -> None:
    if not any(block in bubble for block in _BLOCKS):
        report.note(path, "At least one block must be specified")


def _fits(most: int) -> Extra:
    def check(container: Json, path: Path, report: Report) -> None:
        if json_bytes(container) > most:
            report.note(path, f"must not be larger than {most // 1024} KB")

    return check


def json_bytes(value: object) -> int:
    """Bytes of the compact UTF-8 JSON."""
    return len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass"))


_BUBBLE = Shape(
    {
        "type": _TYPE,
        "size": one_of("nano", "micro", "deca", "hecto", "kilo", "mega", "giga"),
        "direction": one_of("ltr", "rtl"),
        "header": _any_box,
        "hero": by_type({"box": _any_box, "image": _IMAGE, "video": _VIDEO}),
        "body": _any_box,
        "footer": _any_box,
        "styles": Shape(dict.fromkeys(_BLOCKS, _BLOCK_STYLE)),
        "action": actionrules.FLEX,
    },
    extras=(_some_block, _only_large, _fits(BUBBLE_BYTES)),
)


def _alike(carousel: Json, path: Path, report: Report) -> None:
    bubbles = carousel["contents"]
    if len({bubble.get("size", "mega") for bubble in bubbles}) > 1:
        report.note((*path, "contents"), "bubbles in a carousel must have the same size")
    for index, bubble in enumerate(bubbles):
        if bubble.get("hero", {}).get("type") == "video":
            report.note((*path, "contents", index, "hero"), "video cannot be used in a carousel")


_CAROUSEL = Shape(
    {"type": _TYPE, "contents": many(by_type({"bubble": _BUBBLE}), 1, 12)},
    ("contents",),
    (_alike, _fits(CAROUSEL_BYTES)),
)
CONTAINER = by_type({"bubble": _BUBBLE, "carousel": _CAROUSEL})
"""A Flex message's ``contents``."""
