"""Where: village number, house, soi, road, landmark, the town's own names, coordinates, map links and Plus Codes.

Names are matched only against what the town itself has listed (`Context`): the same village name stands dozens of
times on the map of Thailand. Nothing is looked up on a network; a shortened map link is known as one that cannot be
read.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache, lru_cache
from typing import NamedTuple

from openlocationcode import openlocationcode as plus

from .lexicon import FOLDER
from .normalise import Normal
from .types import Context, NamedPlace, Place, Village

#: Thailand, as (south, north, west, east) in degrees: positions outside are not believed.
THAILAND = (5.6, 20.5, 97.3, 105.7)
#: Shortest village or place name (in letters) that is believed without "บ้าน" before it.
PLAIN_NAME = 4

_WORDS = {
    "สิบเอ็ด": 11,
    "สิบสอง": 12,
    "สิบสาม": 13,
    "สิบ": 10,
    "หนึ่ง": 1,
    "สอง": 2,
    "สาม": 3,
    "สี่": 4,
    "ห้า": 5,
    "หก": 6,
    "เจ็ด": 7,
    "แปด": 8,
    "เก้า": 9,
}
_SPELLED = "|".join(sorted(_WORDS, key=len, reverse=True))
_COUNTED = r"วัน|คืน|ดวง|หลัง|ครั้ง|เดือน|ปี|จุด|คน|เมตร|ม\.|บาท|ต้น|โมง|ทุ่ม|นาฬิกา|น\.|แห่ง|ชั่วโมง|ตัว|คัน|ลูก|ที่|กิโล|กม"
_MOO = re.compile(
    r"(?:หมู่ที่|หมู่บ้านที่|หมู่|มู่ที่|(?<![\dก-๎])ม\.|(?<=[ ,])ม(?=\d)|^ม(?=\d)) ?(?P<first>\d{1,2})(?![\d/])"
    rf"(?P<more>(?:[ ,]{{1,2}}(?:และ ?|กับ ?)?\d{{1,2}}(?![\d/.:%])(?! ?(?:{_COUNTED}))){{0,6}})"
    rf"|หมู่(?:ที่)? ?(?P<word>{_SPELLED})(?![ัิ-ฺ็-๎าะำ]|แยก|ห้อง|พี่|ดาว|สหาย)"
)
_SCHOOL_YEAR = re.compile(r"(?:ชั้น|นักเรียน|เด็ก|เรียน|ลูก|จบ|ระดับ|มัธยม)[ก-๎ ]{0,10}$")
_METRES = re.compile(r"\d ?$")
_HOUSE = re.compile(
    r"(?:บ้านเลขที่|เลขที่บ้าน|บ้านเลข) {0,2}(?P<a>\d{1,5}(?: ?/ ?\d{1,5})?)"
    r"|(?<![\d/.])(?P<b>\d{1,5} ?/ ?\d{1,5}|\d{1,4})(?= ?(?:หมู่ที่ ?|หมู่ ?|ม\.)\d)"
)
_SOI = re.compile(
    r"(?:ซอย|(?<![ก-๎])ซ\.|(?<=ใน)ซ\.) {0,1}"
    r"(?P<n>\d{1,3}(?:/\d{1,3})?(?![\d])|[ก-๎][ก-๎.]{1,29}(?: ?\d{1,3}(?:/\d{1,3})?)?)"
)
_ROAD = re.compile(
    r"(?:ถนนสาย|ถนน|(?<![ก-๎])ถ\.|ทางหลวงหมายเลข|ทางหลวง|สาย) {0,1}(?P<n>\d{1,4}(?![\d])|[ก-๎][ก-๎.\-]{1,29}(?: \d{1,3})?)"
)
_COORDINATES = re.compile(
    r"(?<![\d.])(?P<a>-?\d{1,3}\.\d{3,17})°? {0,2}[,; /] {0,2}(?P<b>-?\d{1,3}\.\d{3,17})(?![\d.]\d)"
)
_PIN = re.compile(r"!3d(?P<a>-?\d{1,3}\.\d{2,17})!4d(?P<b>-?\d{1,3}\.\d{2,17})")
_QUERY = re.compile(
    r"[?&](?:q|query|ll|destination|daddr|center|sll)=(?:loc:)?(?P<a>-?\d{1,3}\.\d{2,17})(?:,|%2c)(?:\+|%20)?(?P<b>-?\d{1,3}\.\d{2,17})"
)
_VIEW = re.compile(r"/@(?P<a>-?\d{1,3}\.\d{2,17}),(?P<b>-?\d{1,3}\.\d{2,17})")
_PATH = re.compile(r"/(?:place|search|dir)/[^\s]{0,80}?(?P<a>\d{1,3}\.\d{3,17}),(?:\+|%20)?(?P<b>\d{1,3}\.\d{3,17})")
_ANGLE = r"(?P<d{0}>\d{{1,3}})°(?P<m{0}>\d{{1,2}})['′](?P<s{0}>\d{{1,2}}(?:\.\d{{1,6}})?)[\"″]"
_DEGREES = re.compile(_ANGLE.format(1) + "n[ ,]{1,3}" + _ANGLE.format(2) + "e")
_PLUS = re.compile(
    r"(?<![23456789cfghjmpqrvwx+])(?P<n>[23456789cfghjmpqrvwx]{4,8}\+[23456789cfghjmpqrvwx]{2,3})(?![a-z0-9])"
)
_LINK = re.compile(r"https?://[^\s]{1,500}")


class _Found(NamedTuple):
    field: str
    value: str
    start: int
    end: int


def find(normal: Normal, context: Context) -> Place | None:
    """Where the message says it is, or None. `Place.text` is cut from the cleaned message, links left out."""
    text = normal.text
    bare = _LINK.sub(lambda match: " " * len(match.group()), text)
    numbered = _moos(bare)
    found = [*_houses(bare), *_named(_SOI, bare, "soi"), *_named(_ROAD, bare, "road"), *_landmarks(bare)]
    listed = _listed(bare, context)
    position = coordinates(text, context.centre)
    if not (numbered or found or listed or position):
        return None
    spans = [(f.start, f.end) for f in found] + [(a, b) for _, a, b in numbered] + [(a, b) for _, a, b in listed]
    values = {f.field: f.value for f in reversed(found)}
    known = listed[0][0] if listed else None
    moo = numbered[0][0] if numbered else (known.moo if known else None)
    lat, lon = position or _known_position(known)
    landmark = known.name if isinstance(known, NamedPlace) else values.get("landmark")
    told = _quote(bare, spans) or f"{lat:.5f}, {lon:.5f}"
    return Place(told, moo, values.get("house"), values.get("soi"), values.get("road"), landmark, lat, lon)


def coordinates(text: str, centre: tuple[float, float] | None = None) -> tuple[float, float] | None:
    """(latitude, longitude) in WGS 84 degrees: a link's pin or query, numbers, a Plus Code, a link's viewport; or None.

    Numbers in the wrong order are swapped, positions outside Thailand refused. `centre` completes short Plus Codes.
    """
    if "." not in text and "+" not in text:
        return None
    for pattern in (_PIN, _QUERY, _COORDINATES, _PATH):
        for match in pattern.finditer(text):
            if position := _in_thailand(float(match["a"]), float(match["b"])):
                return position
    for match in _DEGREES.finditer(text):
        lat, lon = (float(match[f"d{i}"]) + float(match[f"m{i}"]) / 60 + float(match[f"s{i}"]) / 3600 for i in (1, 2))
        if position := _in_thailand(lat, lon):
            return position
    if position := _plus_code(text, centre):
        return position
    view = _VIEW.search(text)
    return _in_thailand(float(view["a"]), float(view["b"])) if view else None


def _in_thailand(a: float, b: float) -> tuple[float, float] | None:
    south, north, west, east = THAILAND
    for lat, lon in ((a, b), (b, a)):
        if south <= lat <= north and west <= lon <= east:
            return lat, lon
    return None


def _plus_code(text: str, centre: tuple[float, float] | None) -> tuple[float, float] | None:
    for match in _PLUS.finditer(text):
        code = match["n"].upper()
        if not plus.isValid(code):
            continue
        if not plus.isFull(code):
            if centre is None:
                continue
            code = plus.recoverNearest(code, *centre)
        area = plus.decode(code)
        if position := _in_thailand(area.latitudeCenter, area.longitudeCenter):
            return position
    return None


def _moos(text: str) -> list[tuple[int, int, int]]:
    """(village number, start, end) of each village named by number; a list "หมู่ 5 6 7" gives three."""
    found = []
    for match in _MOO.finditer(text):
        before = text[max(0, match.start() - 16) : match.start()]
        short = not match.group().startswith(("หมู่", "มู่"))
        if short and (_SCHOOL_YEAR.search(before) or (" " in match.group()[:3] and _METRES.search(before))):
            continue
        numbers = [_WORDS[match["word"]]] if match["word"] else [int(match["first"])]
        numbers += [int(n) for n in re.findall(r"\d+", match["more"] or "")]
        found += [(number, *match.span()) for number in numbers if 1 <= number <= 40]
    return found


def moos(normal: Normal) -> tuple[int, ...]:
    """All village numbers spoken of, in order, each once."""
    return tuple(dict.fromkeys(number for number, _, _ in _moos(normal.text)))


def _houses(text: str) -> list[_Found]:
    return [
        _Found("house", (match["a"] or match["b"]).replace(" ", ""), *match.span()) for match in _HOUSE.finditer(text)
    ]


def _named(pattern: re.Pattern[str], text: str, field: str) -> list[_Found]:
    found = []
    for match in pattern.finditer(text):
        name = match["n"] if match["n"][0].isdigit() else _cut(match["n"], least=2)
        if name:
            found.append(_Found(field, name.strip(), match.start(), match.start("n") + len(name)))
    return found


def _landmarks(text: str) -> list[_Found]:
    found = []
    for match in _landmark_pattern().finditer(text):
        name = match["h"] + _cut(match["n"], least=0)
        end = match.start("h") + len(name)
        found.append(_Found("landmark", name.strip(), match.start(), end))
    return found


def _cut(name: str, least: int) -> str:
    """A name up to the first word no name holds; "" when fewer than `least` letters are left."""
    match = _stop_pattern().search(name)
    cut = name[: match.start()] if match else name
    return cut if len(cut.strip()) >= least else ""


@cache
def _landmark_pattern() -> re.Pattern[str]:
    words = _table()
    relations = "|".join(re.escape(word) for word in sorted(words["relations"], key=len, reverse=True))
    heads = "|".join(re.escape(word) for word in sorted(words["heads"], key=len, reverse=True))
    return re.compile(rf"(?:{relations}) ?(?P<h>{heads})(?P<n>[ก-๎]{{0,24}}(?: ?\d{{1,3}}(?![\d/]))?)")


@cache
def _stop_pattern() -> re.Pattern[str]:
    return re.compile("|".join(re.escape(word) for word in sorted(_table()["stops"], key=len, reverse=True)))


@cache
def _table() -> dict[str, list[str]]:
    table: dict[str, list[str]] = tomllib.loads((FOLDER / "places.toml").read_text("utf-8"))
    return table


def _listed(text: str, context: Context) -> list[tuple[Village | NamedPlace, int, int]]:
    """The town's own names in the text, the longest first."""
    if not (context.villages or context.places):
        return []
    pattern, owners = _gazetteer(context.villages, context.places)
    found = [(owners[match.group()], *match.span()) for match in pattern.finditer(text)]
    return sorted(found, key=lambda item: (isinstance(item[0], Village), item[1] - item[2]))


@lru_cache(maxsize=64)
def _gazetteer(
    villages: tuple[Village, ...], places: tuple[NamedPlace, ...]
) -> tuple[re.Pattern[str], dict[str, Village | NamedPlace]]:
    owners: dict[str, Village | NamedPlace] = {}
    for village in villages:
        name = village.name.strip().lower().removeprefix("บ้าน")
        if name:
            owners.setdefault(f"บ้าน{name}", village)
            if len(name) >= PLAIN_NAME:
                owners.setdefault(name, village)
    for place in places:
        for name in (place.name, *place.aliases):
            if len(name.strip()) >= 2:
                owners.setdefault(name.strip().lower(), place)
    names = sorted(owners, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, names)) or "(?!)"), owners


def _known_position(known: Village | NamedPlace | None) -> tuple[float | None, float | None]:
    """The position of the listed place; else none: a whole village is no position of a pothole."""
    if isinstance(known, NamedPlace) and known.lat is not None and known.lon is not None:
        return known.lat, known.lon
    return None, None


def _quote(text: str, spans: list[tuple[int, int]]) -> str:
    """The words that tell the place, in order, overlapping and neighbouring pieces joined."""
    joined: list[list[int]] = []
    for start, end in sorted(spans):
        if joined and start - joined[-1][1] <= 3:
            joined[-1][1] = max(joined[-1][1], end)
        else:
            joined.append([start, end])
    return " ".join(text[start:end].strip() for start, end in joined)
