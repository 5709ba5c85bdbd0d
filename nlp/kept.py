"""What is kept of a message: its text without numbers nobody needs, and the guess, for learning from corrections."""

from __future__ import annotations

from typing import Any

from .pii import find, mask
from .types import Understanding


def covered(text: str) -> str:
    """The text as it is kept: numbers of identity cards and bank accounts are never needed, so they are covered."""
    return mask(text, tuple(p for p in find(text) if p.kind in ("id", "account")))


def guess_of(heard: Understanding) -> dict[str, Any]:
    """What the bot understood, as JSON: intent, the three best categories, the two best departments, what alarms."""
    return {
        "intent": heard.intent,
        "intent_p": round(heard.intent_p, 3),
        "categories": [[c.code, round(c.p, 3)] for c in heard.categories[:3]],
        "departments": [[d.code, round(d.p, 3)] for d in heard.departments[:2]],
        "emergency": heard.emergency,
        "sensitive": heard.sensitive,
    }
