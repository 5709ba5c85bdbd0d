"""What stands between the projects: strategies, programmes, revisions, totals, notes. One text, and what it means.

Writing (sheets/write.py) asks the same questions, so that what is written is read as what it was.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .heads import squeezed
from .types import Revision

#: The levels above a project, the highest first. A new one ends those below it.
LEVELS = ("national", "province", "strategy", "tactic", "programme")
#: The word that leads each level in when its text does not say by itself what it is.
LABELS = {
    "national": "ยุทธศาสตร์ชาติ",
    "province": "ยุทธศาสตร์จังหวัด",
    "strategy": "ยุทธศาสตร์",
    "issue": "ประเด็นการพัฒนา",
    "tactic": "กลยุทธ์",
    "programme": "แผนงาน",
}
_MEANS = {"issue": "strategy"}

# “1.”, “๑.๒”, “ก.”, “1)” and bullets before a heading.
_COUNTED = re.compile(
    r"^(?:[0-9๐-๙]{1,2}(?:\.[0-9๐-๙]{1,2}){0,3}[.)]?|[ก-ฮ][.)]|[-–•*◆])\s+|^[0-9๐-๙]{1,2}[.)]\s*(?=[ก-ฮเแโใไ])"
)
_LED = re.compile("^(ยุทธศาสตร์ชาติ|ยุทธศาสตร์จังหวัด|ยุทธศาสตร์|ประเด็นการพัฒนา|กลยุทธ์|แผนงาน)[ ]{0,2}:[ ]{0,2}(.*)$", re.DOTALL)
_BEGINS: tuple[tuple[str, str], ...] = (
    ("ยุทธศาสตร์ชาติ", "national"),
    ("แผนแม่บทภายใต้ยุทธศาสตร์ชาติ", "national"),
    ("ยุทธศาสตร์จังหวัด", "province"),
    ("ยุทธศาสตร์การพัฒนาจังหวัด", "province"),
    ("ยุทธศาสตร์การพัฒนาของจังหวัด", "province"),
    ("ประเด็นการพัฒนาจังหวัด", "province"),
    ("ประเด็นการพัฒนาของจังหวัด", "province"),
    ("แผนพัฒนาจังหวัด", "province"),
    ("ยุทธศาสตร์", "strategy"),
    ("ประเด็นการพัฒนา", "strategy"),
    ("ประเด็นยุทธศาสตร์", "strategy"),
    ("กลยุทธ์", "tactic"),
    ("แนวทางการพัฒนา", "tactic"),
    ("แผนงาน", "programme"),
)
_REVISIONS = {"เพิ่มเติม": "added", "เปลี่ยนแปลง": "changed", "แก้ไข": "corrected", "ทบทวน": "reviewed"}
REVISION_WORDS = {kind: word for word, kind in _REVISIONS.items()}
_REVISED = re.compile(
    r"(เพิ่มเติม|เปลี่ยนแปลง|แก้ไข|ทบทวน)(?:และ\S{1,20}?)?(?:ครั้งที่|ฉบับที่)(\d{1,3})(?:/|พ\.?ศ\.?|ปี(?:พ\.?ศ\.?)?)(2[45]\d\d)"
)
_SUM_MORE = re.compile(
    r"(?:รวม|ยอดรวม|ผลรวม)(?:ทั้งสิ้น|ทั้งหมด|เงิน|งบประมาณ|จำนวน|แผนงาน|ยุทธศาสตร์|ประเด็น|โครงการ|แผน|หน้า|\d|\(|:|$)"
    r"|(?:sum|total|Σ|∑|ยอดยกมา|ยอดยกไป|ยกมา|ยกไป)"
)
_FOOT = re.compile(r"(?:หมายเหตุ|ลงชื่อ|\(ลงชื่อ|ผู้จัดทำ|ผู้ตรวจ|ผู้รายงาน|ผู้เสนอ|ตำแหน่ง)")
_MARK = re.compile(r"\(?\d{1,4}(?:\.\d{1,3}){0,3}[.)]?")


@dataclass(frozen=True)
class Group:
    """A level above projects, with its text; "" ends the level."""

    level: str
    text: str
    issue: bool = False


def group_of(text: str) -> Group | None:
    """The level a heading names; None when it is none. “แผนงาน: x” is x; “ยุทธศาสตร์ที่ 1 …” stays as it is."""
    plain = " ".join(text.split())
    led = _LED.match(_COUNTED.sub("", plain))
    if led is not None:
        level = next(key for key, label in LABELS.items() if label == led[1])
        rest = led[2].strip()
        return Group(_MEANS.get(level, level), "" if rest in ("-", "–") else rest, level == "issue")
    bare = _COUNTED.sub("", plain)
    word = squeezed(bare)
    level = next((level for begin, level in _BEGINS if word.startswith(begin)), "")
    return Group(level, bare, word.startswith("ประเด็น")) if level else None


def written(level: str, text: str, *, issue: bool) -> str:
    """A heading that `group_of` reads as this level and text."""
    found = group_of(text)
    if found is not None and (found.level, found.text) == (level, text):
        return text
    return f"{LABELS['issue' if level == 'strategy' and issue else level]}: {text or '-'}"


def revision_of(text: str) -> Revision | None:
    """The revision a text names: “แผนพัฒนาท้องถิ่น เพิ่มเติม ครั้งที่ ๑/๒๕๖๗”."""
    found = _REVISED.search(squeezed(text))
    return Revision(_REVISIONS[found[1]], int(found[2]), int(found[3])) if found is not None else None


def revision_words(revision: Revision) -> str:
    """A revision as a heading; "" for the original plan."""
    if revision.kind == "original":
        return ""
    return f"{REVISION_WORDS[revision.kind]} ครั้งที่ {revision.number}/{revision.year}"


def is_sum(text: str) -> bool:
    """Whether a text leads a row of totals in."""
    return bool(_SUM_MORE.match(squeezed(text)))


def is_foot(text: str) -> bool:
    """Whether it is a note or a signature below the table."""
    return bool(_FOOT.match(squeezed(text)))


def is_mark(text: str) -> bool:
    """Whether it is a running number of a project: 1, ๑., 1.2, (3)."""
    return bool(_MARK.fullmatch(squeezed(text)))
