"""How a case is written: its number, place, state and days, the same wherever it is shown."""

from __future__ import annotations

from datetime import datetime

from messages.limits import cut
from messages.thai import case_number, local, thai_date
from messages.words import Words
from models.tickets import Entry, Ticket


def number(ticket: Ticket) -> str:
    """“42/69”."""
    return case_number(ticket.fiscal_year, ticket.number)


def category(ticket: Ticket) -> str:
    """The category's Thai name."""
    return ticket.kind_of.name


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


def day(moment: datetime) -> str:
    """“5 ธันวาคม 2568”, in the town's time."""
    return thai_date(local(moment).date())


def brief_day(moment: datetime) -> str:
    """“5 ธ.ค. 68”."""
    return thai_date(local(moment).date(), short=True)


def entry_line(w: Words, entry: Entry, *, own: bool = True) -> str:
    """One line of history as the resident reads it. `own`: the reader is the reporter."""
    data = entry.data
    words = short(entry.words, 200)
    tail = f" · {words}" if words else ""
    match entry.what:
        case "created" | "taken" | "forwarded":
            return w(f"entry.{entry.what}", department=data.get("department", ""))
        case "said":
            return w("entry.said" if own else "entry.said_other", words=words or w("entry.media"))
        case "waiting":
            return w("entry.waiting", reason=w(f"pause.{data.get('reason', 'other')}"), words=tail)
        case "outside":
            return w("entry.outside", agency=data.get("agency", ""), words=tail)
        case "rated":
            return w("entry.rated", rating=data.get("rating", ""))
        case "photo" | "withdrawn" | "joined":
            return w(f"entry.{entry.what}")
        case _:
            return w(f"entry.{entry.what}", words=words)


def file_address(base: str, token: str) -> str:
    """Where a stored file is served (web/files.py): only who has the unguessable token can ask for it."""
    return f"{base}/f/{token}"


def preview_address(base: str, token: str) -> str:
    """Where a photo's small copy is served."""
    return f"{base}/f/{token}/preview"
