"""What LINE accepts as template messages and imagemaps (reference: template messages, imagemap message)."""

from simulator import actionrules
from simulator.records import Json
from simulator.rules import Path, Report, Rule, Shape, by_type, many, matching, media_url, number, one_of, text

_TYPE = text(40)
_TITLE = text(40, clusters=True)
_COLOUR = matching(r"#[0-9A-Fa-f]{6}", "must be a color in the form #RRGGBB")
_LOOKS: dict[str, Rule] = {
    "imageAspectRatio": one_of("rectangle", "square"),
    "imageSize": one_of("cover", "contain"),
}


def _short_when_adorned(most: int) -> Rule:
    """The text is shorter where there is an image or a title."""
    rule = text(most, clusters=True)

    def check(part: object, path: Path, report: Report) -> None:
        if isinstance(part, dict) and ("title" in part or "thumbnailImageUrl" in part):
            rule(part["text"], (*path, "text"), report)

    return check


_BUTTONS = Shape(
    {
        "type": _TYPE,
        **_LOOKS,
        "thumbnailImageUrl": media_url,
        "imageBackgroundColor": _COLOUR,
        "title": _TITLE,
        "text": text(160, clusters=True),
        "defaultAction": actionrules.TAPPED,
        "actions": many(actionrules.TEMPLATE, 1, 4),
    },
    ("text", "actions"),
    (_short_when_adorned(60),),
)
_CONFIRM = Shape(
    {"type": _TYPE, "text": text(240, clusters=True), "actions": many(actionrules.TEMPLATE, 2, 2)}, ("text", "actions")
)
_COLUMN = Shape(
    {
        "thumbnailImageUrl": media_url,
        "imageBackgroundColor": _COLOUR,
        "title": _TITLE,
        "text": text(120, clusters=True),
        "defaultAction": actionrules.TAPPED,
        "actions": many(actionrules.TEMPLATE, 1, 3),
    },
    ("text", "actions"),
    (_short_when_adorned(60),),
)


def _alike(template: Json, path: Path, report: Report) -> None:
    columns = template["columns"]
    if len({len(column["actions"]) for column in columns}) > 1:
        report.note((*path, "columns"), "columns must have the same number of actions")
    for name in ("thumbnailImageUrl", "title"):
        if len({name in column for column in columns}) > 1:
            report.note((*path, "columns"), f"either all columns have {name} or none")


_CAROUSEL = Shape({"type": _TYPE, **_LOOKS, "columns": many(_COLUMN, 1, 10)}, ("columns",), (_alike,))
_PICTURE = Shape({"imageUrl": media_url, "action": actionrules.COLUMN}, ("imageUrl", "action"))
_PICTURES = Shape({"type": _TYPE, "columns": many(_PICTURE, 1, 10)}, ("columns",))

TEMPLATE = by_type({"buttons": _BUTTONS, "confirm": _CONFIRM, "carousel": _CAROUSEL, "image_carousel": _PICTURES})
"""A template message's ``template``."""

_PIXEL = number(0, 2**31 - 1)
_AREA = Shape(dict.fromkeys(("x", "y", "width", "height"), _PIXEL), ("x", "y", "width", "height"))
_LABEL = text(100, least=0)
_MAP_ACTION = by_type(
    {
        "message": Shape({"type": _TYPE, "label": _LABEL, "text": text(400), "area": _AREA}, ("text", "area")),
        "uri": Shape({"type": _TYPE, "label": _LABEL, "linkUri": actionrules.URI, "area": _AREA}, ("linkUri", "area")),
        "clipboard": Shape(
            {"type": _TYPE, "label": _LABEL, "clipboardText": text(1000), "area": _AREA}, ("clipboardText", "area")
        ),
    }
)
IMAGEMAP: dict[str, Rule] = {
    "baseUrl": media_url,
    "altText": text(1500),
    "baseSize": Shape({"width": number(1040, 1040), "height": number(1, 100_000)}, ("width", "height")),
    "actions": many(_MAP_ACTION, 1, 50),
    "video": Shape(
        {
            "originalContentUrl": media_url,
            "previewImageUrl": media_url,
            "area": _AREA,
            "externalLink": Shape({"linkUri": actionrules.URI, "label": text(30)}, ("linkUri", "label")),
        },
        ("originalContentUrl", "previewImageUrl", "area"),
    ),
}
"""The properties of an imagemap message."""
