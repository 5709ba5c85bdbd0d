"""What counts as an answer: short words of assent, refusal and skipping, numbers, and what a tap carries."""

from __future__ import annotations

import unicodedata

from handlers.turn import Turn
from messages.thai import arabic_digits

#: Particles and marks people add; they change nothing about what was meant.
_TAILS = (
    "ครับ",
    "คับ",
    "ค้าบ",
    "ฮะ",
    "ค่ะ",
    "คะ",
    "ค่า",
    "จ้า",
    "จ้ะ",
    "จ๊ะ",
    "นะ",
    "เด้อ",
    "เจ้า",
    "แหละ",
    "เลย",
    "ด้วย",
    "หน่อย",
    "ที",
)

YES = frozenset(
    {
        "ใช่",
        "ใช่แล้ว",
        "ถูก",
        "ถูกต้อง",
        "ตกลง",
        "โอเค",
        "ok",
        "okay",
        "yes",
        "แม่น",
        "แม่นแล้ว",
        "เอา",
        "ได้",
        "ส่ง",
        "ส่งเรื่อง",
        "ยืนยัน",
    }
)
NO = frozenset({"ไม่", "ไม่ใช่", "บ่", "บ่แม่น", "ไม่เอา", "no", "ไม่ต้อง"})
SKIP = frozenset({"ข้าม", "ไม่มี", "ไม่มีรูป", "บ่มี", "ไม่มีแล้ว", "ไปต่อ", "ต่อไป", "ผ่าน", "skip", "พอแล้ว", "หมดแล้ว"})


def plain(text: str) -> str:
    """A short message as it would be said plainly: one form of each letter, no particles, marks or spaces around."""
    words = unicodedata.normalize("NFC", text).strip().strip("!?.,…~ \n\t").lower()
    shorter = True
    while shorter:
        shorter = False
        for tail in _TAILS:
            if words.endswith(tail) and len(words) > len(tail) + 1:
                words, shorter = words.removesuffix(tail).rstrip(), True
    return words


def said(turn: Turn, *meanings: frozenset[str]) -> bool:
    """Whether the message is one of these short words."""
    return turn.event.kind == "text" and any(plain(turn.text) in meaning for meaning in meanings)


def tapped(turn: Turn) -> str | None:
    """The value a form's button carries, else None."""
    return turn.event.fields.get("v") if turn.event.kind == "tap" and turn.event.route == "f" else None


def words(turn: Turn, at_least: int = 2) -> str | None:
    """The typed text, if there is enough of it and it holds a letter or a digit (an emoji storm is no answer)."""
    if turn.event.kind != "text" or len(turn.text) < at_least:
        return None
    return turn.text if any(unicodedata.category(c)[0] in "LN" for c in turn.text) else None


def number(turn: Turn) -> int | None:
    """A typed whole number of at most four digits, Thai or Arabic, also as “หมู่ 7”, “ม.7”."""
    if turn.event.kind != "text":
        return None
    digits = arabic_digits(plain(turn.text)).removeprefix("หมู่ที่").removeprefix("หมู่").removeprefix("ม.").strip()
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 4 else None
