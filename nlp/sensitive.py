"""What must never become public, and what is only swearing.

Sensitive matters (corruption, violence in a home, self-harm, drugs, threats) are shown to named staff alone. Swearing
is noticed, so that staff can be warned, but it never stands in the way of help: an angry complaint is a complaint.
"""

from __future__ import annotations

from .lexicon import Scan

#: Strength (see `Scan.labels`) from which a matter is sensitive. One "likely" line is not enough.
SENSITIVE = 4.0
#: Share of the message (without blanks) that is not abuse from which it says something besides.
SUBSTANCE = 10


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


def only_abuse(scan: Scan) -> bool:
    """Whether the message is nothing but abuse: no matter of the town in it, no question, no case asked after."""
    if not (scan.has("abuse", "swear") or scan.has("abuse", "insult")):
        return False
    substance = {"category", "emergency", "sensitive", "department", "agency"}
    if any(table in substance and any(e.weight >= 3.0 for e in found) for (table, _), found in scan.evidence.items()):
        return False
    return not any(value >= 5.0 for label, value in scan.labels("intent").items() if label not in ("other", "question"))
