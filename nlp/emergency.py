"""Is somebody in danger, and is it now? Rules only: they must hold when everything else is broken.

`emergency.toml` finds dangers, `mention.toml` finds the words that make one past, supposed, rehearsed, frequent or only
asked about. Each danger found is judged on its own, by what stands around it; the worst that is left counts. A mistake
towards "danger" costs the resident one extra line of text, the other kind may cost a life: only clear signs suppress.
"""

from __future__ import annotations

from typing import NamedTuple

from .lexicon import Evidence, Scan, Span
from .types import Emergency

#: Characters before a danger in which "if", "afraid that" or "might" still speak of it.
REACH = 18
#: Characters directly before it in which "nearly", "will" or "without" undo it.
CLOSE = 6
#: A danger further than this from "yesterday" in either direction is not dated by it.
DATED = 60
#: A message this short (characters without blanks) that is nothing but a cry for help is one.
CRY = 16

_GRADES = {5.0: "danger", 4.0: "acute", 3.0: "hazard"}
_ORDER = ("danger", "acute", "hazard", "past")


class Alarm(NamedTuple):
    """What was found: the grade handed out, the kind, and whether it calls for action before any question (`now`)."""

    grade: Emergency
    kind: str | None
    now: bool


NONE = Alarm("none", None, now=False)


def alarm(scan: Scan) -> Alarm:
    """The worst danger a scanned text speaks of."""
    judged = [
        (_judge(scan, found), kind, found)
        for (table, kind), evidence in scan.evidence.items()
        if table == "emergency"
        for found in evidence
    ]
    if not judged:
        return _cry(scan)
    grade, kind, _ = min(judged, key=lambda j: (_ORDER.index(j[0]), j[1] == "unknown", -(j[2].end - j[2].start)))
    if grade == "past":
        return Alarm("past", kind, now=False)
    return Alarm("danger" if grade == "danger" else "hazard", kind, now=grade != "hazard")


def _judge(scan: Scan, found: Evidence) -> str:
    """The grade of one danger after looking at the words around it."""
    grade = _GRADES[found.weight]
    if _undone(scan, found):
        return "past"
    if _pressing(scan, found):
        return grade
    return "past" if _elsewhere(scan, found) else grade


def _undone(scan: Scan, found: Evidence) -> bool:
    """Words directly before that turn it into something that has not happened: "เกือบโดนรถชน", "กลัวไฟไหม้"."""
    start = found.start
    return any(b <= start and start - b <= CLOSE for _, b in scan.spans("mention", "nearly")) or any(
        a < start and start - b <= REACH and not _between(scan, b, start, "present")
        for a, b in scan.spans("mention", "supposed")
    )


def _pressing(scan: Scan, found: Evidence) -> bool:
    """Words that say it is now: "กำลัง", "ช่วยด้วย", "ด่วน"; not when the same message says it is over."""
    if scan.has("mention", "over"):
        return False
    now = scan.spans("mention", "present")
    if any((b <= found.start and found.start - b <= REACH) or 0 <= a - found.end <= REACH for a, b in now):
        return not scan.has("mention", "talk")
    return scan.has("mention", "plea") and not any(
        scan.has("mention", label) for label in ("talk", "question", "habit", "past")
    )


def _elsewhere(scan: Scan, found: Evidence) -> bool:
    """Past, over, rehearsed, frequent or asked about."""
    past = [s for s in scan.spans("mention", "past") if not _covered(s, scan.spans("mention", "since"))]
    if any(_distance(span, found) <= DATED for span in past):
        return True
    return any(scan.has("mention", label) for label in ("over", "talk", "question", "habit"))


def _cry(scan: Scan) -> Alarm:
    """A message that is nothing but a cry for help."""
    spans = scan.spans("mention", "plea")
    said = {position for a, b in spans for position in range(a, b)}
    if spans and len(scan.text) <= CRY and len(said) * 2 >= len(scan.text) and not _has_category(scan):
        return Alarm("danger", "unknown", now=True)
    return NONE


def _has_category(scan: Scan) -> bool:
    return any(table == "category" for table, _ in scan.evidence)


def _between(scan: Scan, start: int, end: int, label: str) -> bool:
    return any(start <= a and b <= end for a, b in scan.spans("mention", label))


def _covered(span: Span, others: list[Span]) -> bool:
    return any(a <= span[0] and span[1] <= b for a, b in others)


def _distance(span: Span, found: Evidence) -> int:
    return max(span[0] - found.end, found.start - span[1], 0)
