"""How a case is written: its number, place, state and days, the same wherever it is shown."""

from __future__ import annotations

from datetime import datetime

from messages import english, thai
from messages.limits import cut
from messages.thai import case_number
from messages.words import Words
from models.tickets import Entry, Ticket
from nlp import pii

#: Personal data that a group of staff need not read; house numbers, plates and names of others tell where and what.
_PRIVATE = ("id", "account", "phone", "line", "email")


def number(ticket: Ticket) -> str:
    """“42/69”."""
    return case_number(ticket.fiscal_year, ticket.number)


def named(w: Words, thai_name: str) -> str:
    """The name of a category, department or agency in the reader's language, where there is one."""
    return english.name(thai_name) if w.language == "en" else thai_name


def category(w: Words, ticket: Ticket) -> str:
    """What the case is about: its category; for an idea, a question or a message that it is one."""
    name = named(w, ticket.kind_of.name)
    if ticket.kind == "complaint":
        return name
    kind = w(f"kind.{ticket.kind}")
    return kind if ticket.category in ("other", "proposal") else f"{kind}: {name}"


def department(w: Words, ticket: Ticket) -> str:
    """The department that has the case."""
    return named(w, ticket.department.name)


def for_group(text: str) -> str:
    """A text as a group of staff reads it: telephone, identity and account numbers covered."""
    return pii.mask(text, tuple(p for p in pii.find(text) if p.kind in _PRIVATE))


def place_for_group(w: Words, ticket: Ticket) -> str:
    """The place as others than the reporter and the one in charge read it: who typed a telephone number there is not
    named by it.
    """
    return for_group(place(w, ticket))


def state(w: Words, ticket: Ticket) -> str:
    """The state in the words for residents; in waiting, what is waited for."""
    if ticket.state == "waiting":
        return w(f"pause.{ticket.pause_reason or 'other'}")
    return w(f"state.{ticket.state}")


def place(w: Words, ticket: Ticket) -> str:
    """The place in words, with the village where it is not said already."""
    moo = w("report.place_moo", moo=ticket.moo) if ticket.moo is not None else ""
    if not ticket.place:
        return moo or w("report.place_nowhere")
    return ticket.place if not moo or moo in ticket.place else f"{ticket.place} ({moo})"


def short(words: str, units: int = 120) -> str:
    """A long text's beginning, in one line."""
    return cut(" ".join(words.split()), units)


def day(w: Words, moment: datetime) -> str:
    """“5 ธันวาคม 2568”, in the town's time."""
    return english.english_date(moment) if w.language == "en" else thai.thai_date(moment)


def brief_day(w: Words, moment: datetime) -> str:
    """“5 ธ.ค. 68”."""
    return english.english_date(moment, short=True) if w.language == "en" else thai.thai_date(moment, short=True)


def time_of_day(w: Words, moment: datetime) -> str:
    """“19.42 น.”."""
    return english.english_time(moment) if w.language == "en" else thai.thai_time(moment)


def ago(w: Words, then: datetime, now: datetime) -> str:
    """“เมื่อวาน”, “3 วันที่แล้ว”."""
    return english.english_ago(then, now) if w.language == "en" else thai.ago(then, now)


def entry_line(w: Words, entry: Entry, *, own: bool = True) -> str:
    """One line of history as the resident reads it. `own`: the reader is the reporter."""
    data = entry.data
    words = short(entry.words, 200)
    tail = f" · {words}" if words else ""
    match entry.what:
        case "created" | "taken" | "forwarded":
            return w(f"entry.{entry.what}", department=named(w, data.get("department", "")))
        case "said":
            return w("entry.said" if own else "entry.said_other", words=words or w("entry.media"))
        case "waiting":
            return w("entry.waiting", reason=w(f"pause.{data.get('reason', 'other')}"), words=tail)
        case "outside":
            return w("entry.outside", agency=named(w, data.get("agency", "")), words=tail)
        case "rated":
            return w("entry.rated", rating=data.get("rating", ""))
        case "reopened" if not words:
            return w("entry.resumed")
        case "withdrawn" | "joined" | "resumed":
            return w(f"entry.{entry.what}")
        case _:
            return w(f"entry.{entry.what}", words=words)


def file_address(base: str, token: str) -> str:
    """Where a stored file is served (web/files.py): only who has the unguessable token can ask for it."""
    return f"{base}/f/{token}"


def preview_address(base: str, token: str) -> str:
    """Where a photo's small copy is served."""
    return f"{base}/f/{token}/preview"
