"""What GeoReport v2 lets a client ask, read strictly: an empty value is no value, times have a zone, years are of our
era.

Whatever is wrong is told with what to do, in Thai and English, as the standard's errors.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

#: The standard's bounds: “a span of 90 days or first 1000 requests returned, whichever is smallest”.
SPAN, MOST = timedelta(days=90), 1000
#: Numbers of pages beyond this are no pages.
PAGES = 100_000

_MOMENT = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)", re.ASCII)
_WHOLE = re.compile(r"[0-9]{1,6}", re.ASCII)


class Fault(Exception):
    """What a client did wrong: the HTTP status, and the texts that say so, one for each fault."""

    def __init__(self, status: int, *texts: str) -> None:
        super().__init__(*texts)
        self.status, self.texts = status, texts


@dataclass(frozen=True)
class Asked:
    """Which requests are asked for. `ids` overrides everything else; `start` and `end` are moments."""

    ids: tuple[str, ...]
    codes: tuple[str, ...]
    start: datetime
    end: datetime
    states: frozenset[str]
    page: int
    size: int
    extensions: bool


def asked(given: Mapping[str, str], now: datetime) -> Asked:
    """Read the query of `GET requests`. Raises Fault."""
    ids = listed(given.get("service_request_id", ""))
    if ids:  # “overrides all other arguments”
        return Asked(ids[:MOST], (), now, now, frozenset(), 1, MOST, _extended(given))
    start, end = _span(given, now)
    states = frozenset(listed(given.get("status", "")))
    if states - {"open", "closed"}:
        raise Fault(400, "status ต้องเป็น open หรือ closed (status must be open or closed)")
    return Asked(
        (),
        listed(given.get("service_code", "")),
        start,
        end,
        states or frozenset({"open", "closed"}),
        _whole(given, "page", 1, PAGES),
        _whole(given, "page_size", MOST, MOST),
        _extended(given),
    )


def listed(text: str) -> tuple[str, ...]:
    """A list with commas; empty parts are nothing."""
    return tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))


def _extended(given: Mapping[str, str]) -> bool:
    return given.get("extensions", "").lower() == "true"


def _span(given: Mapping[str, str], now: datetime) -> tuple[datetime, datetime]:
    start, end = moment(given, "start_date"), moment(given, "end_date")
    if end is None:
        end = now if start is None else max(start, min(now, start + SPAN))
    start = start if start is not None else _earlier(end)
    if start > end:
        raise Fault(400, "start_date อยู่หลัง end_date (start_date is after end_date)")
    if end - start > SPAN:
        raise Fault(400, "ช่วงวันที่ต้องไม่เกิน 90 วัน (the range of dates may not exceed 90 days)")
    return start, end


def _earlier(end: datetime) -> datetime:
    try:
        return end - SPAN
    except OverflowError:
        return datetime.min.replace(tzinfo=UTC)


def moment(given: Mapping[str, str], name: str) -> datetime | None:
    """A time as W3C writes ISO 8601, with its zone; None where none is given. Raises Fault.

    A blank stands for the “+” that some clients forget to encode.
    """
    text = given.get(name, "").strip().replace(" ", "+")
    if not text:
        return None
    found = _MOMENT.fullmatch(text)
    if found is None:
        raise Fault(
            400,
            f"{name} ต้องเขียนแบบ 2026-11-20T00:00:00+07:00 พร้อมเขตเวลา "
            f"({name} must be like 2026-11-20T00:00:00+07:00, with its zone)",
        )
    if int(found[1]) > 2400:
        raise Fault(400, f"{name} ใช้ปี ค.ศ. ไม่ใช่ พ.ศ. ({name} takes years of the common era)")
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Fault(400, f"{name} ไม่ใช่วันเวลาที่มีจริง ({name} is no date)") from None


def _whole(given: Mapping[str, str], name: str, usual: int, most: int) -> int:
    text = given.get(name, "").strip()
    if not text:
        return usual
    if not _WHOLE.fullmatch(text) or not 1 <= int(text) <= most:
        raise Fault(400, f"{name} ต้องเป็นเลขตั้งแต่ 1 ถึง {most} ({name} must be a number from 1 to {most})")
    return int(text)
