"""How Thai offices write dates, times, numbers, case numbers and telephone numbers. Pure; times are shown in Bangkok's.

Chat uses Arabic digits, which are easier to read on a phone; official papers use Thai ones (`thai_digits`). Years are
of the Buddhist Era (พ.ศ. = CE + 543). `re` is used with explicit letters and digits: its `\\w` and `\\b` break Thai.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

#: Thailand has one zone and no summer time.
ZONE = ZoneInfo("Asia/Bangkok")
#: Years from the Common Era to the Buddhist Era.
BE = 543

MONTHS = (
    *("มกราคม", "กุมภาพันธ์", "มีนาคม", "เมษายน", "พฤษภาคม", "มิถุนายน"),
    *("กรกฎาคม", "สิงหาคม", "กันยายน", "ตุลาคม", "พฤศจิกายน", "ธันวาคม"),
)
SHORT_MONTHS = (
    *("ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย."),
    *("ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.", "พ.ย.", "ธ.ค."),
)

_TO_THAI = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")
_TO_ARABIC = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff"))

# What people write before a case number, and the particle they may end with. Longest first.
_CASE_WORDS = "เลขที่เรื่อง|เรื่องเลขที่|หมายเลขเรื่อง|เลขเรื่อง|เรื่องที่|หมายเลข|เลขที่|เรื่อง|เลข|เคส|case|ticket|no|#"
_CASE = re.compile(
    rf"(?:(?:{_CASE_WORDS})[\s.:#]*)*"
    r"(?:(?P<be>2[5-9][0-9]{2})\s*-\s*(?P<long>[0-9]{1,6})|(?P<n>[0-9]{1,6})(?:\s*/\s*(?P<year>2[5-9][0-9]{2}|[0-9]{2}))?)"
    r"\s*(?:นะ)?(?:ค่ะ|คะ|ครับ|คับ)?"
)
_NUMBER = re.compile(r"(?:\+?66[\s-]?(?=[1-9]))?[0-9][0-9\s().-]*")


def local(moment: datetime) -> datetime:
    """The same instant by Bangkok's clock. Raises ValueError for a time without a zone."""
    if moment.tzinfo is None:
        raise ValueError(f"a time without a zone is no instant: {moment!r}")
    return moment.astimezone(ZONE)


def local_date(day: date) -> date:
    """The calendar day in Bangkok: of an aware datetime, or the date itself. Raises ValueError for a naive datetime."""
    return local(day).date() if isinstance(day, datetime) else day


def thai_date(day: date, with_year: bool = True, short: bool = False) -> str:
    """A date as Thais write it: "5 ธันวาคม 2568", or short "5 ธ.ค. 68"; a datetime is taken to Bangkok first."""
    day = local_date(day)
    text = f"{day.day} {(SHORT_MONTHS if short else MONTHS)[day.month - 1]}"
    if not with_year:
        return text
    year = day.year + BE
    return f"{text} {year % 100:02d}" if short else f"{text} {year}"


def thai_time(moment: datetime) -> str:
    """The time of day in Bangkok as offices write it: "19.42 น."."""
    return f"{local(moment):%H.%M} น."


def ago(then: datetime, now: datetime) -> str:
    """How long ago, in words: minutes, hours, เมื่อวาน, days (up to 30), months, years. A future time counts as just now.

    Days are calendar days in Bangkok, so last night at ten is เมื่อวาน this morning; under six hours it stays in hours.
    """
    minutes = int((now - then).total_seconds() // 60)
    days = (local(now).date() - local(then).date()).days
    if minutes < 1:
        return "เมื่อสักครู่"
    if minutes < 60:
        return f"{minutes} นาทีที่แล้ว"
    if days < 1 or minutes < 6 * 60:
        return f"{minutes // 60} ชั่วโมงที่แล้ว"
    if days == 1:
        return "เมื่อวาน"
    if days <= 30:
        return f"{days} วันที่แล้ว"
    return f"{days * 12 // 365} เดือนที่แล้ว" if days < 365 else f"{days // 365} ปีที่แล้ว"


def thai_digits(value: str | int) -> str:
    """The same text with Thai digits (๐–๙), as official papers have it."""
    return str(value).translate(_TO_THAI)


def arabic_digits(text: str) -> str:
    """The same text with Arabic digits (0–9), as chat has it."""
    return text.translate(_TO_ARABIC)


def fiscal_year(day: date) -> int:
    """The Thai fiscal year (ปีงบประมาณ, พ.ศ.) of a day: October to September, named for the year in which it ends."""
    day = local_date(day)
    return day.year + BE + (day.month >= 10)


def case_number(year: int, n: int) -> str:
    """A case number as chat shows it: number, slash, last two digits of the fiscal year: "42/69"."""
    return f"{n}/{year % 100:02d}"


def full_case_number(year: int, n: int) -> str:
    """A case number as papers and files show it: "2569-00042"."""
    return f"{year}-{n:05d}"


def parse_case_number(text: str) -> tuple[int | None, int] | None:
    """What case somebody means: (fiscal year or None, number); None when this is no case number.

    Takes "42", "๔๒", "42/69", "42/2569", "2569-00042", with words such as เรื่อง, เลขเรื่อง, #, No. before and a polite
    particle after, in any spacing and case. Refuses any other word, and numbers over six digits (telephone and identity
    numbers). A hotline typed alone (1669, 191) reads as a number too: whether it is one here is for the caller to say.
    """
    plain = arabic_digits(text).translate(_INVISIBLE).strip().lower()
    if len(plain) > 60:  # nothing this long is a case number
        return None
    found = _CASE.fullmatch(plain)
    if found is None:
        return None
    n = int(found["long"] or found["n"])
    year = int(found["be"] or found["year"] or 0)
    if n == 0:
        return None
    if 0 < year < 100 or found["year"] == "00":
        year += 2500
    return year or None, n


def dialable(text: str) -> str:
    """The first telephone number in a text, digits only, as a phone dials it within Thailand.

    "053-111222-3" and "053-111222 ต่อ 12" give 053111222: landlines (02–05, 07) have nine digits, mobiles (06, 08, 09)
    ten; what follows is a second line or an extension. "+66 81 …" becomes 081…. Raises ValueError for no number at all.
    """
    found = _NUMBER.search(arabic_digits(text))
    if found is None:
        raise ValueError(f"no telephone number in {text!r}")
    run = found.group()
    digits = re.sub("[^0-9]", "", run)
    if run.startswith("+66") or (run.startswith("66") and len(digits) >= 11):
        digits = "0" + digits[2:]
    if not digits.startswith("0"):
        return digits
    return digits[: 10 if digits[1:2] in ("6", "8", "9") else 9]


def phone(text: str) -> str:
    """A telephone number for reading: "081-234-5678", "053-111-222", "02-123-4567"; anything else stays as it is."""
    plain = arabic_digits(text).strip()
    if not re.fullmatch(r"\+?[0-9][0-9\s().-]*", plain):
        return plain
    digits, typed = dialable(plain), re.sub("[^0-9]", "", plain).removeprefix("66")
    if not digits.startswith("0") or digits.removeprefix("0") != typed.removeprefix("0"):
        return plain
    head = 2 if digits.startswith("02") else 3
    if len(digits) != (10 if digits[1:2] in ("6", "8", "9") else 9):
        return plain
    return f"{digits[:head]}-{digits[head : head + 3]}-{digits[head + 3 :]}"
