"""Photos and a voice made by ourselves, so that trying the simulator needs no file and no microphone."""

import io
import math
from collections.abc import Callable
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFilter, UnidentifiedImageError

from simulator.tone import m4a

_Draw = ImageDraw.ImageDraw
_SIZE = (960, 720)
_NIGHT, _DUSK, _DAY = ((10, 14, 34), (30, 34, 62)), ((60, 60, 100), (240, 150, 90)), ((120, 180, 235), (225, 240, 250))


def _sky(colours: tuple[tuple[int, int, int], tuple[int, int, int]]) -> Image.Image:
    top, bottom = colours
    column = Image.new("RGB", (1, 2))
    column.putdata([top, bottom])
    return column.resize(_SIZE, Image.Resampling.BICUBIC)


def _road(draw: _Draw, colour: tuple[int, int, int]) -> None:
    draw.polygon([(0, 720), (960, 720), (600, 430), (380, 430)], fill=colour)
    for step in range(6):
        y = 440 + step * step * 9
        draw.polygon(
            [(484, y), (492, y), (496 + step, y + 12 + step * 5), (480 - step, y + 12 + step * 5)], fill=(230, 225, 200)
        )


def _pole(draw: _Draw, *, lit: bool) -> None:
    draw.rectangle((214, 150, 228, 620), fill=(95, 98, 104))
    draw.line((221, 156, 372, 132), fill=(95, 98, 104), width=9)
    draw.ellipse((352, 122, 420, 152), fill=(255, 244, 190) if lit else (62, 64, 72))


def _lamp_out(draw: _Draw) -> None:
    _road(draw, (38, 40, 48))
    _pole(draw, lit=False)
    draw.polygon([(640, 430), (780, 330), (920, 430)], fill=(70, 40, 36))
    draw.rectangle((670, 430, 890, 560), fill=(52, 46, 48))


def _lamp_lit(draw: _Draw) -> None:
    _road(draw, (92, 88, 78))
    draw.polygon([(386, 150), (150, 660), (640, 660)], fill=(150, 140, 96))
    _pole(draw, lit=True)


def _pothole(draw: _Draw) -> None:
    draw.rectangle((0, 400, 960, 720), fill=(120, 150, 90))
    _road(draw, (104, 104, 108))
    draw.ellipse((380, 560, 620, 660), fill=(52, 46, 42))
    draw.ellipse((400, 580, 600, 652), fill=(96, 110, 122))


def _rubbish(draw: _Draw) -> None:
    draw.rectangle((0, 430, 960, 720), fill=(150, 140, 120))
    draw.rectangle((330, 350, 520, 620), fill=(36, 120, 70))
    draw.rectangle((318, 330, 532, 362), fill=(28, 96, 58))
    for x, y, shade in ((210, 560, 40), (250, 610, 60), (560, 570, 36), (640, 600, 70), (590, 640, 48)):
        draw.ellipse((x, y, x + 130, y + 95), fill=(shade, shade, shade + 8))


def _flood(draw: _Draw) -> None:
    draw.polygon([(80, 420), (230, 300), (380, 420)], fill=(150, 70, 52))
    draw.rectangle((104, 420, 356, 560), fill=(214, 200, 172))
    draw.rectangle((0, 500, 960, 720), fill=(142, 122, 92))
    for y in range(520, 720, 40):
        draw.arc((y - 200, y, y + 200, y + 30), 10, 170, fill=(182, 164, 132), width=5)
    draw.rectangle((640, 330, 654, 560), fill=(95, 98, 104))


def _fallen_tree(draw: _Draw) -> None:
    draw.rectangle((0, 400, 960, 720), fill=(120, 150, 90))
    _road(draw, (104, 104, 108))
    draw.line((150, 600, 720, 520), fill=(92, 62, 40), width=38)
    for x, y in ((640, 440), (720, 400), (780, 470), (700, 520), (800, 540)):
        draw.ellipse((x, y, x + 140, y + 110), fill=(48, 104, 52))


_SCENES: dict[str, tuple[str, tuple[tuple[int, int, int], tuple[int, int, int]], Callable[[_Draw], None]]] = {
    "lamp-out": ("ไฟถนนดับ", _NIGHT, _lamp_out),
    "lamp-lit": ("ไฟถนนซ่อมแล้ว", _DUSK, _lamp_lit),
    "pothole": ("ถนนเป็นหลุม", _DAY, _pothole),
    "rubbish": ("ขยะล้นถัง", _DAY, _rubbish),
    "flood": ("น้ำท่วมถนน", _DAY, _flood),
    "tree": ("ต้นไม้ล้มขวางทาง", _DAY, _fallen_tree),
}

PHOTOS = {name: scene[0] for name, scene in _SCENES.items()}
"""Names of the sample photos and what they show, in Thai."""


@lru_cache(maxsize=8)
def photo(name: str = "lamp-out") -> bytes:
    """One of ``PHOTOS`` as a JPEG of 960 x 720; KeyError for other names."""
    _, colours, paint = _SCENES[name]
    image = _sky(colours)
    paint(ImageDraw.Draw(image))
    return _jpeg(image.filter(ImageFilter.GaussianBlur(1.2)))


@lru_cache(maxsize=8)
def preview(data: bytes, longest: int = 240) -> bytes:
    """A small JPEG of a photo, as LINE's preview is; the bytes themselves when they are no picture to Pillow."""
    try:
        with Image.open(io.BytesIO(data)) as image:
            image.thumbnail((longest, longest))
            return _jpeg(image.convert("RGB"))
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError):
        return data


@lru_cache(maxsize=8)
def voice(seconds: float = 3.0) -> bytes:
    """A tone that rises and falls like a short sentence, in an m4a file that browsers play."""
    rate = 8000
    total = max(1, int(seconds * rate))
    samples, phase = [], 0.0
    for index in range(total):
        at = index / rate
        phase += 2 * math.pi * (220 + 60 * math.sin(at * 2.3) + 25 * math.sin(at * 11)) / rate
        loudness = max(0.0, math.sin(at * 7.5)) * min(1.0, (total - index) / 800)
        samples.append(int(9000 * loudness * (math.sin(phase) + 0.4 * math.sin(2 * phase))))
    return m4a(samples, rate)


def _jpeg(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=82)
    return out.getvalue()
