"""The result as a picture for LINE and Facebook: square, few words, large. Drawn here, with the fonts of the pages.

Sarabun comes as one file for Thai and one for the rest, so each line is drawn in runs. Where npm was not run there
are no fonts, and no picture.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from pathlib import Path

import regex
from PIL import Image, ImageDraw, ImageFont

from web.assets import Assets
from web.poll_results import Contest, Result

#: LINE and Facebook show squares of this size without cutting them.
SIDE = 1080
EDGE = 64
INK, SOFT, GROUND, BRAND, GOLD, WON, BAR = "#16283a", "#4a5c6d", "#ffffff", "#0f4c5c", "#ffc857", "#0f7a5f", "#a9bac6"
#: Options that fit.
ROWS = 6


@dataclass(frozen=True)
class Told:
    """What the picture says besides the result."""

    town: str
    label: str
    title: str
    came: str
    method: str
    check: str


class NoFonts(RuntimeError):
    """The fonts are not installed."""


def ready(assets: Assets) -> bool:
    """Whether there are fonts to draw with."""
    return _font_file(assets, "thai", 700) is not None


def png(assets: Assets, told: Told, result: Result) -> bytes:
    """The picture. Raises NoFonts."""
    if not ready(assets):
        raise NoFonts
    image = Image.new("RGB", (SIDE, SIDE), GROUND)
    _Sheet(image, assets).draw(told, result.contests[0] if len(result.contests) == 1 else _together(result))
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


def _together(result: Result) -> Contest:
    """Of several villages the winners of each."""
    rows = [row for contest in result.contests for row in contest.rows if row.won]
    first = result.contests[0]
    return Contest("", [], rows, first.costs, first.points, "", "", "", [], [], [])


class _Sheet:
    """A picture that is filled from above."""

    def __init__(self, image: Image.Image, assets: Assets) -> None:
        self._pen, self._assets, self._y = ImageDraw.Draw(image), assets, 0

    def draw(self, told: Told, contest: Contest) -> None:
        """All of it."""
        self._pen.rectangle((0, 0, SIDE, 118), fill=BRAND)
        self._pen.rectangle((0, 118, SIDE, 126), fill=GOLD)
        self._text(told.town, EDGE, 34, 40, "#ffffff", 700)
        self._y = 158
        self._text(told.label, EDGE, self._y, 34, "#7a5200", 700)
        self._y += 58
        for line in self._wrapped(told.title, 50, 2):
            self._text(line, EDGE, self._y, 50, INK, 700)
            self._y += 68
        self._y += 18
        room = SIDE - 170 - self._y
        rows = contest.rows[:ROWS]
        for row in rows:
            self._row(row.name, f"{row.value:,}", row.width, won=row.won, height=min(112, room // max(len(rows), 1)))
        for place, line in enumerate((told.came, told.method, told.check)):
            size = 26 if place == 2 else 28
            self._text(self._cut(line, size), EDGE, SIDE - 150 + 44 * place, size, SOFT, 400)

    def _row(self, name: str, value: str, width: int, *, won: bool, height: int) -> None:
        mark = "✓ " if won else ""
        size = 36
        left = EDGE
        if mark:
            self._tick(EDGE, self._y + 12)
            left += 46
        space = SIDE - 2 * EDGE - self._width(value, size, 700) - 70
        self._text(self._cut(name, size, space), left, self._y, size, INK, 700 if won else 400)
        self._text(value, SIDE - EDGE - self._width(value, size, 700), self._y, size, INK, 700)
        top, wide = self._y + 54, (SIDE - 2 * EDGE) * width // 1000
        self._pen.rounded_rectangle((EDGE, top, SIDE - EDGE, top + 22), 8, fill="#e6edf1")
        if wide > 16:
            self._pen.rounded_rectangle((EDGE, top, EDGE + wide, top + 22), 8, fill=WON if won else BAR)
        self._y += height

    def _tick(self, x: float, y: float) -> None:
        self._pen.line([(x + 2, y + 16), (x + 12, y + 28), (x + 34, y + 2)], fill=WON, width=8, joint="curve")

    # -- letters -------------------------------------------------------------------------------------------------------

    def _text(self, words: str, x: float, y: float, size: int, ink: str, weight: int) -> None:
        for font, run in self._runs(words, size, weight):
            # anchor “ls”: Thai and Latin stand on one line though their fonts have other heights
            self._pen.text((x, y + size), run, font=font, fill=ink, anchor="ls")
            x += font.getlength(run)

    def _width(self, words: str, size: int, weight: int) -> float:
        return sum(font.getlength(run) for font, run in self._runs(words, size, weight))

    def _runs(self, words: str, size: int, weight: int) -> list[tuple[ImageFont.FreeTypeFont, str]]:
        parts = groupby(words, key=lambda char: "thai" if "\u0e00" <= char <= "\u0e7f" else "latin")
        return [(_font(_font_file(self._assets, script, weight), size), "".join(run)) for script, run in parts]

    def _wrapped(self, words: str, size: int, most: int) -> list[str]:
        """At most so many lines: broken at spaces where there are some, else between letters that belong apart."""
        lines, rest = list[str](), words.strip()
        while rest and len(lines) < most - 1 and self._width(rest, size, 700) > SIDE - 2 * EDGE:
            head = self._cut(rest, size, SIDE - 2 * EDGE, mark="", weight=700)
            at = head.rfind(" ")
            head = head[:at] if at > len(head) // 2 else head
            lines.append(head)
            rest = rest[len(head) :].strip()
        return [*lines, self._cut(rest, size, weight=700)]

    def _cut(self, words: str, size: int, space: float = SIDE - 2 * EDGE, *, mark: str = "…", weight: int = 700) -> str:
        if self._width(words, size, weight) <= space:
            return words
        clusters = regex.findall(r"\X", words)
        while clusters and self._width("".join(clusters) + mark, size, weight) > space:
            clusters.pop()
        return "".join(clusters) + mark


def _font_file(assets: Assets, script: str, weight: int) -> Path | None:
    return assets.file("@fontsource/sarabun", f"files/sarabun-{script}-{weight}-normal.woff2")


@lru_cache(maxsize=32)
def _font(file: Path | None, size: int) -> ImageFont.FreeTypeFont:
    if file is None:
        raise NoFonts
    return ImageFont.truetype(str(file), size, layout_engine=ImageFont.Layout.RAQM)
