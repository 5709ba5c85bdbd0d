"""Draws the rich menu: `python tools/draw_richmenu.py` writes messages/assets/richmenu.png. Our own art, down to each
icon.

Six tiles on a light ground, each with a solid icon, big words and a short caption, for eyes that are no longer young:
the words stand about 5 mm high on a phone, and every ink has a contrast of at least 4.5 to 1 on its ground (WCAG 2.2,
1.4.3). The words are set in Sarabun, whose web fonts come with `npm ci`; Pillow's Raqm layout puts vowels and tone
marks in place.
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from fontTools.merge import Merger
from fontTools.ttLib import TTFont
from PIL import Image, ImageDraw, ImageFont, features

ROOT = Path(__file__).resolve().parent.parent
FONTS = ROOT / "node_modules/@fontsource/sarabun/files"
TARGET = ROOT / "messages/assets/richmenu.png"

#: The size of a large menu (https://developers.line.biz/en/reference/messaging-api/#upload-rich-menu-image).
WIDTH, HEIGHT = 2500, 1686
COLUMNS, ROWS = 3, 2
#: Everything is drawn at twice the size and reduced, which smooths the edges.
SCALE = 2

GROUND, CARD, INK, SOFT, EDGE = "#EAF1F4", "#FFFFFF", "#14202B", "#3D4C59", "#C9D6DD"

Point = tuple[float, float]


class Pen:
    """Draws an icon in a square of 100 by 100 units, from its upper left, in white; `back` shows where it is cut."""

    def __init__(self, draw: ImageDraw.ImageDraw, left: float, top: float, size: float, back: str) -> None:
        self._draw, self._left, self._top, self._unit, self.back = draw, left, top, size / 100, back
        self.ink = "#FFFFFF"

    def _at(self, point: Point) -> Point:
        return self._left + point[0] * self._unit, self._top + point[1] * self._unit

    def _box(self, box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
        return (*self._at(box[:2]), *self._at(box[2:]))

    def shape(self, *points: Point, cut: bool = False) -> None:
        """A filled polygon."""
        self._draw.polygon([self._at(point) for point in points], fill=self.back if cut else self.ink)

    def disc(self, x: float, y: float, radius: float, *, cut: bool = False) -> None:
        """A filled circle."""
        box = self._box((x - radius, y - radius, x + radius, y + radius))
        self._draw.ellipse(box, fill=self.back if cut else self.ink)

    def block(
        self, left: float, top: float, right: float, bottom: float, *, round_by: float = 3, cut: bool = False
    ) -> None:
        """A filled rectangle with round corners."""
        fill = self.back if cut else self.ink
        self._draw.rounded_rectangle(self._box((left, top, right, bottom)), round_by * self._unit, fill=fill)

    def stroke(self, *points: Point, width: float, cut: bool = False) -> None:
        """A line through the points, with round ends and corners."""
        for (x1, y1), (x2, y2) in pairwise(points):
            half = width / 2 / (math.hypot(x2 - x1, y2 - y1) or 1)
            dx, dy = (y1 - y2) * half, (x2 - x1) * half
            self.shape((x1 + dx, y1 + dy), (x2 + dx, y2 + dy), (x2 - dx, y2 - dy), (x1 - dx, y1 - dy), cut=cut)
        for point in points:
            self.disc(*point, width / 2, cut=cut)

    def bow(self, x: float, y: float, radius: float, start: float, end: float, *, width: float) -> None:
        """Part of a circle from `start` to `end` (degrees, clockwise from the right), with round ends."""
        steps = [math.radians(start + (end - start) * n / 40) for n in range(41)]
        self.stroke(*((x + radius * math.cos(a), y + radius * math.sin(a)) for a in steps), width=width)


def megaphone(pen: Pen) -> None:
    """แจ้งปัญหา: to raise one's voice, as the house is called."""
    pen.shape((38, 38), (68, 18), (68, 76), (38, 58))
    pen.block(13, 37, 42, 59, round_by=8)
    pen.shape((23, 57), (37, 57), (43, 84), (29, 84))
    pen.disc(36, 83, 7)
    pen.stroke((68, 20), (68, 74), width=7)
    pen.bow(66, 47, 17, -42, 42, width=6.5)
    pen.bow(66, 47, 29, -40, 40, width=6.5)


def magnifier(pen: Pen) -> None:
    """ติดตามเรื่อง: a paper with lines, looked at closely."""
    pen.block(16, 10, 66, 84, round_by=6)
    for top, right in ((24, 54), (38, 54), (52, 38), (66, 34)):
        pen.stroke((28, top), (right, top), width=5.5, cut=True)
    pen.disc(61, 60, 26, cut=True)
    pen.disc(61, 60, 21)
    pen.disc(61, 60, 13, cut=True)
    pen.stroke((77, 76), (90, 89), width=10)


def bulb(pen: Pen) -> None:
    """เสนอโครงการ: an idea."""
    pen.disc(50, 43, 24)
    pen.shape((34, 58), (66, 58), (60, 72), (40, 72))
    pen.block(39, 75, 61, 81, round_by=3)
    pen.block(42, 84, 58, 90, round_by=3)
    pen.stroke((43, 44), (50, 51), (57, 44), width=4, cut=True)
    pen.stroke((50, 51), (50, 70), width=4, cut=True)
    for degrees in (-180, -140, -90, -40, 0):
        angle = math.radians(degrees)
        ray = [(50 + r * math.cos(angle), 43 + r * math.sin(angle)) for r in (33, 41)]
        pen.stroke(*ray, width=6)


def ballot(pen: Pen) -> None:
    """ร่วมลงคะแนน: a paper with a cross (กากบาท, as on Thai ballots) going into a box."""
    pen.block(30, 8, 70, 60, round_by=4)
    pen.stroke((41, 20), (59, 38), width=6.5, cut=True)
    pen.stroke((59, 20), (41, 38), width=6.5, cut=True)
    pen.block(8, 47, 92, 62, round_by=4, cut=True)
    pen.block(12, 50, 88, 90, round_by=6)
    pen.block(26, 54, 74, 61, round_by=3, cut=True)
    pen.block(30, 44, 70, 58, round_by=0)


def paper(pen: Pen) -> None:
    """ข่าวและผลงาน: a newspaper, with a chart for what has been done."""
    pen.block(12, 16, 88, 86, round_by=7)
    pen.block(21, 25, 79, 35, round_by=3, cut=True)
    for left, top in ((22, 62), (33, 52), (44, 43)):
        pen.block(left, top, left + 8, 77, round_by=2, cut=True)
    for top, right in ((46, 78), (58, 78), (70, 70)):
        pen.stroke((61, top), (right, top), width=5.5, cut=True)


def handset(pen: Pen) -> None:
    """ช่วยเหลือ: a telephone that somebody will answer."""
    x, y, radius = 80, 20, 60  # the handset lies on this circle, its ends point to the middle of it
    pen.bow(x, y, radius, 104, 166, width=17)
    for degrees in (100, 170):
        angle = math.radians(degrees)
        corners = [
            (x + r * math.cos(angle) - t * math.sin(angle), y + r * math.sin(angle) + t * math.cos(angle))
            for r, t in ((41, -7), (64, -7), (64, 7), (41, 7))
        ]
        pen.shape(*corners)
        pen.stroke(*corners, corners[0], width=9)
    pen.bow(50, 50, 16, -82, -8, width=6.5)
    pen.bow(50, 50, 30, -82, -8, width=6.5)


@dataclass(frozen=True)
class Tile:
    """One field of the menu: big words, caption, the colour of its icon, and the icon."""

    words: str
    caption: str
    colour: str
    icon: Callable[[Pen], None]


TILES = (
    Tile("แจ้งปัญหา", "ไฟ ถนน น้ำ ขยะ", "#C2330B", megaphone),
    Tile("ติดตามเรื่อง", "เรื่องถึงไหนแล้ว", "#0B5CAD", magnifier),
    Tile("เสนอโครงการ", "อยากให้ทำอะไร", "#8A5A00", bulb),
    Tile("ร่วมลงคะแนน", "โหวต/ตอบแบบสำรวจ", "#6A32B0", ballot),
    Tile("ข่าวและผลงาน", "โครงการถึงไหน", "#0A6E5C", paper),
    Tile("ช่วยเหลือ", "โทรหาเจ้าหน้าที่", "#2B4257", handset),
)


def font(weight: int, size: int, folder: Path) -> ImageFont.FreeTypeFont:
    """Sarabun of this weight: its Thai and Latin web fonts as one TrueType file, which Pillow can read."""
    path = folder / f"sarabun-{weight}.ttf"
    if not path.exists():
        parts = []
        for script in ("thai", "latin"):
            part = folder / f"{script}-{weight}.ttf"
            opened = TTFont(FONTS / f"sarabun-{script}-{weight}-normal.woff2")
            opened.flavor = None
            opened.save(part)
            parts.append(str(part))
        Merger().merge(parts).save(path)
    return ImageFont.truetype(str(path), size, layout_engine=ImageFont.Layout.RAQM)


def draw_tile(draw: ImageDraw.ImageDraw, tile: Tile, box: Sequence[int], fonts: tuple[Any, Any]) -> None:
    """One card: icon above, words and caption below, all centred."""
    left, top, right, bottom = box
    middle, gap = (left + right) // 2, 22 * SCALE
    card = (left + gap, top + gap, right - gap, bottom - gap)
    draw.rounded_rectangle(card, 56 * SCALE, fill=CARD, outline=EDGE, width=4 * SCALE)
    radius, centre = 192 * SCALE, top + 262 * SCALE
    draw.ellipse((middle - radius, centre - radius, middle + radius, centre + radius), fill=tile.colour)
    size = 282 * SCALE
    tile.icon(Pen(draw, middle - size / 2, centre - size / 2, size, tile.colour))
    words, caption = fonts
    draw.text((middle, top + 620 * SCALE), tile.words, font=words, fill=INK, anchor="ms", language="th")
    draw.text((middle, top + 748 * SCALE), tile.caption, font=caption, fill=SOFT, anchor="ms", language="th")


def draw_menu() -> Image.Image:
    """The whole picture."""
    image = Image.new("RGB", (WIDTH * SCALE, HEIGHT * SCALE), GROUND)
    draw = ImageDraw.Draw(image)
    with tempfile.TemporaryDirectory() as folder:
        fonts = font(800, 114 * SCALE, Path(folder)), font(600, 73 * SCALE, Path(folder))
        for number, tile in enumerate(TILES):
            row, column = divmod(number, COLUMNS)
            box = (
                WIDTH * column // COLUMNS * SCALE,
                HEIGHT * row // ROWS * SCALE,
                WIDTH * (column + 1) // COLUMNS * SCALE,
                HEIGHT * (row + 1) // ROWS * SCALE,
            )
            draw_tile(draw, tile, box, fonts)
    return image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)


def main() -> None:
    """Draw and save. LINE takes at most 1 MB."""
    if not features.check("raqm"):
        raise SystemExit("Pillow without Raqm would put Thai marks in the wrong places")
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    draw_menu().save(TARGET, optimize=True)
    print(f"{TARGET.relative_to(ROOT)}: {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main()
