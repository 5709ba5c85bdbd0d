"""Flex blocks made for old eyes: large letters that follow the phone's own setting, wrapped, in strong contrast.

Every colour here is at least 4.5:1 against the ground it stands on (WCAG 2.2, 1.4.3), and none carries a meaning alone:
a status is always a word. What has a limit is shortened to it; `limits.check` judges the whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from messages.counting import FLEX_LABEL, cut, fit_label

Json = dict[str, Any]
Style = Literal["primary", "secondary", "link"]

#: Letters, and quieter ones for names of rows.
INK, QUIET = "#1B1B1B", "#55595E"
#: The ground of cards, that of secondary buttons, and thin rules.
PAPER, STONE, RULE = "#FFFFFF", "#E3E6EA", "#C9CED6"
#: Grounds for white letters: the town's own, received, being worked on, waiting, done, refused or withdrawn, danger.
TEAL, BLUE, AMBER, PURPLE, GREEN, GREY, RED = (
    *("#00606B", "#0B57A4", "#8A5A00", "#6A3FA0", "#1B6E35", "#55595E", "#B3261E"),
)

#: Units of one row of a card: about a phone's screen.
ROW = 400
#: Units of a title, a header, a note.
TITLE = 120
#: Shown where a row has no value.
NOTHING = "–"

Line = str | tuple[str, str]
Row = tuple[str, str, Json | None]


def paragraph(body: str, most: int = ROW, **looks: Any) -> Json:
    """A text that wraps and grows with the phone's letter size. A blank one is shown as a dash: LINE refuses blanks."""
    shown = cut(body.strip() or NOTHING, most)
    return {"type": "text", "text": shown, "wrap": True, "scaling": True, "size": "lg", "color": INK, **looks}


def button(action: Json, style: Style = "primary", colour: str | None = None) -> Json:
    """A button as high as a finger. `colour` is the ground of a filled one and the letters of a link.

    Letters are white on primary and black on secondary; keep to the colours of this module.
    """
    ground = colour or {"primary": TEAL, "secondary": STONE, "link": BLUE}[style]
    return {
        "type": "button",
        "action": {**action, "label": fit_label(action["label"], FLEX_LABEL)},
        "style": style,
        "color": ground,
        "height": "md",
        "adjustMode": "shrink-to-fit",
        "scaling": True,
    }


def card(
    title: str,
    lines: Sequence[Line],
    buttons: Sequence[Json] = (),
    *,
    colour: str = TEAL,
    status: str | None = None,
    header: str | None = None,
    hero: str | Json | None = None,
    footer_note: str | None = None,
) -> Json:
    """A bubble: coloured header, picture, title, status, lines, buttons, note.

    `lines` are paragraphs or (name, value) rows; blank paragraphs are left out. `buttons` are actions (the first
    becomes primary in `colour`, the others secondary) or buttons made by `button`. `status` is a word on `colour`.
    `hero` is the https address of a picture, or a Flex image or box.
    """
    body = [paragraph(title, TITLE, size="xl", weight="bold")]
    if status:
        body.append(_badge(status, colour))
    body += [_line(line) for line in lines if not isinstance(line, str) or line.strip()]
    return _bubble(body, buttons, colour=colour, header=header, hero=hero, footer_note=footer_note)


def summary(
    title: str,
    rows: Sequence[Row],
    buttons: Sequence[Json] = (),
    *,
    colour: str = TEAL,
    header: str | None = None,
    footer_note: str | None = None,
) -> Json:
    """A form's summary: (name, value, action) rows, each of which can be tapped as a whole to change it.

    The action's label (แก้ไข) stands underlined at the row's end; a row whose action is None can only be read.
    """
    body = [paragraph(title, TITLE, size="xl", weight="bold")]
    for name, value, action in rows:
        body += [{"type": "separator", "color": RULE}, _editable(name, value, action)]
    return _bubble(body, buttons, colour=colour, header=header, footer_note=footer_note)


def _bubble(
    body: list[Json],
    buttons: Sequence[Json],
    *,
    colour: str,
    header: str | None = None,
    hero: str | Json | None = None,
    footer_note: str | None = None,
) -> Json:
    bubble: Json = {"type": "bubble", "size": "mega"}
    if header:
        line = paragraph(header, TITLE, color=PAPER, weight="bold")
        bubble["header"] = {**_column([line]), "backgroundColor": colour, "paddingAll": "lg"}
    if hero:
        bubble["hero"] = _picture(hero) if isinstance(hero, str) else hero
    bubble["body"] = {**_column(body), "spacing": "md"}
    foot = [_as_button(item, colour, first=not at) for at, item in enumerate(buttons)]
    if footer_note:
        foot.append(paragraph(footer_note, size="md", color=QUIET))
    if foot:
        bubble["footer"] = {**_column(foot), "spacing": "md"}
    return bubble


def _column(contents: list[Json]) -> Json:
    return {"type": "box", "layout": "vertical", "contents": contents}


def _picture(url: str) -> Json:
    return {"type": "image", "url": url, "size": "full", "aspectRatio": "20:13", "aspectMode": "cover"}


def _badge(status: str, colour: str) -> Json:
    word = paragraph(status, TITLE, color=PAPER, weight="bold", align="center")
    return {**_column([word]), "backgroundColor": colour, "cornerRadius": "md", "paddingAll": "sm"}


def _line(line: Line) -> Json:
    if isinstance(line, str):
        return paragraph(line)
    name, value = line
    return {
        "type": "box",
        "layout": "baseline",
        "spacing": "md",
        "contents": [paragraph(name, TITLE, size="md", color=QUIET, flex=3), paragraph(value, flex=7)],
    }


def _editable(name: str, value: str, action: Json | None) -> Json:
    """A name over its value, so that both keep their width when the letters are set large."""
    told = {**_column([paragraph(name, TITLE, size="md", color=QUIET), paragraph(value)]), "flex": 1}
    row: Json = {"type": "box", "layout": "horizontal", "spacing": "md", "alignItems": "center", "contents": [told]}
    if action is None:
        return row
    label = fit_label(action["label"], FLEX_LABEL)
    hint = paragraph(label, size="md", color=BLUE, decoration="underline", flex=0, wrap=False)
    return {**row, "contents": [told, hint], "action": {**action, "label": label}}


def _as_button(item: Json, colour: str, *, first: bool) -> Json:
    if item["type"] == "button":
        return item
    return button(item, "primary", colour) if first else button(item, "secondary")
