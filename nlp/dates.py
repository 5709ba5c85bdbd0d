"""Days spoken of in Thai: 12 ม.ค. 69, 5/1/2568, เมื่อวานซืน, สามวันก่อน, วันจันทร์ที่แล้ว.

No library is used: those tried read "12 มกราคม 2569" as the year 2569 of the common era, or every numeric month from
October on as January. Rules: the day comes first; a year above 2400 is Buddhist; a two-digit year is the Buddhist or
common year nearest to today; impossible days are left out; "today" is today in Bangkok.
"""

from __future__ import annotations

import re
import tomllib
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from .lexicon import FOLDER
from .normalise import Normal
from .types import DateMention

BANGKOK = ZoneInfo("Asia/Bangkok")
#: Mentions that are reported at most.
MOST = 8

_TABLE: dict[str, Any] = tomllib.loads((FOLDER / "dates.toml").read_text("utf-8"))
_MONTHS: dict[str, int] = {name: number for number, names in enumerate(_TABLE["months"], start=1) for name in names}
_NUMBERS: dict[str, int] = _TABLE["numbers"]
_DAYS_AGO: dict[str, int] = {word: int(days) for days, words in _TABLE["ago"].items() for word in words}
_WEEKDAYS: dict[str, int] = _TABLE["weekdays"]
_UNITS = {"วัน": 1, "มื้อ": 1, "คืน": 1, "อาทิตย์": 7, "สัปดาห์": 7, "เดือน": 30, "ปี": 365}
_LAST = {"อาทิตย์": 7, "สัปดาห์": 7, "เดือน": 30, "ปี": 365}


def _longest_first(words: dict[str, int]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


_NUMBER = rf"(?P<n>\d{{1,3}}|{_longest_first(_NUMBERS)})"
_NAMED = re.compile(
    rf"(?<!\d)(?P<d>[0-3]?\d) {{0,2}}(?:เดือน ?)?(?P<m>{_longest_first(_MONTHS)})(?![ก-ฮะ-ฺเ-์])"
    r"(?:[ ,]{0,2}(?:พ\.?ศ\.?|ค\.?ศ\.?|ปี)?[ ']{0,2}(?P<y>(?:\d{4}|\d{2}))(?![\d:]|[ .]?\d{0,2} ?น\.|\.\d))?"
)
_NUMERIC = re.compile(
    r"(?<![\d/\-.])(?P<d>[0-3]?\d)(?P<s>[/\-.])(?P<m>[01]?\d)(?P=s)(?P<y>\d{4}|\d{2})(?![\d/\-]|\.\d)"
)
_DIGIT = re.compile(r"\d")
_ISO = re.compile(r"(?<![\d\-])(?P<y>20\d\d|25\d\d)-(?P<m>[01]\d)-(?P<d>[0-3]\d)(?![\d\-])")
_RELATIVE = re.compile(_longest_first(_DAYS_AGO))
_AGO = re.compile(
    rf"(?<!\d){_NUMBER} {{0,2}}(?P<u>{_longest_first(_UNITS)}) {{0,2}}(?:ที่แล้ว|ที่ผ่านมา|ก่อน|แล้ว|มาแล้ว|ผ่านมา|กว่าแล้ว)"
)
_SINCE = re.compile(rf"(?:มา|ได้) ?{_NUMBER} {{0,2}}(?P<u>{_longest_first(_UNITS)})(?:กว่า)? ?(?:แล้ว)")
_LAST_UNIT = re.compile(rf"(?P<u>{_longest_first(_LAST)}) ?(?:ที่แล้ว|ก่อน|ที่ผ่านมา)|(?P<g>ปีกลาย)")
_WEEKDAY = re.compile(rf"วัน(?P<w>{_longest_first(_WEEKDAYS)})(?P<l> ?(?:ที่แล้ว|ที่ผ่านมา|ก่อน))?")


def find(normal: Normal, now: datetime) -> tuple[DateMention, ...]:
    """The days the text speaks of, in order, at most `MOST`. Offsets refer to the original message.

    `now` is aware. Days to come are reported as they are: whoever files a case asks before believing them.
    """
    today = now.astimezone(BANGKOK).date()
    found: list[DateMention] = []
    taken: list[tuple[int, int]] = []
    for start, end, day in (*_absolute(normal.text, today), *_spoken(normal.text, today)):
        if any(start < b and a < end for a, b in taken):
            continue
        taken.append((start, end))
        found.append(DateMention(day, *normal.origin(start, end)))
    return tuple(sorted(found, key=lambda mention: mention.start))[:MOST]


def _absolute(text: str, today: date) -> list[tuple[int, int, date]]:
    found: list[tuple[int, int, date]] = []
    if not _DIGIT.search(text):
        return found
    for pattern in (_NAMED, _NUMERIC, _ISO):
        for match in pattern.finditer(text):
            month = match["m"]
            day = _day(match["y"], _MONTHS.get(month) or int(month), int(match["d"]), today)
            if day is not None:
                found.append((*match.span(), day))
    return found


def _day(year: str | None, month: int, day: int, today: date) -> date | None:
    """The day, or None when there is no such day. Without a year: the nearest such day that is not far ahead."""
    try:
        if year is None:
            candidates = [date(today.year + step, month, day) for step in (-1, 0)]
            return max((d for d in candidates if d <= today + timedelta(days=62)), default=None)
        number = int(year)
        if number > 2400:
            return date(number - 543, month, day)
        if number > 99:
            return date(number, month, day) if 1900 <= number <= 2100 else None
        buddhist, common = 2500 + number - 543, 2000 + number
        return date(min(buddhist, common, key=lambda y: abs(y - today.year)), month, day)
    except ValueError:
        return None


def _spoken(text: str, today: date) -> list[tuple[int, int, date]]:
    found = [(*m.span(), today - timedelta(days=_DAYS_AGO[m.group()])) for m in _RELATIVE.finditer(text)]
    for pattern in (_AGO, _SINCE):
        for match in pattern.finditer(text):
            count = _NUMBERS.get(match["n"]) or int(match["n"])
            if count * _UNITS[match["u"]] < 40_000:
                found.append((*match.span(), _back(today, count, match["u"])))
    found += [(*m.span(), _back(today, 1, m["u"] or "ปี")) for m in _LAST_UNIT.finditer(text)]
    found += [(*m.span(), _weekday(m, today)) for m in _WEEKDAY.finditer(text)]
    return found


def _back(today: date, count: int, unit: str) -> date:
    """So many units before today; months and years by the calendar, the day cut to the month's last."""
    if unit not in ("เดือน", "ปี"):
        return today - timedelta(days=count * _UNITS[unit])
    months = today.year * 12 + today.month - 1 - count * (12 if unit == "ปี" else 1)
    for day in range(today.day, 27, -1):
        try:
            return date(months // 12, months % 12 + 1, day)
        except ValueError:
            continue
    return date(months // 12, months % 12 + 1, min(today.day, 28))


def _weekday(match: re.Match[str], today: date) -> date:
    """The last such weekday; today itself unless "last" is said."""
    back = (today.weekday() - _WEEKDAYS[match["w"]]) % 7
    return today - timedelta(days=back or (7 if match["l"] else 0))
