"""Moves on the page of a case: reply, forward, wait, finish, refuse, open again, another day, another owner, correct.

Each is a form. Sent, it is held against what has happened since its writer looked (a page shows both), kept back for a
minute in which it can be undone, recorded in the audit, and told by the worker (bot/news.py).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from flask import request
from sqlalchemy import select

from messages import cases
from messages import news as say
from messages.words import LANGUAGES
from models import undoing, work
from models.filing import work_due
from models.lessons import teach
from models.staff import Staff
from models.templates import fill
from models.tickets import Entry, NotAllowed, Ticket
from models.town import Agency, Category, Department
from web import access, uploads
from web.access import Right
from web.case_forms import Assign, Correct, Done, Due, Forward, Move, Note, Refuse, Reopen, Reply, Wait, prepared
from web.case_view import ready_for, values
from web.cases import pages
from web.desk import Desk, Page, needs
from web.forms import Form
from web.words import speaking

__all__ = ["pages"]

#: Lines of history that do not contradict what somebody else is about to save.
HARMLESS = (
    *("said", "joined", "rated", "note", "looked", "transcribed", "photos"),
    *("published", "unpublished", "shown", "unshown"),
)


@dataclass(frozen=True)
class Deed:
    """A move: its form, who may do it, and what it does. `do` raises NotAllowed where the rules forbid it."""

    form: type[Move]
    do: Callable[[Desk, Ticket, Any, Staff], Entry]
    right: Right = access.may_work_cases


# -- forms -------------------------------------------------------------------------------------------------------------


def fresh(desk: Desk, ticket: Ticket, do: str) -> Form:
    """An empty form, with what is now, and a ready answer if one was chosen (`?template=3`)."""
    given: dict[str, Any] = {}
    if do == "reply":
        given["mode"] = "answer" if ticket.kind == "question" else "progress"
    if do == "due" and ticket.due_at is not None:
        given["day"] = ticket.due_at.date()
    if do == "correct":
        given |= {"category": ticket.category, "department": str(ticket.department_id), "urgency": ticket.urgency}
    if do == "assign":
        given["to"] = str(ticket.owner_id or desk.viewer.staff_id)
    given |= _ready(desk, ticket, do)
    given |= {name: value for name, value in request.args.items() if name in ("mode", "to", "into")}
    return prepared(desk, ticket, FORMS[do](w=desk.w, data=given))


def _ready(desk: Desk, ticket: Ticket, do: str) -> dict[str, str]:
    chosen = request.args.get("template", "")
    if not chosen.isdecimal():
        return {}
    found = next((t for t in ready_for(desk, ticket, do) if t.id == int(chosen)), None)
    if found is None:
        return {}
    words = {"words": fill(found.words, fields_of(desk, ticket))}
    return words | ({"mode": found.use} if do == "reply" else {})


def fields_of(desk: Desk, ticket: Ticket) -> dict[str, str]:
    """What the braces of a ready answer become in this case. In Thai, like the ready answers themselves."""
    w = speaking("th", desk.settings, desk.console.public_url)
    return {
        "number": cases.number(ticket),
        "category": cases.category(w, ticket),
        "department": ticket.department.name,
        "place": cases.place(w, ticket) if ticket.place or ticket.moo is not None else "",
        "due": cases.day(w, ticket.due_at or ticket.answer_by),
        "staff": desk.viewer.name,
        "org": str(desk.settings["town.name"]),
        "phone": ticket.department.phone or str(desk.settings["town.phone"]),
    }


# -- what the moves do -------------------------------------------------------------------------------------------------


def _reply(desk: Desk, ticket: Ticket, form: Reply, staff: Staff) -> Entry:
    words = form.words.data or ""
    if form.mode.data == "ask":
        return work.ask(ticket, staff, desk.now, words)
    if form.mode.data == "answer":
        return work.finish(ticket, staff, desk.now, words, answer=True)
    return work.progress(ticket, staff, desk.now, words)


def _forward(desk: Desk, ticket: Ticket, form: Forward, staff: Staff) -> Entry:
    kind, _, key = str(form.to.data).partition(":")
    words = form.words.data or ""
    if kind == "a":
        return work.outside(ticket, desk.session.get_one(Agency, key), staff, desk.now, words)
    department = desk.session.scalars(select(Department).where(Department.code == key)).one()
    lesson = undoing.lesson_before(desk.session, ticket, "department")
    entry = work.forward(desk.session, ticket, department, staff, desk.now, words)
    entry.before = {"lessons": {"department": lesson}}
    return entry


def _wait(desk: Desk, ticket: Ticket, form: Wait, staff: Staff) -> Entry:
    return work.wait(ticket, staff, desk.now, form.reason.data, form.words.data or "")


def _done(desk: Desk, ticket: Ticket, form: Done, staff: Staff) -> Entry:
    words = form.words.data or ""
    entry = work.finish(ticket, staff, desk.now, words)
    files = uploads.adopt(desk, ticket, "after")
    desk.session.flush()
    entry.before = {"files": [f.id for f in files]}
    entry.data = {**entry.data, "media": [f.message_id for f in files], "no_photo": form.no_photo.data or ""}
    return entry


def _refuse(desk: Desk, ticket: Ticket, form: Refuse, staff: Staff) -> Entry:
    return work.refuse(ticket, staff, desk.now, form.words.data or "")


def _reopen(desk: Desk, ticket: Ticket, form: Reopen, staff: Staff) -> Entry:
    return work.reopen(ticket, staff, desk.now, form.words.data or "")


def _due(desk: Desk, ticket: Ticket, form: Due, staff: Staff) -> Entry:
    return work.postpone(ticket, staff, desk.now, form.moment, form.words.data or "")


def _assign(desk: Desk, ticket: Ticket, form: Assign, staff: Staff) -> Entry:
    return work.assign(ticket, desk.session.get_one(Staff, int(form.to.data)), staff, desk.now)


def _correct(desk: Desk, ticket: Ticket, form: Correct, staff: Staff) -> Entry:
    """Put right what the bot took it for; it learns. A new category may mean another day, until one was set by hand."""
    session, lessons, changed = desk.session, {}, {}
    category = session.get_one(Category, form.category.data)
    department = session.get_one(Department, int(form.department.data))
    if category.code != ticket.category:
        lessons["category"] = undoing.lesson_before(session, ticket, "category")
        teach(session, ticket, "category", category.code, ticket.category, "staff", desk.now)
        changed["category"] = (ticket.kind_of.name, category.name)
        ticket.category, ticket.kind_of = category.code, category
        ticket.sensitive = ticket.sensitive or category.sensitive
        uploads.index(desk, ticket)
    if department.id != ticket.department_id:
        lessons["department"] = undoing.lesson_before(session, ticket, "department")
        teach(session, ticket, "department", department.code, ticket.department.code, "staff", desk.now)
        changed["department"] = (ticket.department.name, department.name)
        ticket.department, ticket.owner = department, None
    if form.urgency.data != ticket.urgency:
        changed["urgency"] = (ticket.urgency, form.urgency.data)
        ticket.urgency = form.urgency.data
    if not changed:
        raise NotAllowed("nothing is corrected")
    _set_day(desk, ticket, category)
    entry = ticket.add("corrected", desk.now, staff=staff, data={"changed": changed}, public=False)
    entry.before = {"lessons": lessons}
    return entry


def _set_day(desk: Desk, ticket: Ticket, category: Category) -> None:
    by_hand = {"due", "waiting", "outside"} & {entry.what for entry in ticket.history}
    if ticket.is_open and not by_hand:
        urgent = ticket.urgency == "high"
        ticket.due_at = work_due(desk.session, category, ticket.received_at, desk.now, urgent=urgent)


DEEDS: dict[str, Deed] = {
    "reply": Deed(Reply, _reply),
    "forward": Deed(Forward, _forward),
    "wait": Deed(Wait, _wait),
    "done": Deed(Done, _done),
    "refuse": Deed(Refuse, _refuse),
    "reopen": Deed(Reopen, _reopen),
    "due": Deed(Due, _due, access.may_assign_cases),
    "assign": Deed(Assign, _assign, access.may_assign_cases),
    "correct": Deed(Correct, _correct),
}
FORMS: dict[str, type[Form]] = {**{name: deed.form for name, deed in DEEDS.items()}, "note": Note}


# -- doing it ----------------------------------------------------------------------------------------------------------


def guarded(desk: Desk, ticket: Ticket, do: str, form: Form | None) -> Page | None:
    """The page that shows both, when the case has moved on since the writer looked; None when it has not."""
    seen = request.form.get("seen", "")
    if not seen.isdecimal():
        return None
    newer = [e for e in ticket.history if e.id > int(seen) and e.what not in HARMLESS]
    if not newer:
        return None
    shown = values(desk, ticket, do=do, form=form)
    ids = {entry.id for entry in newer}
    shown["newer"] = [line for line in shown["lines"] if line.id in ids]
    return desk.page("case/conflict.html", **shown), 409


def _move(desk: Desk, number: int, do: str) -> Page:
    deed = DEEDS[do]
    ticket = access.working_ticket(desk.session, desk.viewer, number)
    form = prepared(desk, ticket, deed.form(request.form, w=desk.w))
    valid = form.validate()
    _look_at_photos(desk, ticket, form)
    if not valid or form.errors:
        return desk.refuse("case/show.html", **values(desk, ticket, do=do, form=form))
    conflict = guarded(desk, ticket, do, form)
    if conflict is not None:
        return conflict
    if isinstance(form, Reply) and request.form.get("step") != "send":
        return _preview(desk, ticket, form)
    before, staff = undoing.snapshot(ticket), desk.viewer.staff(desk.session)
    try:
        entry = deed.do(desk, ticket, form, staff)
    except NotAllowed:
        return _refused(desk, number, do)
    undoing.hold(entry, before | (entry.before or {}), desk.now)
    desk.session.flush()
    desk.record(f"ticket.{entry.what}", f"ticket:{ticket.id}", before, undoing.snapshot(ticket))
    desk.tell(f"case.did_{do}")
    if desk.session.scalar(access.tickets(desk.viewer).where(Ticket.id == ticket.id)) is None:
        return desk.go("home.index")  # it is another department's now
    return desk.go("cases.show", number=ticket.id)


def _refused(desk: Desk, number: int, do: str) -> Page:
    """The rules forbid it: said on the page as it is, nothing is stored."""
    ticket = access.ticket(desk.session, desk.viewer, number)
    name = "case.nothing_changed" if do == "correct" else "case.not_possible"
    return desk.refuse("case/show.html", **values(desk, ticket, refused=name))


def _look_at_photos(desk: Desk, ticket: Ticket, form: Form) -> None:
    """Photos are wanted for finished work: one of now or before, or the reason why there is none."""
    if not isinstance(form, Done):
        return
    faults = uploads.faults(desk)
    if faults:
        form.photos.errors = [*form.photos.errors, *faults]
    elif not uploads.brought(desk) and not form.no_photo.data and ticket.kind == "complaint":
        form.no_photo.errors = [*form.no_photo.errors, "case.no_photo_missing"]


def _preview(desk: Desk, ticket: Ticket, form: Reply) -> Page:
    """What the resident will read, letter for letter, before it is sent."""
    what = {"progress": "progress", "ask": "asked", "answer": "done"}[str(form.mode.data)]
    data = {"answer": True} if what == "done" else {"department": ticket.department.name}
    entry: Any = SimpleNamespace(
        ticket=ticket, ticket_id=ticket.id, what=what, words=form.words.data, data=data, at=desk.now
    )
    language = ticket.reporter.language if ticket.reporter is not None else "th"
    w = speaking(language if language in LANGUAGES else "th", desk.settings, desk.console.public_url)
    build = {"progress": say.progress, "asked": say.asked}.get(what)
    message = build(w, entry)[0] if build else say.result(w, entry, [])[0]
    words = message.get("text") or message.get("altText", "")
    return desk.page("case/preview.html", **values(desk, ticket, do="reply", form=form, letter=words))


def _view(do: str) -> Callable[..., Page]:
    def view(desk: Desk, number: int) -> Page:
        return _move(desk, number, do)

    view.__name__, view.__doc__ = do, DEEDS[do].form.__doc__
    return view


for _name, _deed in DEEDS.items():
    _before = uploads.bring if _name == "done" else None
    pages.add_url_rule(
        f"/<int:number>/{_name}", _name, needs(_deed.right, before=_before)(_view(_name)), methods=["POST"]
    )
