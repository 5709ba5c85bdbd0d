"""Words on pictures: the Sarabun font from npm's package, whose Thai and Latin letters are files of their own.

Pillow opens the web fonts as they are and shapes Thai properly (Raqm). Where npm was not run there is no lettering
(`Lettering.of` is None), and pictures go without words.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from pathlib import Path

import regex
from PIL import ImageDraw, ImageFont

from web.assets import Assets

_PACKAGE, _FILE = "@fontsource/sarabun", "files/sarabun-{script}-{weight}-normal.woff2"
_CLUSTER = regex.compile(r"\X")


@dataclass(frozen=True)
class Lettering:
    """The two files of one weight."""

    thai: Path
    latin: Path

    @classmethod
    def of(cls, assets: Assets, weight: int = 400) -> Lettering | None:
        """The letters of this weight (400, 600, 700), if they are installed."""
        thai, latin = (assets.file(_PACKAGE, _FILE.format(script=s, weight=weight)) for s in ("thai", "latin"))
        return cls(thai, latin) if thai and latin else None

    def runs(self, text: str, size: int) -> list[tuple[str, ImageFont.FreeTypeFont]]:
        """The text in pieces of one script, each with its font."""
        pieces = groupby(text, key=_is_thai)
        return [("".join(signs), _font(self.thai if thai else self.latin, size)) for thai, signs in pieces]

    def width(self, text: str, size: int) -> float:
        """How wide it is, in pixels."""
        return sum(font.getlength(piece) for piece, font in self.runs(text, size))

    def write(self, draw: ImageDraw.ImageDraw, at: tuple[float, float], text: str, size: int, ink: str) -> None:
        """Write one line; `at` is the left end of its base line."""
        x, y = at
        for piece, font in self.runs(text, size):
            draw.text((x, y), piece, font=font, fill=ink, anchor="ls")
            x += font.getlength(piece)

    def lines(self, text: str, size: int, wide: float, most: int) -> list[str]:
        """The text in at most so many lines of this width; what does not fit ends with “…”. Thai has no spaces between
        words, so a line breaks at a space where there is one, else between letters."""
        lines: list[str] = []
        rest = " ".join(text.split())
        while rest and len(lines) < most:
            line = self._fitting(rest, size, wide)
            rest = rest[len(line) :].lstrip()
            lines.append(line.rstrip())
        if rest:
            lines[-1] = self._fitting(lines[-1], size, wide - self.width("…", size)).rstrip() + "…"
        return lines

    def _fitting(self, text: str, size: int, wide: float) -> str:
        if self.width(text, size) <= wide:
            return text
        line = ""
        for cluster in _CLUSTER.findall(text):
            if self.width(line + cluster, size) > wide:
                break
            line += cluster
        space = line.rfind(" ")
        return line[: space + 1] if space > len(line) // 2 else line


def _is_thai(sign: str) -> bool:
    return "\u0e00" <= sign <= "\u0e7f"


@lru_cache(maxsize=32)
def _font(path: Path, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, size)
