"""Is somebody in danger, and is it now? Rules only: they must hold when everything else is broken.

`emergency.toml` finds dangers, `mention.toml` finds the words that make one past, supposed, rehearsed, frequent or only
asked about. Each danger found is judged on its own, by what stands around it; the worst that is left counts. A mistake
towards "danger" costs the resident one extra line of text, the other kind may cost a life: only clear signs suppress.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from .finds import Evidence, Scan, Span
from .types import Emergency

#: The tables of the lexicon that dangers are told by.
TABLES = frozenset(("emergency", "mention", "cry"))
#: Dangers judged in one message, the worst first; only a message made to be slow holds more.
MOST = 60
#: Characters before a danger in which "if", "afraid that" or "might" still speak of it.
REACH = 18
#: Characters directly before it in which "nearly", "will" or "without" undo it.
CLOSE = 1
#: A danger further than this from "yesterday" (or "in the drill", "often") is not meant by it.
FAR = 60
#: A time long ago this close to a danger is when it was, even where "now" stands on the other side.
ADJOINING = 12
#: A message longer than this (characters without blanks) that neither presses nor says "now" tells a story.
STORY = 150
#: A message this short (characters without blanks) that is nothing but a cry for help is one.
CRY = 16

_GRADES = {5.0: "danger", 4.0: "acute", 3.0: "hazard"}
_ORDER = ("danger", "acute", "hazard", "past")
# What lasts: a pole that fell yesterday still lies there.
_LASTING = frozenset(("electric", "hazmat", "rescue", "storm"))
# Who was lost, or tired of life, before today is so today unless the message says that it is over.
_STILL = frozenset(("missing", "suicide"))
# What people tell of at length without being in it: accidents, quarrels.
_TOLD = frozenset(("accident", "crime", "drowning"))
_BESIDES = ("talk", "question", "habit")
# "Cars crash here all the time" tells of a bad road; "he faints often" does not tell that he is well.
_FREQUENT = frozenset(("accident", "crime", "fire", "flood", "drowning", "rescue"))
# What people ask about beforehand; how to help somebody who chokes is asked when he does.
_FORESEEN = frozenset(("storm", "flood", "fire", "hazmat", "rescue"))
# Who says that he is going to kill himself or another is in danger now.
_MEANT = frozenset(("suicide", "crime"))
_THREATS = ("จะ", "สิ", "ขู่")


class Alarm(NamedTuple):
    """What was found: the grade handed out, the kind, and whether people are in danger now (`now`)."""

    grade: Emergency
    kind: str | None
    now: bool


NONE = Alarm("none", None, now=False)


class _Said(NamedTuple):
    """The words of `mention.toml` in a message: by label where they stand, found once for all dangers in it."""

    length: int
    spans: Mapping[str, list[Span]]

    def has(self, label: str) -> bool:
        return label in self.spans

    def of(self, label: str) -> list[Span]:
        return self.spans.get(label, [])


def alarm(scan: Scan) -> Alarm:
    """The worst danger a scanned text speaks of."""
    told = [
        (kind, found)
        for (table, kind), evidence in scan.evidence.items()
        if table == "emergency"
        for found in _specific(evidence)
    ]
    if not told:
        return _cry(scan)
    told.sort(key=lambda one: -one[1].weight)
    said = _said(scan)
    judged = [(_judge(said, kind, found), kind, found) for kind, found in told[:MOST]]
    grade, kind, _ = min(judged, key=lambda j: (_ORDER.index(j[0]), j[1] == "unknown", j[2].start - j[2].end))
    if grade == "past":
        return Alarm("past", kind, now=False)
    return Alarm("danger" if grade == "danger" else "hazard", kind, now=grade == "danger")


def _said(scan: Scan) -> _Said:
    """The mentions of a scan; a past time inside "since yesterday" is none."""
    spans = {label: scan.spans(table, label) for table, label in scan.evidence if table == "mention"}
    since = spans.get("since", [])
    for label in ("past", "ago"):
        spans[label] = [s for s in spans.get(label, []) if not any(a <= s[0] and s[1] <= b for a, b in since)]
    return _Said(len(scan.text), spans)


def _specific(evidence: list[Evidence]) -> list[Evidence]:
    """The evidence without what lies inside a longer expression: ไฟไหม้ in ไฟไหม้หญ้า is no house on fire."""
    whole = [one for one in evidence if " " not in one.rule]
    return [
        found
        for found in evidence
        if not any(
            one.start <= found.start and found.end <= one.end and one.end - one.start > found.end - found.start
            for one in whole
        )
    ]


def _judge(said: _Said, kind: str, found: Evidence) -> str:
    """The grade of one danger after looking at the words around it."""
    grade = _GRADES[found.weight]
    if _over(said) or (grade != "hazard" and _undone(said, kind, found)):
        return "past"
    now = _nearest(said, "present", found)
    if not _lasting(kind, grade) and _gone(said, found, now):
        return "past"
    pressing = now < REACH or said.has("plea")
    if grade == "danger" and kind in _TOLD and said.length > STORY and not pressing:
        return "past"
    reach = REACH if pressing else FAR
    return "past" if any(_nearest(said, label, found) < reach for label in _besides(kind, grade)) else grade


def _besides(kind: str, grade: str) -> tuple[str, ...]:
    """The labels whose words, standing near a danger of this kind, tell that nobody is in it now."""
    foreseen = ("howto",) if kind in _FORESEEN else ()
    return (*(_BESIDES if kind in _FREQUENT and grade == "danger" else _BESIDES[:2]), *foreseen)


def _gone(said: _Said, found: Evidence, now: int) -> bool:
    """It was before: a past time stands nearer than "now", or a time long ago stands right beside it."""
    if _past(said, found) < min(now, FAR):
        return True
    return _past(said, found, "ago") < ADJOINING and not said.has("plea")


def _over(said: _Said) -> bool:
    """The message says that it is over; not where it cries for help and says what still is: three were got out."""
    return said.has("over") and not (said.has("plea") and said.has("present"))


def _lasting(kind: str, grade: str) -> bool:
    return kind in _STILL or (kind in _LASTING and grade != "danger")


def _undone(said: _Said, kind: str, found: Evidence) -> bool:
    """Words before that turn it into something that has not happened: "เกือบโดนรถชน", "กลัวไฟไหม้"."""
    start = found.start
    close = ("nearly",) if kind in _MEANT else ("nearly", "soon")
    if any(0 <= start - b <= CLOSE for label in close for _, b in said.of(label)):
        return True
    # "If a thief breaks in" is supposed; "if I see you I will kill you" is meant.
    word = {"crime": "if", "suicide": None}.get(kind, "supposed")
    if word is None or (word == "if" and any(threat in found.rule for threat in _THREATS)):
        return False
    return any(a < start and start - b <= REACH and not _between(said, b, start, "present") for a, b in said.of(word))


def _past(said: _Said, found: Evidence, label: str = "past") -> int:
    """Characters to the nearest word that puts it into the past."""
    return min((_distance(span, found) for span in said.of(label)), default=FAR)


def _nearest(said: _Said, label: str, found: Evidence) -> int:
    """Characters to the nearest such word outside the danger itself: ซ้อมเมีย is no drill (ซ้อม).

    A danger told in several words may have it between them: ข้างบ้านเผาขยะทุกเย็น ควันโขมง.
    """
    parted = " " in found.rule
    return min(
        (
            _distance(span, found)
            for span in said.of(label)
            if span[1] <= found.start
            or span[0] >= found.end
            or (parted and found.start < span[0] < span[1] < found.end)
        ),
        default=FAR,
    )


def _cry(scan: Scan) -> Alarm:
    """A message that is nothing but a cry for help: "ช่วยด้วย", "ไหม้", "1669"."""
    if len(scan.text) > CRY:
        return NONE
    for table, kind in scan.evidence:
        said = {place for a, b in scan.spans("cry", kind) for place in range(a, b)} if table == "cry" else ()
        if len(said) * 2 >= max(len(scan.text), 1):
            return Alarm("danger", kind, now=True)
    return NONE


def _between(said: _Said, start: int, end: int, label: str) -> bool:
    return any(start <= a and b <= end for a, b in said.of(label))


def _distance(span: Span, found: Evidence) -> int:
    return max(span[0] - found.end, found.start - span[1], 0)
