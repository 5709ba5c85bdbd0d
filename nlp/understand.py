"""Everything understood of one message, behind one function. Pure: no network, no database, no clock of its own."""

from __future__ import annotations

from . import dates, keyboard, pii, places, problems, routing, scores, sensitive
from .emergency import Alarm, alarm
from .lexicon import Scan, lexicon
from .normalise import normalise
from .types import Context, Intent, Scored, Understanding

#: Probability of the best intent below which the bot had better ask.
SURE = 0.5
#: Characters (of the cleaned text) after which nothing but dangers is looked for.
READ = 1_000


def understand(text: str, context: Context) -> Understanding:
    """What a message means. Any text is accepted, also an empty one; longer than 5,000 characters is cut there."""
    words = lexicon()
    typed = keyboard.retype(text, words) or text
    normal = normalise(typed)
    cleaned = normal.text
    scan = words.scan(cleaned[:READ])
    danger = alarm(scan if len(cleaned) <= READ else words.scan(cleaned))
    categories = scores.categories(scan)
    intents = _intents(scan, categories, danger)
    best = intents[0]
    return Understanding(
        text=cleaned,
        intent=scores.intent_of(best.code),
        intent_p=best.p,
        unsure=best.p < SURE,
        emergency=danger.grade,
        emergency_kind=danger.kind,
        categories=categories,
        departments=routing.departments(categories, scan),
        agency=routing.agency(categories[0].code, scan),
        urgency=scores.urgency(scan, danger.grade),
        place=places.find(normal, context),
        dates=dates.find(normal, context.now),
        pii=pii.find(typed),
        abusive=sensitive.swears(scan),
        sensitive=sensitive.sensitive(scan),
        problems=problems.problems(cleaned[:READ], words),
    )


def _intents(scan: Scan, categories: tuple[Scored, ...], danger: Alarm) -> tuple[Scored, ...]:
    """Intents ranked; a danger at hand and pure abuse are decided by rules."""
    ranked = scores.intents(scan, categories[0])
    decided: Intent | None = "emergency" if danger.now else "abuse" if sensitive.only_abuse(scan) else None
    if decided is None:
        return ranked
    rest = tuple(Scored(code, 0.1 * p) for code, p in ranked)
    return (Scored(decided, 0.9), *rest)
