"""How long understanding takes, as ratios against plain baselines on the same machine: `python -m bench.nlp`.

Wall times of a shared machine mean little; how many times longer something takes than a baseline that ran in the same
minute means more. CPU time is used throughout.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from datetime import UTC, datetime

from nlp import Context, understand
from nlp.emergency import alarm
from nlp.features import of_rules
from nlp.lexicon import lexicon
from nlp.model import load
from nlp.normalise import normalise
from nlp.pii import find as find_pii

CONTEXT = Context(now=datetime(2026, 11, 20, tzinfo=UTC), centre=(18.8, 98.9))
USUAL = (
    "สวัสดีค่ะ ไฟทางหน้าวัดดับมา 3 คืนแล้ว มืดมาก เด็กเดินกลับบ้านลำบาก แจ้งไปหลายรอบแล้วไม่มีใครมาดูเลย "
    "รบกวนมาซ่อมให้ด้วยนะคะ อยู่หมู่ 5 ซอยร่วมใจ ใกล้ร้านป้า โทร 081-555-0142 ขอบคุณค่ะ เดือดร้อนกันทั้งซอยจริงๆ ค่ะ"
)[:200]
PIECES = ("ไฟไหม้", "คนตก", "081-", "หมู่ 5 ", "นาย", "ก", "่", "5", "หน้าวัด", "wafy[ ", "ไฟดับและขยะ,", "1 ", "บัญชี ")


def microseconds(work: Callable[[], object], least: float = 0.3) -> float:
    """CPU time of one call, the mean over at least `least` seconds."""
    work()
    count, start = 0, time.process_time()
    while time.process_time() - start < least:
        work()
        count += 1
    return (time.process_time() - start) / count * 1e6


def words_in_a_loop(words: list[str], text: str) -> list[str]:
    """The baseline: every word looked for with `in`."""
    return [word for word in words if word in text]


def usual() -> None:
    """One message of 200 characters, part by part, against looking for the same words with `in`."""
    words, model = lexicon(), load()
    plain = [rule.source for rule in words.rules if " " not in rule.source and "{" not in rule.source]
    cleaned = normalise(USUAL).text
    scan = words.scan(cleaned)
    base = microseconds(lambda: words_in_a_loop(plain, cleaned))
    print(f"message of {len(USUAL)} characters; baseline: {len(plain)} words looked for with `in`: {base:.0f} µs")
    parts: dict[str, Callable[[], object]] = {
        "normalise": lambda: normalise(USUAL),
        f"scan ({len(words.rules)} rules)": lambda: words.scan(cleaned),
        "danger rules": lambda: alarm(scan),
        "personal data": lambda: find_pii(USUAL),
        "model": lambda: model.predict(cleaned, of_rules(scan)),
        "understand, whole": lambda: understand(USUAL, CONTEXT),
    }
    for name, work in parts.items():
        took = microseconds(work)
        print(f"  {name:28} {took:8.0f} µs  {took / base:5.1f} × baseline")


def hostile() -> None:
    """The longest messages LINE lets through, against 200 usual characters; linear growth would be 25 times."""
    base = microseconds(lambda: understand(USUAL, CONTEXT))
    letters = [chr(code) for code in range(0x0E01, 0x0E4F)]
    random.seed(1)
    texts = {piece.strip() or repr(piece): (piece * 5_000)[:5_000] for piece in PIECES}
    texts["random Thai letters"] = "".join(random.choices(letters, k=5_000))
    texts["words of the lexicon"] = "".join(
        random.choices([r.source for r in lexicon().rules if " " not in r.source], k=900)
    )
    print("\n5,000 characters of")
    for name, text in texts.items():
        took = microseconds(lambda text=text: understand(text, CONTEXT), 0.1)  # type: ignore[misc]
        print(f"  {name:28} {took / 1000:8.1f} ms  {took / base:5.1f} × a usual message")


if __name__ == "__main__":
    usual()
    hostile()
