"""Small pictures for lists, and share cards: drawn by us, kept in memory like pages."""

from __future__ import annotations

import io

from PIL import Image
from werkzeug.exceptions import NotFound

from models import storage
from models.files import small_name
from models.publishing import photo_of
from web.public.front import Front, Shown, shows
from web.public.pages import pages

#: Longest sides in pixels: of pictures in lists, and on the page of a case.
SMALL, LARGE = 360, 900
#: WebP's quality: a street light is still a street light, and a list stays light on a slow line.
QUALITY = 58


@pages.get("/cases/<code>/<token>.webp")
@shows("cases", asks=("size",))
def photo(front: Front, code: str, token: str) -> Shown:
    """A published photo of a public case, made small."""
    if not photo_of(front.session, code, token):
        raise NotFound
    try:
        raw = storage.read(front.console.store, small_name(token))
    except OSError:
        raise NotFound from None
    return smaller(raw, LARGE if front.args.get("size") == "large" else SMALL), "image/webp"


def smaller(raw: bytes, longest: int) -> bytes:
    """The picture as WebP, no larger than this."""
    with Image.open(io.BytesIO(raw), formats=("JPEG",)) as opened:
        opened.draft("RGB", (longest, longest))
        image = opened.convert("RGB")
    image.thumbnail((longest, longest), Image.Resampling.BILINEAR)
    out = io.BytesIO()
    image.save(out, "WEBP", quality=QUALITY, method=4)
    return out.getvalue()
