"""The page of one case: what was said and done, what is known, and everything that can be done next.

Moves are in case_moves.py, photos and voices in case_media.py, merging in merge.py, paper in case_print.py.
"""

from __future__ import annotations

from dataclasses import replace

from flask import Response, g, request

from messages import behalf
from models import mentions, presence, undoing, work
from models.contacts import Contact, contact_of
from models.tickets import NotAllowed, Ticket
from web import access
from web.case_forms import Note, prepared, workers
from web.case_moves import FORMS, fresh, guarded
from web.case_view import mark, values
from web.cases import pages
from web.desk import Desk, Page, needs

__all__ = ["pages"]


@pages.get("/<int:number>")
@needs(access.may_see_cases)
def show(desk: Desk, number: int) -> Page:
    """The page; `?do=reply` opens a form in it, `?template=3` with a ready answer."""
    ticket = access.ticket(desk.session, desk.viewer, number)
    do = request.args.get("do", "")
    form = fresh(desk, ticket, do) if do in FORMS and access.may_work(desk.viewer, ticket) else None
    shown = values(desk, ticket, do=do if form else "", form=form)
    if do == "note":
        shown["colleagues"] = [s.name for s in workers(desk.session, ticket) if s.id != desk.viewer.staff_id]
    if desk.htmx:
        return desk.page("case/doing.html", **shown)
    desk.looked("ticket.seen", f"ticket:{ticket.id}")
    return desk.page("case/show.html", **shown)


@pages.get("/<int:number>/pulse")
@needs(access.may_see_cases)
def pulse(desk: Desk, number: int) -> Page:
    """What has changed since `mark`: nothing (204), or the parts of the page that did."""
    g.web_session = None  # a page that asks by itself does not keep its reader signed in
    ticket = access.ticket(desk.session, desk.viewer, number)
    before, now = request.args.get("mark", ""), mark(desk, ticket)
    if before == now:
        return Response(status=204)
    media_changed = before.partition(".")[2] != now.partition(".")[2]
    return desk.page("case/pulse.html", **values(desk, ticket), media_changed=media_changed)


@pages.post("/<int:number>/here")
@needs(access.may_work_cases)
def here(desk: Desk, number: int) -> Page:
    """This page is open; who else has it open is the answer. Mentions of the viewer count as seen."""
    ticket = access.ticket(desk.session, desk.viewer, number)
    desk.viewer = replace(desk.viewer, session_id=0)  # a page that asks by itself does not keep its reader signed in
    me, typing = desk.viewer.staff_id, request.form.get("typing") == "1"
    presence.here(desk.session, ticket.id, me, desk.now, typing=typing)
    mentions.seen(desk.session, me, ticket.id, desk.now)
    return desk.page("case/here.html", others=presence.others(desk.session, ticket.id, me, desk.now))


@pages.post("/<int:number>/take")
@needs(access.may_work_cases)
def take(desk: Desk, number: int) -> Page:
    """รับเรื่อง, in one press."""
    return _at_once(desk, number, "take")


@pages.post("/<int:number>/resume")
@needs(access.may_work_cases)
def resume(desk: Desk, number: int) -> Page:
    """ทำต่อ, in one press."""
    return _at_once(desk, number, "resume")


def _at_once(desk: Desk, number: int, deed: str) -> Page:
    ticket = access.working_ticket(desk.session, desk.viewer, number)
    conflict = guarded(desk, ticket, "", None)
    if conflict is not None:
        return conflict
    before, staff = undoing.snapshot(ticket), desk.viewer.staff(desk.session)
    try:
        entry = (work.take if deed == "take" else work.resume)(ticket, staff, desk.now)
    except NotAllowed:
        return desk.refuse("case/show.html", **values(desk, ticket, refused="case.not_possible"))
    undoing.hold(entry, before, desk.now)
    desk.record(f"ticket.{entry.what}", f"ticket:{ticket.id}", before, undoing.snapshot(ticket))
    desk.tell(f"case.did_{deed}")
    return desk.go("cases.show", number=ticket.id)


@pages.post("/<int:number>/note")
@needs(access.may_work_cases)
def note(desk: Desk, number: int) -> Page:
    """A word for colleagues; those named with @ are told."""
    ticket = access.working_ticket(desk.session, desk.viewer, number)
    form = prepared(desk, ticket, Note(request.form, w=desk.w))
    if not form.validate() or not isinstance(form, Note):
        return desk.refuse("case/show.html", **values(desk, ticket, do="note", form=form))
    words = form.words.data or ""
    me = desk.viewer.staff(desk.session)
    named = [s for s in mentions.named_in(words, workers(desk.session, ticket)) if s.id != me.id]
    entry = ticket.add("note", desk.now, staff=me, words=words, public=False, told=not named)
    desk.session.flush()
    mentions.mention(desk.session, entry, named)
    desk.record("ticket.noted", f"ticket:{ticket.id}", None, {"named": [s.name for s in named]})
    told = ", ".join(s.name for s in named)
    desk.tell("case.did_note_named" if named else "case.did_note", names=told)
    return desk.go("cases.show", number=ticket.id)


@pages.post("/<int:number>/reporter")
@needs(access.may_see_reporters)
def reporter(desk: Desk, number: int) -> Page:
    """Who reported it; the look is written into the history and the audit."""
    ticket = access.ticket(desk.session, desk.viewer, number, lock=True)
    ticket.add("looked", desk.now, staff=desk.viewer.staff(desk.session), public=False, told=True)
    desk.record("reporter.seen", f"ticket:{ticket.id}")
    desk.session.flush()
    shown = Reporter.of(desk, ticket)
    return desk.page("case/show.html", **values(desk, ticket, reporter=shown))


class Reporter:
    """Who reported a case, as far as the office may know."""

    def __init__(self, *, hidden: bool, name: str = "", moo: int | None = None, phone: str = "", line: bool = False):
        """`hidden`: asked not to be named. `line`: can be reached in LINE. `whom`: for whom a helper filed it."""
        self.hidden, self.name, self.moo, self.phone, self.line = hidden, name, moo, phone, line
        self.whom = ""

    @classmethod
    def of(cls, desk: Desk, ticket: Ticket) -> Reporter:
        """The reporter of this case; where a helper filed it, also the person it is for."""
        contact = contact_of(desk.session, ticket.id)
        if ticket.on_behalf and contact is not None:
            found = cls.told(ticket, None)
            found.whom = behalf.whom(desk.w, contact.relation, contact.name, contact.phone)
            return found
        return cls.told(ticket, contact)

    @classmethod
    def told(cls, ticket: Ticket, contact: Contact | None) -> Reporter:
        """Who told it: somebody in LINE, or at the counter (`contact`)."""
        if ticket.hidden_name:
            return cls(hidden=True)
        person = ticket.reporter
        if person is not None:
            return cls(hidden=False, name=person.name, moo=person.moo, line=person.line_id is not None)
        if contact is not None:
            return cls(hidden=False, name=contact.name, phone=contact.phone)
        return cls(hidden=False)


@pages.post("/<int:number>/undo")
@needs(access.may_work_cases)
def undo(desk: Desk, number: int) -> Page:
    """Take back the last move, within its minute."""
    ticket = access.working_ticket(desk.session, desk.viewer, number)
    entry = undoing.held(desk.session, ticket.id, desk.now)
    if entry is None or str(entry.id) != request.form.get("entry", str(entry.id)):
        desk.tell("case.undo_late", "bad")
        return desk.go("cases.show", number=ticket.id)
    before = undoing.snapshot(ticket)
    undoing.undo(desk.session, entry, desk.viewer.staff(desk.session), desk.now)
    desk.record("ticket.undone", f"ticket:{ticket.id}", before, undoing.snapshot(ticket))
    desk.tell("case.did_undo")
    return desk.go("cases.show", number=ticket.id)
