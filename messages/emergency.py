"""What the bot says when life or limb is at stake: numbers to tap, a line of advice, never that help was sent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from messages.blocks import RED, card
from messages.parts import call, flex, pack, quick, say, tap, text
from messages.words import Words

Json = dict[str, Any]

#: Which numbers to offer, by kind (thai-nlp notes §5; the town's own rescue crew follows). Checked in the docs' table.
NUMBERS = {
    "fire": ("199", "1669"),
    "electric": ("1669", "1129"),
    "flood": ("1784", "1669"),
    "accident": ("1669", "191"),
    "hazmat": ("199", "1669"),
    "drowning": ("1669", "199"),
    "rescue": ("199", "1669"),
    "medical": ("1669",),
    "crime": ("191", "1669"),
    "missing": ("191",),
    "suicide": ("1323", "1669"),
    "storm": ("1784", "1669"),
    "unknown": ("191", "1669", "199"),
}
#: A hazard has an owner to call before anybody is hurt.
HAZARD_NUMBERS = {**NUMBERS, "electric": ("1129", "199"), "accident": ("191", "1669"), "flood": ("1784",)}
ALL = ("1669", "199", "191", "1784", "1129", "1323", "1300")


def calls(w: Words, numbers: Sequence[str]) -> list[Json]:
    """A tap-to-call action for each number, and the town's own rescue crew."""
    found = [call(w("emergency.call", number=n, name=w(f"emergency.name_{n}")), n) for n in numbers]
    rescue = str(w.fields.get("rescue_phone", ""))
    if rescue and rescue not in numbers and any(c.isdigit() for c in rescue):
        found.append(call(w("emergency.call", number=rescue, name=w("emergency.name_rescue")), rescue))
    return found


def danger(w: Words, kind: str, *, offer: bool) -> list[Json]:
    """Life is at stake: call. `offer` adds the way to record it as a case too."""
    lines = [w("emergency.danger"), w(f"emergency.advice_{kind}")]
    bubble = card(
        lines[0].split("\n", maxsplit=1)[0], [*lines[0].split("\n")[1:], lines[1]], calls(w, NUMBERS[kind]), colour=RED
    )
    message = flex(w("emergency.alt"), bubble)
    if not offer:
        return [message]
    buttons = [
        tap(w("emergency.record"), pack("emergency.record")),
        tap(w("emergency.not_urgent"), pack("emergency.record")),
    ]
    return [message, text(w("emergency.ask_ticket"), *buttons)]


def hazard(w: Words, kind: str) -> Json:
    """Something that can hurt people soon: keep away, and whom to call. The report goes on after it."""
    body = f"{w('emergency.hazard')}\n{w(f'emergency.advice_{kind}')}"
    first, *rest = body.split("\n")
    return flex(w("emergency.alt"), card(first, rest, calls(w, HAZARD_NUMBERS[kind]), colour=RED))


def past(w: Words, kind: str) -> Json:
    """Danger that is over or only spoken of: the number in one line."""
    return text(w("emergency.past", number=NUMBERS[kind][0]))


def self_harm(w: Words) -> list[Json]:
    """Somebody may want to die: kindness and a person to talk to; no numbers games, no forms."""
    first, *rest = w("emergency.self_harm").split("\n")
    bubble = card(first, rest, calls(w, ("1323", "1669")))
    return [quick(flex(first, bubble), say(w("button.talk")))]


def numbers(w: Words) -> list[Json]:
    """All emergency numbers."""
    bubble = card(w("emergency.numbers"), [], calls(w, ALL), colour=RED)
    return [quick(flex(w("emergency.alt"), bubble), tap(w("button.report"), pack("report")))]
