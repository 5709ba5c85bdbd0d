"""What must never become public, and what is only swearing.

Sensitive matters (corruption, violence in a home, self-harm, drugs, threats) are shown to named staff alone. Swearing
is noticed, so that staff can be warned, but it never stands in the way of help: an angry complaint is a complaint.
"""

from __future__ import annotations

from .finds import Scan

#: Strength (see `Scan.labels`) from which a matter is sensitive. One "likely" line is not enough.
SENSITIVE = 4.0
#: Probability from which the model's word is taken that a message with swearing is nothing but abuse.
ABUSE = 0.4
#: The same for a message longer than so many letters with few insults: whoever writes at length wants something.
LONG, SURELY, FEW = 40, 0.9, 0.3
#: Share of the letters from which swear words are most of a message.
MOSTLY = 0.4


def sensitive(scan: Scan) -> str | None:
    """Why the matter must stay hidden: corruption, abuse, self_harm, drugs or violence; None when it need not."""
    found = scan.labels("sensitive")
    if not found:
        return None
    label = max(found, key=lambda name: (found[name], name == "self_harm"))
    return label if found[label] >= SENSITIVE else None


def swears(scan: Scan) -> bool:
    """Whether the message holds swear words."""
    return scan.has("abuse", "swear")


def only_abuse(scan: Scan, belief: float) -> bool:
    """Whether the message is nothing but abuse: no matter of the town in it, and the words hold little else.

    `belief` is the model's probability of abuse; without it, swear words must make up most of a message.
    """
    said = {place for label in ("swear", "insult") for a, b in scan.spans("abuse", label) for place in range(a, b)}
    if not said:
        return False
    # What stands within the insult is none of the town's matters: ไอ้หน้าหมา is not about dogs.
    matters = [e for (table, label), found in scan.evidence.items() if _substance(table, label) for e in found]
    if any(e.weight >= 1.5 and not said.issuperset(range(e.start, e.end)) for e in matters):
        return False
    letters = len(scan.text)
    at_length = letters > LONG and len(said) < FEW * letters
    return belief >= (SURELY if at_length else ABUSE) or (swears(scan) and len(said) >= MOSTLY * letters)


def _substance(table: str, label: str) -> bool:
    """Whether such words tell of a matter; a threat to staff does not."""
    return table in _SUBSTANCE and (table, label) != ("sensitive", "violence")


_SUBSTANCE = frozenset(("category", "emergency", "sensitive", "department", "agency"))
