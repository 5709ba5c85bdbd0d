"""Money and years as people type them into cells: "1,632,820 ", "๔๐๐,๐๐๐.-", " - ", 313700.25; "ปี ๒๕๖๖", a date."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from nlp.normalise import fold

#: The B.E. years that a plan may name, and what lies between them and the years of the Gregorian calendar.
FIRST, LAST, BE = 2480, 2699, 543
#: No budget of a town has more: what does is a telephone number or two columns run together. In satang.
MOST = 10**15

_BLANKS = re.compile(r"\s+")
_NOTHING = re.compile(r"[-–—_.]*")
_AMOUNT = re.compile(r"(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d*)-?|-)?(?:บาท|฿)?(?:ถ้วน)?")
_YEAR = re.compile(r"(?<!\d)(2[45]\d\d|26\d\d)(?!\d)")
_SHORT_YEAR = re.compile(r"(?:ปี|พ\.?ศ\.?)(\d\d)(?!\d)")


class NoMoney(ValueError):
    """What stands in the cell is no amount of money."""


def satang(value: object) -> int | None:
    """The amount in whole satang; None for a blank cell or a dash, which is not zero. Raises NoMoney.

    Fractions of a satang (the results of formulas) are rounded, halves up, as money is.
    """
    if value is None or isinstance(value, bool | date | datetime):
        if value is None:
            return None
        raise NoMoney(str(value))
    amount = _number(value) if isinstance(value, int | float) else _written(str(value))
    if amount is None:
        return None
    if not 0 <= amount <= MOST:
        raise NoMoney(str(value))
    return int((amount * 100).quantize(Decimal(1), ROUND_HALF_UP)) if amount * 100 <= MOST else _refuse(value)


def _refuse(value: object) -> int:
    raise NoMoney(str(value))


def _number(value: float) -> Decimal:
    try:
        number = Decimal(repr(value))
    except InvalidOperation:
        raise NoMoney(str(value)) from None
    if not number.is_finite():
        raise NoMoney(str(value))
    return number


def _written(text: str) -> Decimal | None:
    plain = _BLANKS.sub("", fold(text))
    if _NOTHING.fullmatch(plain):
        return None
    found = _AMOUNT.fullmatch(plain)
    if found is None:
        raise NoMoney(text)
    whole, part = found[1].replace(",", ""), found[2] or "0"
    return Decimal(f"{whole}.{part}")


def year(value: object) -> int | None:
    """The B.E. year a cell of the head names; None when it names none.

    Dates appear where Excel took a year for one: its year is B.E. or A.D., whichever is possible.
    """
    if isinstance(value, datetime | date):
        return _plausible(value.year) or _plausible(value.year + BE)
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return _plausible(int(value)) if value == int(value) else None
    plain = _BLANKS.sub("", fold(str(value)))
    found = _YEAR.search(plain)
    if found is not None:
        return _plausible(int(found[1]))
    short = _SHORT_YEAR.search(plain)
    return 2500 + int(short[1]) if short is not None else None


def _plausible(number: int) -> int | None:
    return number if FIRST <= number <= LAST else None
