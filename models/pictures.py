"""Pictures as we keep them: upright, of a sensible size, without the original's hidden notes (place, camera, time)."""

from __future__ import annotations

import io
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageFilter, ImageOps, UnidentifiedImageError

#: The formats we open. Pillow knows dozens more, and each is a door.
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
#: A picture of more pixels is a mistake or an attack: unpacked, these already take 150 MB.
MOST_PIXELS = 50_000_000
#: Longest side kept, in pixels: enough to read a house number, a third of a phone's original in bytes.
LONGEST = 2560
#: LINE's bound for preview images is 1 MB; this size stays far below it.
PREVIEW_LONGEST = 1024
PREVIEW_BYTES = 1_000_000


#: A rectangle on a picture: left, top, width and height, in parts (0–1) of the picture's width and height.
Box = tuple[float, float, float, float]
#: Covered parts become so many blocks across: a face or a number plate cannot be guessed back from them.
BLOCKS = 6


class BadPicture(Exception):
    """The bytes are no picture that we can open, or a trap; the text says which."""


@dataclass(frozen=True)
class Picture:
    """Width and height in pixels of what was written."""

    width: int
    height: int


def clean(source: Path, target: Path, preview: Path) -> Picture:
    """Write `source` anew as a JPEG to `target`, and a small one to `preview`. Nothing but the pixels is taken over.

    Raises BadPicture. Animations keep their first frame, transparency becomes white.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            return _clean(source, target, preview)
        except (UnidentifiedImageError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
            raise BadPicture(type(error).__name__) from error
        except (ValueError, SyntaxError, EOFError, MemoryError, IndexError) as error:
            raise BadPicture(f"broken: {type(error).__name__}") from error
        except OSError as error:
            if error.errno is not None:  # the disk's trouble, not the picture's
                raise
            raise BadPicture("broken: OSError") from error


def _clean(source: Path, target: Path, preview: Path) -> Picture:
    with Image.open(source, formats=FORMATS) as opened:
        if opened.width * opened.height > MOST_PIXELS:
            raise BadPicture(f"{opened.width} × {opened.height} pixels")
        opened.draft("RGB", (LONGEST, LONGEST))  # a JPEG is unpacked no larger than needed
        opened.load()
        upright = ImageOps.exif_transpose(opened)
    image = _on_white(upright)
    image.thumbnail((LONGEST, LONGEST), Image.Resampling.LANCZOS)
    _save(image, target, 85)
    small = image.copy()
    small.thumbnail((PREVIEW_LONGEST, PREVIEW_LONGEST), Image.Resampling.LANCZOS)
    for quality in (82, 60, 30):
        _save(small, preview, quality)
        if preview.stat().st_size <= PREVIEW_BYTES:
            break
    return Picture(image.width, image.height)


def _on_white(image: Image.Image) -> Image.Image:
    """The picture as plain RGB pixels, with nothing attached."""
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        ground = Image.new("RGBA", image.size, "white")
        ground.alpha_composite(image.convert("RGBA"))
        image = ground
    plain = Image.new("RGB", image.size)
    plain.paste(image.convert("RGB"))
    return plain


def _save(image: Image.Image, path: Path, quality: int) -> None:
    with path.open("wb") as file:
        image.save(file, "JPEG", quality=quality, optimize=True, progressive=True)


def cover(source: bytes, target: Path, boxes: Sequence[Box]) -> None:
    """Write a copy of our own JPEG `source` with these rectangles made unrecognisable, for the public.

    The rectangle's colours are averaged in a few blocks and smeared: nothing of what was there is left in the file.
    Raises OSError where `source` is no JPEG.
    """
    with Image.open(io.BytesIO(source), formats=("JPEG",)) as opened:
        image = opened.convert("RGB")
    for left, top, width, height in boxes:
        x, y = int(left * image.width), int(top * image.height)
        right, low = min(image.width, x + max(8, int(width * image.width))), int((top + height) * image.height)
        area = (x, y, right, min(image.height, max(low, y + 8)))
        part = image.crop(area)
        small = part.resize((BLOCKS, BLOCKS), Image.Resampling.BOX)
        blocks = small.resize(part.size, Image.Resampling.NEAREST)
        image.paste(blocks.filter(ImageFilter.GaussianBlur(max(2, part.width // 20))), area)
    _save(image, target, 88)
