"""Questions about projects of the plan: “ถนนหน้าวัดถึงไหนแล้ว”, “โครงการหมู่ 3”. Never a complaint, never a wish.

Who says that a road is broken reports it, whoever wishes for one proposes it; this module only recognises who asks how
far the office has come, and gives back what is asked about, without the words of asking.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from .normalise import normalise

#: A sentence with more characters is no short question.
LONGEST = 160

_WISH = re.compile("อยาก|ขอให้|เสนอ|ขอถนน|ขอไฟ|น่าจะมี|ควรมี|ต้องการ|ร้องขอ")
# What was reported by the asker is asked about elsewhere (handlers/track.py).
_OWN = re.compile("แจ้ง|ร้องเรียน|ร้องทุกข์|เรื่องของ|เรื่องที่|เรื่องผม|เรื่องหนู|เรื่องฉัน|เลข|my case|my report")
_VOTE = re.compile("โหวต|โหวด|คะแนน|ประชามติ|vote")
_BROKEN = re.compile("พัง|เสีย|แตก|ชำรุด|รั่ว|ท่วม|ดับ|หลุม|เหม็น|ตัน|ทรุด|ขาด|ฝุ่น|เดือดร้อน|อันตราย|broken")
_PROJECT = re.compile("โครงการ|แผนพัฒนา|project")
_WHEN = "(?:เมื่อไหร่|เมื่อไร|เมื่อใด|วันไหน|ปีไหน|ตอนไหน|มื้อใด๋|ยามใด๋)"
# “ทำยังไง” asks for a way, not for progress; บ่ and ก่อ ask only at the end (บ่อ and ก่อน are other words).
_YET = "(?:หรือยัง|รึยัง|แล้วยัง|ยัง(?!ไง)|ไหม|มั้ย|(?:บ่|ก่อ)(?=\\s|$))"
_ASKS = re.compile(
    "|".join(
        (
            "(?:ไป|ทำ|สร้าง)?(?:ถึง|ฮอด)ไหน(?:แล้ว|ละ|เลย)?",
            f"(?:มี(?:ความ)?)?คืบหน้า(?:ไป)?(?:ถึงไหน|ยังไง|อย่างไร|แค่ไหน|{_YET})?(?:แล้ว)?|ความคืบหน้า(?:ของ)?",
            f"(?:จะ|ทำ|สร้าง)*เสร็จ(?:{_YET}|{_WHEN})",
            f"{_WHEN}(?:จะ)?(?:ได้)?(?:ทำ|สร้าง|เริ่ม|เสร็จ|ลงมือ)(?!ยังไง)",
            f"(?:จะ)?(?:ได้)?(?:ทำ|สร้าง|เริ่ม|ลงมือ|ก่อสร้าง){_WHEN}",
            f"(?:ได้|ใช้)?งบ(?:ประมาณ)?(?:เท่าไหร่|เท่าไร|กี่บาท|{_YET})",
            f"(?:อยู่|เข้า|มี)(?:ใน)?แผน(?:พัฒนา)?{_YET}",
            "ใคร(?:เป็น)?(?:คน)?(?:รับเหมา|รับจ้าง)|ผู้รับเหมา(?:คือ|เป็น)?ใคร",
            "(?:ทำ)?(?:ไป)?(?:แล้ว)?กี่(?:เปอร์เซ็นต์|%)",
            f"(?:เริ่ม|ลงมือ)?(?:ทำ|สร้าง|ก่อสร้าง){_YET}",
            "how far|progress|when will|finished yet",
        )
    )
)
_LIST = re.compile(
    r"(?:ขอ)?(?:ดู|มี)?\s*(?:โครงการ|แผนพัฒนา)(?:ใหม่)?\s*(?:อะไร)?(?:บ้าง)?\s*(?:ใน|ของ)?\s*"
    r"(?:(?P<all>ทั้งตำบล|ทั้งหมด|ทั้งเทศบาล|ของเทศบาล|ในตำบล)|(?P<own>หมู่(?:บ้าน)?(?:ของ)?(?:ฉัน|เรา|ผม|หนู))"
    r"|(?:หมู่(?:บ้าน)?(?:ที่)?|ม\.)\s*(?P<moo>\d{1,2}))?\s*(?:ปี(?:งบประมาณ)?\s*(?:พ\.?ศ\.?)?\s*(?P<year>25\d\d|26\d\d|\d\d))?\s*"
    r"(?:มี)?(?:อะไร)?(?:บ้าง)?\s*(?:ถึงไหนแล้ว|คืบหน้า\S*)?(?:ครับ|คับ|ค่ะ|คะ|จ้า|จ๊ะ)?\s*\??"
)
_LIST_ENGLISH = re.compile(r"(?:show )?projects?(?: (?:in|of))?(?: (?:moo|village) (?P<moo>\d{1,2}))?\??")
_POLITE = re.compile(
    r"(?:(?:ครับ|คับ|ค่ะ|คะ|จ้า|จ๊ะ|นะ|เด้อ|เจ้า|ละ|แล้ว|หน่อย|ตอนนี้)+\s*\??$|อยากรู้(?:ว่า)?|สอบถาม(?:ว่า)?|ขอถาม(?:ว่า)?|\?)"
)
_VILLAGE = re.compile(r"(?:ของ|ใน|ที่)?\s*(?:หมู่(?:บ้าน)?(?:ที่)?|ม\.)\s*\d{1,2}(?!\d)")


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked. `kind` list: which projects there are (`moo`: of a village; `own`: of the asker's); about: how one
    stands, which is named by `about`. `explicit`: it says that it means a project; `asks`: it has the words of a
    question. `year` is B.E."""

    kind: Literal["list", "about"]
    about: str = ""
    moo: int | None = None
    own: bool = False
    year: int | None = None
    explicit: bool = False
    asks: bool = False


def project_question(text: str) -> Question | None:
    """What is asked about projects; None when nothing is, or when it may as well be a report or a wish."""
    plain = normalise(text[: LONGEST + 1]).text.strip()
    if not plain or len(plain) > LONGEST or _WISH.search(plain.replace("อยากรู้", "")):
        return None
    if _OWN.search(plain) or _VOTE.search(plain):
        return None
    found = _LIST.fullmatch(plain) or _LIST_ENGLISH.fullmatch(plain)
    if found is not None:
        return _list(found)
    explicit = bool(_PROJECT.search(plain))
    asks = _ASKS.search(plain) is not None
    if _BROKEN.search(plain) and not (explicit and asks):
        return None
    if not asks and not (explicit and plain.startswith(("โครงการ", "project")) and len(plain) <= 60):
        return None
    about = _VILLAGE.sub(" ", _POLITE.sub(" ", _ASKS.sub(" ", _PROJECT.sub(" ", plain))))
    about = " ".join(about.split())
    return Question("about", about=about, explicit=explicit, asks=asks) if len(about.replace(" ", "")) >= 3 else None


def _list(found: re.Match[str]) -> Question:
    told = found.groupdict()
    year = int(told["year"]) if told.get("year") else None
    return Question(
        "list",
        moo=int(told["moo"]) if told.get("moo") else None,
        own=bool(told.get("own")),
        year=year + 2500 if year is not None and year < 100 else year,
        explicit=True,
    )


def chunks(about: str, length: int = 4, most: int = 14) -> tuple[str, ...]:
    """Pieces of what is asked about, for the database to find what may be meant before it is ranked by likeness."""
    letters = about.replace(" ", "")
    if len(letters) <= length:
        return (letters,) if letters else ()
    step = max(1, (len(letters) - length) // most + 1)
    return tuple(dict.fromkeys(letters[at : at + length] for at in range(0, len(letters) - length + 1, step)))[:most]
