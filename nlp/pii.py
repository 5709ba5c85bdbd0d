"""Personal data in a message: where it stands, what it is, and the message with it covered.

Everything is looked for in the folded text (Thai digits made Arabic, same positions), so offsets refer to what the
person sent. Every group of 13 digits counts as an id, valid or not: a mistyped one still tells who somebody is. Names
without a title cannot be found reliably; what is shown in public must not rest on this module alone.

All patterns are bounded and begin at a place that cannot begin inside another try, so that hostile texts cost no more
than plain ones.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator
from functools import cache

from .lexicon import FOLDER
from .normalise import LONGEST, fold
from .types import Pii, PiiKind

#: What stands in place of each kind when it is covered.
COVERS: dict[PiiKind, str] = {
    "id": "[เลขประจำตัว]",
    "phone": "[เบอร์โทร]",
    "plate": "[ทะเบียนรถ]",
    "account": "[เลขบัญชี]",
    "name": "[ชื่อบุคคล]",
    "house": "[บ้านเลขที่]",
    "email": "[อีเมล]",
    "line": "[ไอดีไลน์]",
}

_SEP = r"[ .\-_/]{0,2}"
_GAP = r"[ :.=\-]{0,4}"
_EMAIL = re.compile(r"(?<![a-z0-9._%+\-])[a-z0-9._%+\-]{1,64} ?@ ?[a-z0-9\-]{1,63}(?:\.[a-z0-9\-]{1,24}){1,4}")
_THIRTEEN = re.compile(
    r"(?<!\d)(?<!\d[.,])(?:\d{13}|\d[ .\-/]{1,3}\d{4}[ .\-/]{1,3}\d{5}[ .\-/]{1,3}\d{2}[ .\-/]{1,3}\d)(?!\d)"
)
_LOOSE = re.compile(r"(?<!\d)(?<!\d[.,])\d(?:[ .\-]{0,2}\d){12}(?![ .\-]?\d)")
_BETWEEN = re.compile(r"[ .\-]{1,2}")
_BANKS = "กสิกรไทย|กสิกร|กรุงไทย|กรุงเทพ|กรุงศรี|ไทยพาณิชย์|ออมสิน|ธกส|ธ\\.ก\\.ส\\.|ทหารไทย|ttb|scb|kbank|ktb|bbl"
_ACCOUNT = re.compile(
    rf"(?:เลขที่บัญชี|เลขบัญชี|บัญชี|บ/ช|บช\.?|พร้อมเพย์|account|acc|{_BANKS}){_GAP}(?:[^\d\n]{{0,30}}?)"
    r"(?P<n>(?<!\d)\d(?:[ \-.]{0,2}\d){8,14})(?!\d)"
)
_BANK_FORM = re.compile(r"(?<![\d\-])\d{3}-\d-\d{5}-\d(?![\d\-])")
_PHONE = re.compile(
    r"(?<!\d)(?<!\d\.)(?!\d{1,2}[.\-]\d{1,2}[.\-]25\d\d)(?:\(?\+? ?66\)?[ .\-]{0,2}(?:\(0\)|0)?|\(?[0o])"
    r"(?:[ .\-]{0,2}[689](?:[ .\-)]{0,2}\d){8}|[ .\-]{0,2}[2-7](?:[ .\-)]{0,2}\d){7})(?!\d)"
    r"|(?<!\d)0[689]\d(?: - |[_/,])\d{3}(?: - |[_/,\- ])?\d{4}(?!\d)"
)
_CALLED = re.compile(
    r"(?:เบอร์โทรศัพท์|เบอร์โทร|เบอร์มือถือ|เบอร์|โทรศัพท์|โทร\.?|มือถือ|tel\.?)" + _GAP + r"(?P<n>\d(?:[ .\-]{0,2}\d){6,11})(?!\d)"
)
_HOUSE = re.compile(
    r"(?:บ้านเลขที่|เลขที่บ้าน|บ้านเลข|ห้องเลขที่|ห้องที่)" + _GAP + r"(?P<n>\d{1,5}(?: ?/ ?\d{1,5})?(?:-\d{1,4})?)"
    r"|(?:เลขที่" + _GAP + r")?(?P<m>(?<![\d/.])\d{1,5}(?: ?/ ?\d{1,5})?)(?= ?(?:หมู่ที่|หมู่|ม\.) ?\d)"
    r"|เลขที่" + _GAP + r"(?P<o>\d{1,5} ?/ ?\d{1,5})(?!/)"
)
_PLATE = re.compile(
    r"(?:ป้ายทะเบียน|หมายเลขทะเบียน|เลขทะเบียน|ทะเบียนรถ|ทะเบียน|ป้ายแดง|เลขป้าย|plate)"
    + _GAP
    + r"(?:รถ|เลขที่|หมายเลข|เลข|คือ|คัน)?"
    + _GAP
    + r"(?P<n>\d?[ก-ฮ]{1,3}[ .\-]{0,2}\d{1,4}|\d{2}[ \-]\d{4})(?!\d)"
    r"|(?<![ก-๎])(?:รถ|กระบะ|เก๋ง|มอไซค์|มอเตอร์ไซค์|สิบล้อ|หกล้อ|คัน)[ก-๎]{0,14} "
    r"(?P<m>\d?[ก-ฮ]{2,3}[ \-]{0,2}\d{1,4}|\d{2}-\d{4})(?!\d)"
    r"|(?<![ก-๎\d])(?<!สาย )(?<!ถนน )(?P<o>\d?[ก-ฮ]{2}[ \-]{0,2}\d{3,4}|\d{2}-(?!25)\d{4})"
    r"(?= ?(?:จอด|ขับ|วิ่ง|ปาด|ชนแล้ว|ท่อดัง|บีบแตร))"
)
_PLATE_SHAPE = re.compile(r"(?<![ก-๎\d])(?:\d?[ก-ฮ]{2,3}[ \-]{0,2}\d{1,4}|\d{2}-\d{4})(?![\d/])")
_LINE = re.compile(
    r"(?:ไอดีไลน์|ไลน์ไอดี|ไลน์ id|ไอดี ?line|line ?id|id ?line|id ?ไลน์|line ?:|ไลน์ ?:|ไลน์|line)"
    + _GAP
    + r"(?:คือ|id|ไอดี)?"
    + _GAP
    + r"(?P<n>@?[a-z0-9][a-z0-9._\-]{3,29})"
)
# นายก (the mayor) and what he does; a name in ก goes on with a vowel mark (นายกิตติ), or is one of a few.
_MAYOR = re.compile(r"ก(?![ะาัิ-ูำ็่-๋])(?!มล|ฤ|วี|นก|ล้า|ษิ)")
_NOT_LINE = frozenset(("official", "account", "group", "today", "line", "chat", "http", "https"))
_SELF = re.compile(
    r"(?:(?:ผม|ดิฉัน|ฉัน|หนู|กระผม|ข้าพเจ้า|แม่|พ่อ|ยาย|ตา|ปู่|ย่า|ลูก|เจ้าหน้าที่|พนักงาน)ชื่อ|ชื่อ ?- ?(?:นาม)?สกุล"
    r"|ชื่อผู้แจ้ง|ผู้แจ้งชื่อ|ผู้แจ้ง|ผู้ร้อง|ผู้ประสานงาน)" + _GAP + r"(?P<n>[ก-๎]{2,40})(?P<s> {1,2}[ก-๎]{2,40})?"
)


def find(text: str) -> tuple[Pii, ...]:
    """Personal data in the order in which it stands. Offsets are code points of `text`; spans do not overlap."""
    left = fold(text[:LONGEST])
    digits = sum(map(str.isdecimal, left))
    searches = [search for search, needed in _SEARCHES if digits >= needed]
    found: list[Pii] = []
    for search in searches:
        for pii in search(left):
            if "\x00" in left[pii.start : pii.end]:
                continue
            found.append(pii)
            left = left[: pii.start] + "\x00" * (pii.end - pii.start) + left[pii.end :]
    return tuple(sorted(found, key=lambda pii: pii.start))


def mask(text: str, pii: tuple[Pii, ...]) -> str:
    """The text with each piece of personal data replaced by the name of its kind, fit to be shown in public."""
    pieces: list[str] = []
    done = 0
    for item in sorted(pii, key=lambda item: item.start):
        pieces += (text[done : item.start], COVERS[item.kind])
        done = item.end
    return "".join(pieces) + text[done:]


def valid_id(digits: str) -> bool:
    """Whether 13 Arabic digits pass the check of the Thai national number (weights 13–2, modulo 11)."""
    if len(digits) != 13 or not digits.isdecimal():
        return False
    total = sum(int(digit) * (13 - place) for place, digit in enumerate(digits[:12]))
    return (11 - total % 11) % 10 == int(digits[12])


def _spans(pattern: re.Pattern[str], text: str, kind: PiiKind) -> Iterator[Pii]:
    for match in pattern.finditer(text):
        yield Pii(kind, *match.span(match.lastgroup or 0))


def _emails(text: str) -> Iterator[Pii]:
    return _spans(_EMAIL, text, "email") if "@" in text else iter(())


def _ids(text: str) -> Iterator[Pii]:
    yield from _spans(_THIRTEEN, text, "id")
    for match in _LOOSE.finditer(text):
        digits = "".join(filter(str.isdecimal, match.group()))
        evenly = len(match.group()) >= 25  # digits spaced one by one
        if not _THIRTEEN.fullmatch(match.group()) and (evenly or _grouped(match.group()) or valid_id(digits)):
            yield Pii("id", *match.span())


def _grouped(number: str) -> bool:
    """Whether thirteen digits stand in a few groups and begin as an id does (telephones begin with 0)."""
    groups = _BETWEEN.split(number)
    return number[0] in "12345678" and len(groups) <= 5 and all(len(group) >= 3 for group in groups[1:])


def _accounts(text: str) -> Iterator[Pii]:
    yield from _spans(_BANK_FORM, text, "account")
    yield from _spans(_ACCOUNT, text, "account")


def _phones(text: str) -> Iterator[Pii]:
    yield from _spans(_PHONE, text, "phone")
    yield from _spans(_CALLED, text, "phone")


def _houses(text: str) -> Iterator[Pii]:
    return _spans(_HOUSE, text, "house")


def _lines(text: str) -> Iterator[Pii]:
    if "line" not in text and "ไลน์" not in text:
        return
    for match in _LINE.finditer(text):
        if match["n"] not in _NOT_LINE and not match["n"].startswith(("http", "official")):
            yield Pii("line", *match.span("n"))


def _plates(text: str) -> Iterator[Pii]:
    yield from _spans(_PLATE, text, "plate")
    for match in _PLATE_SHAPE.finditer(text):
        if text[match.end() : match.end() + 20].lstrip(" -").startswith(_provinces()):
            yield Pii("plate", *match.span())


def _names(text: str) -> Iterator[Pii]:
    for pattern in (_name_pattern(), _SELF):
        for match in pattern.finditer(text):
            title = match.groupdict().get("t") or ""
            first = match["n"]
            start = match.start("t") if "t" in match.groupdict() else match.start("n")
            if first.startswith(_not_names(title)) or (title == "นาย" and _MAYOR.match(first)):
                continue
            name = _cut(first)
            if len(name) < 2:
                continue
            end = match.start("n") + len(name)
            if name == first and match["s"] and len(surname := _surname(match["s"].strip())) >= 3:
                blank = len(match["s"]) - len(match["s"].lstrip())
                end = match.end("n") + blank + len(surname)
            yield Pii("name", start, end)


# What is looked for, in this order (what is found is covered for those after it), and how many digits it needs.
_SEARCHES: tuple[tuple[Callable[[str], Iterator[Pii]], int], ...] = (
    (_emails, 0),
    (_ids, 13),
    (_accounts, 9),
    (_phones, 7),
    (_lines, 0),
    (_houses, 1),
    (_names, 0),
    (_plates, 1),
)


@cache
def _name_pattern() -> re.Pattern[str]:
    """A title that does not end another word, and one or two words after it."""
    table = _names_table()
    allowed = "|".join(f"(?<={word})" for word in table["before"])
    titles = "|".join(re.escape(title) for title in sorted(table["titles"], key=len, reverse=True))
    return re.compile(
        rf"(?:(?<![ก-๎a-z])|{allowed})(?P<t>{titles}) {{0,2}}(?P<n>[ก-๎]{{2,40}})"
        r"(?P<s> {1,2}[ก-๎]{2,40})?"
    )


def _cut(word: str) -> str:
    """A run of Thai letters up to the first word that no name holds: no blank need follow a name."""
    stops = [place for stop in _names_table()["stops"] if (place := word.find(stop, 2)) >= 0]
    return word[: min(stops)] if stops else word


def _surname(word: str) -> str:
    """The surname that may follow a first name after a blank: "" when the word begins something else."""
    return "" if word.startswith(_names_table()["stops"]) else _cut(word)


@cache
def _names_table() -> dict[str, tuple[str, ...]]:
    table = tomllib.loads((FOLDER / "names.toml").read_text("utf-8"))
    return {key: tuple(words) for key, words in table.items()}


def _not_names(title: str) -> tuple[str, ...]:
    return _names_table().get(title, ()) + _names_table()["any"]


@cache
def _provinces() -> tuple[str, ...]:
    return tuple(tomllib.loads((FOLDER / "provinces.toml").read_text("utf-8"))["names"])
