"""What counts as an answer: short words of assent, refusal and skipping, numbers, and what a tap carries."""

from __future__ import annotations

import unicodedata

from handlers.events import MEDIA
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
        "ส่งได้",
        "ส่งเรื่อง",
        "ยืนยัน",
        "send",
        "correct",
    }
)
NO = frozenset({"ไม่", "ไม่ใช่", "ไม่ถูก", "บ่", "บ่แม่น", "ไม่เอา", "ไม่ส่ง", "no", "not now", "ไม่ต้อง", "ไม่มีอะไร", "แก้", "แก้ไข"})
SKIP = frozenset(
    {
        *("ข้าม", "ไม่มี", "ไม่มีรูป", "บ่มี", "บ่มีรูป", "ไม่มีแล้ว", "ไปต่อ", "ต่อไป", "ผ่าน", "พอแล้ว", "หมดแล้ว"),
        *("skip", "none", "no photo", "nothing", "next"),
    }
)
#: Somebody who cannot say (which kind it is, or where).
UNKNOWN = frozenset({"ไม่รู้", "ไม่ทราบ", "บ่ฮู้", "บ่จัก", "ไม่แน่ใจ", "จำไม่ได้", "ทั้งตำบล", "don't know", "not sure"})
#: A text shorter than this is not taken for a matter of its own while a small question is open; a longer one than
#: the second number always is: nobody answers “how many stars?” at such length.
OF_ITS_OWN, LONG = 8, 80
#: Greetings and thanks are no longer than this; what is longer says something besides.
CHATTER = 20


def plain(text: str) -> str:
    """A short message as it would be said plainly: one form of each letter, no particles, marks or spaces around."""
    words = _bare(unicodedata.normalize("NFC", text).lower())
    shorter = True
    while shorter:
        shorter = False
        for tail in _TAILS:
            if words.endswith(tail) and len(words) > len(tail) + 1:
                words, shorter = _bare(words.removesuffix(tail)), True
    return words


def _bare(words: str) -> str:
    """Without the spaces, marks and pictures around it; Thai vowels above and below (category M) belong to letters."""
    start, end = 0, len(words)
    while start < end and unicodedata.category(words[start])[0] in "ZPSC":
        start += 1
    while end > start and unicodedata.category(words[end - 1])[0] in "ZPSC":
        end -= 1
    return words[start:end].rstrip("\ufe0f")


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


def chatter(turn: Turn) -> bool:
    """Whether a text only greets or thanks: polite, and no answer to anything."""
    return turn.event.kind == "text" and len(turn.text) <= CHATTER and turn.heard.intent in ("greeting", "thanks")


def something_else(turn: Turn) -> bool:
    """Whether this is clearly a matter of its own, not an answer to the small question that is open."""
    if turn.event.kind in (*MEDIA, "place"):
        return True
    if words(turn, OF_ITS_OWN) is None or number(turn) is not None:
        return False
    heard = turn.heard
    if len(turn.text) > LONG:
        return True
    return not heard.unsure and heard.intent in ("complaint", "question", "suggestion", "proposal", "status")
