"""Everything understood of one message, behind one function. Pure: no network, no database, no clock of its own."""

from __future__ import annotations

from . import dates, keyboard, pii, places, problems, sensitive
from .decide import decide
from .emergency import TABLES, alarm
from .lexicon import lexicon
from .model import Model, load
from .normalise import Normal, normalise
from .types import Context, Understanding

#: Probability of the best intent below which the bot had better ask.
SURE = 0.5
#: Characters (of the cleaned text) after which nothing but dangers and personal data is looked for.
READ = 1_000
#: Dangers are looked for in so many characters from the start and so many before the end: of what LINE lets through,
#: five thousand, only a text that nobody types on a telephone has a middle.
START, END = 2_000, 1_000


def understand(text: str, context: Context, model: Model | None = None) -> Understanding:
    """What a message means. Any text is accepted, also an empty one; longer than 5,000 characters is cut there.

    `model` stands in for the shipped one (a town's own corrections, see `nlp.learning`).
    """
    words = lexicon()
    typed = keyboard.retype(text, words) or text
    normal = normalise(typed)
    head = Normal(normal.text[:READ], normal.starts)
    cleaned = normal.text
    scan = words.scan(head.text)
    danger = alarm(scan if len(cleaned) <= READ else words.scan(_ends(cleaned), TABLES))
    decided = decide(head.text, scan, danger, model or load())
    return Understanding(
        text=cleaned,
        intent=decided.intent,
        intent_p=decided.intent_p,
        unsure=decided.intent_p < SURE,
        emergency=decided.emergency,
        emergency_kind=decided.emergency_kind,
        categories=decided.categories,
        departments=decided.departments,
        agency=decided.agency,
        urgency=decided.urgency,
        place=places.find(head, context),
        dates=dates.find(head, context.now),
        pii=pii.find(typed),
        abusive=sensitive.swears(scan),
        sensitive=sensitive.sensitive(scan),
        problems=problems.problems(head.text, words, scan),
    )


def _ends(text: str) -> str:
    """The start and the end of a very long text, on two lines; others whole."""
    return text if len(text) <= START + END else f"{text[:START]}\n{text[-END:]}"
