"""Money as Thai offices write it. Kept as whole satang (1 บาท = 100 สตางค์); blank is not zero. Pure."""

from __future__ import annotations

import re

from messages.thai import arabic_digits

_WRITTEN = re.compile(r"(?P<baht>[0-9]{1,13})(?:\.(?P<satang>[0-9]{1,2}))?(?:\.?-)?")


def baht(satang: int) -> str:
    """“313,700” or “5,501,430.32”: the amount in baht, satang only where there are some."""
    whole, rest = divmod(abs(satang), 100)
    sign = "-" if satang < 0 else ""
    return f"{sign}{whole:,}.{rest:02d}" if rest else f"{sign}{whole:,}"


def to_satang(words: str) -> int | None:
    """The satang somebody typed: “313,700”, “๔๐๐,๐๐๐.-”, “1200.50 บาท”; None for a blank or a lone dash.

    Raises ValueError for anything else, negative amounts too.
    """
    plain = arabic_digits(words).replace(",", "").replace(" ", "").removesuffix("บาท").removesuffix("ถ้วน")
    plain = plain.removesuffix("บาท")
    if plain in ("", "-"):
        return None
    found = _WRITTEN.fullmatch(plain)
    if found is None:
        raise ValueError(f"no amount of money: {words!r}")
    return int(found["baht"]) * 100 + int((found["satang"] or "0").ljust(2, "0"))
