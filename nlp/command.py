"""The function behind `songsiang nlp`: JSON lines in, JSON lines out, so that anyone can measure what we understand.

echo '{"text": "ไฟหน้าวัดดับ"}' | songsiang nlp
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any, TextIO

from .types import Context, Scored, Understanding
from .understand import understand

#: Categories and departments written per line; what comes after is noise.
MOST = 5


def run(source: Iterable[str], target: TextIO, now: datetime) -> int:
    """Understand every line of `source` and write one line each to `target`; returns the exit status (0).

    A line that is no JSON object with a text gives a line with the one key "error". Nothing stops the stream; empty
    lines are skipped. `now` is aware; relative dates are read from it.
    """
    context = Context(now=now)
    for line in source:
        if line.strip():
            print(json.dumps(_answer(line, context), ensure_ascii=False), file=target, flush=True)
    return 0


def as_json(understood: Understanding) -> dict[str, Any]:
    """What is understood of one message as plain JSON values, with exactly the keys that are promised."""
    place = understood.place
    return {
        "intent": understood.intent,
        "intent_p": round(understood.intent_p, 4),
        "emergency": understood.emergency,
        "categories": _ranked(understood.categories),
        "departments": _ranked(understood.departments),
        "agency": understood.agency,
        "urgency": understood.urgency,
        "place": None if place is None else {name: getattr(place, name) for name in place.__slots__},
        "dates": [date.day.isoformat() for date in understood.dates],
        "pii": [{"kind": pii.kind, "start": pii.start, "end": pii.end} for pii in understood.pii],
        "abusive": understood.abusive,
        "sensitive": understood.sensitive,
    }


def _answer(line: str, context: Context) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        return {"error": f"no JSON: {error}"[:200]}
    text = row.get("text") if isinstance(row, dict) else None
    if not isinstance(text, str):
        return {"error": 'an object {"text": "…"} is wanted'}
    return as_json(understand(text, context))


def _ranked(ranked: tuple[Scored, ...]) -> list[dict[str, Any]]:
    return [{"code": code, "p": round(p, 4)} for code, p in ranked[:MOST]]
