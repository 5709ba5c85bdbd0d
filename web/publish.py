"""Making cases public (เผยแพร่): the queue of what waits for a decision, and the page on which staff word one case.

What is filled in beforehand is a suggestion: the category as title, the reporter's words with personal data covered.
Nothing is public before somebody has read it and pressed the button; the rules are models/publishing.py's.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from sqlalchemy import func, select
from wtforms import BooleanField, SelectField, StringField, TextAreaField
from wtforms.validators import Length, ValidationError

from messages import cases
from models import approving
from models.approving import QUEUES
from models.publications import Publication
from models.publishing import public_case, publishable, withheld
from models.tickets import NotAllowed, Ticket
from models.town import Village
from nlp import pii
from web import access
from web.case_view import media_of
from web.desk import Desk, Page, needs
from web.forms import Form, Tidy, options, required
from web.rows import light, rows

pages = Blueprint("publish", __name__, url_prefix="/console/publish")

#: Cases in one sitting.
PAGE = 30


class Wording(Form):
    """What everybody will read."""

    title = StringField(
        "publish.title_field", [required(), Length(max=120)], filters=[Tidy()], description="publish.title_help"
    )
    words = TextAreaField("publish.words", [Length(max=2_000)], filters=[Tidy()], description="publish.words_help")
    outcome = TextAreaField(
        "publish.outcome", [Length(max=2_000)], filters=[Tidy()], description="publish.outcome_help"
    )
    place = StringField("publish.place", [Length(max=160)], filters=[Tidy()], description="publish.place_help")
    moo = SelectField("intake.moo", default="")
    point = BooleanField("publish.point", description="publish.point_help")
    sure = BooleanField("publish.sure")

    def validate_sure(self, found: BooleanField) -> None:
        """Where something looks like personal data, somebody must say that it may stand there."""
        said = " \n".join(filter(None, (self.title.data, self.words.data, self.outcome.data, self.place.data)))
        if not found.data and pii.find(said):
            raise ValidationError("publish.personal")


def _masked(text: str) -> str:
    return pii.mask(text, pii.find(text))


def _suggested(desk: Desk, ticket: Ticket) -> dict[str, Any]:
    """What is filled in before anybody has written anything; a decision that was made before as it was."""
    row = approving.publication_of(desk.session, ticket.id)
    done = next((e.words for e in reversed(ticket.history) if e.what in ("done", "refused") and e.words), "")
    if row is not None and row.title:
        kept = {name: getattr(row, name) for name in ("title", "words", "place")}
        outcome = row.outcome or _masked(done)
        return {**kept, "outcome": outcome, "moo": str(row.moo or ""), "point": row.lat is not None}
    place = _masked(ticket.place)
    name = cases.category(desk.w, ticket)
    return {
        "title": cases.short(f"{name}: {place}" if place else name, 110),
        "words": _masked(ticket.text),
        "outcome": _masked(done),
        "place": cases.short(place, 150),
        "moo": str(ticket.moo or ""),
        "point": ticket.lat is not None and ticket.category not in withheld(desk.session),
    }


def _form(desk: Desk, given: Any, data: dict[str, Any] | None = None) -> Wording:
    form = Wording(given, w=desk.w, data=data)
    villages = desk.session.scalars(select(Village).order_by(Village.moo))
    known = [(str(v.moo), f"{desk.w('report.place_moo', moo=v.moo)} {v.name}".strip()) for v in villages]
    form.moo.choices = options([("", desk.w("publish.no_moo")), *known])
    return form


def _page(desk: Desk, ticket: Ticket, form: Wording) -> str:
    row = approving.publication_of(desk.session, ticket.id)
    found = public_case(desk.session, row.code) if row is not None else None
    return desk.page(
        "publish/case.html",
        ticket=ticket,
        form=form,
        row=row,
        state=found.state if found else "",
        photos=media_of(desk, ticket).photos,
        may=publishable(ticket) and access.may_work(desk.viewer, ticket),
        withheld=ticket.category in withheld(desk.session),
        address=url_for("public.case", code=row.code) if found and row else "",
    )


@pages.get("/")
@needs(access.may_publish)
def index(desk: Desk) -> Page:
    """What waits; `?show=` one of QUEUES."""
    which = request.args.get("show", "waiting")
    which = which if which in QUEUES else "waiting"
    found = approving.queue(which, access.tickets(desk.viewer))
    listed = desk.session.scalars(light(found).limit(PAGE)).all()
    names = select(Publication).where(Publication.ticket_id.in_([ticket.id for ticket in listed]))
    counts = {
        name: desk.session.scalar(
            approving.queue(name, access.tickets(desk.viewer)).order_by(None).with_only_columns(func.count())
        )
        for name in QUEUES
    }
    return desk.page(
        "publish/index.html",
        which=which,
        counts=counts,
        rows=rows(desk.session, desk.w, listed, desk.now),
        publications={row.ticket_id: row for row in desk.session.scalars(names)},
    )


@pages.get("/<int:number>")
@needs(access.may_publish)
def case(desk: Desk, number: int) -> Page:
    """One case: its words as they came, and the words for everybody."""
    ticket = access.ticket(desk.session, desk.viewer, number)
    desk.looked("ticket.seen", f"ticket:{ticket.id}")
    return _page(desk, ticket, _form(desk, None, _suggested(desk, ticket)))


@pages.post("/<int:number>")
@needs(access.may_publish)
def show(desk: Desk, number: int) -> Page:
    """Make it public, in these words."""
    ticket = access.working_ticket(desk.session, desk.viewer, number)
    form = _form(desk, request.form)
    if not form.validate():
        return _page(desk, ticket, form), 422
    before = approving.snapshot(approving.publication_of(desk.session, ticket.id))
    values = {name: form[name].data or "" for name in ("title", "words", "outcome", "place")}
    values["moo"] = int(form.moo.data) if form.moo.data else None
    point = bool(form.point.data) and ticket.lat is not None
    try:
        row = approving.publish(desk.session, ticket, values, desk.viewer.staff(desk.session), desk.now, point=point)
    except NotAllowed:
        desk.tell("publish.not_possible", "bad")
        return desk.go("publish.index"), 303
    desk.record("case.shown", f"ticket:{ticket.id}", before, approving.snapshot(row))
    desk.tell("publish.did_show")
    return _next(desk, ticket)


@pages.post("/<int:number>/keep")
@needs(access.may_publish)
def keep(desk: Desk, number: int) -> Page:
    """Keep it to the office, or take it back."""
    ticket = access.working_ticket(desk.session, desk.viewer, number)
    before = approving.snapshot(approving.publication_of(desk.session, ticket.id))
    reason = request.form.get("reason", "").strip()[:200]
    row = approving.keep(desk.session, ticket, reason, desk.viewer.staff(desk.session), desk.now)
    desk.record("case.unshown", f"ticket:{ticket.id}", before, approving.snapshot(row))
    desk.tell("publish.did_keep")
    return _next(desk, ticket)


@pages.post("/<int:number>/undo")
@needs(access.may_publish)
def undo(desk: Desk, number: int) -> Page:
    """Bring back what was decided before."""
    ticket = access.working_ticket(desk.session, desk.viewer, number)
    before = approving.snapshot(approving.publication_of(desk.session, ticket.id))
    if not approving.undo(desk.session, ticket, desk.viewer.staff(desk.session), desk.now):
        desk.tell("publish.undo_none", "bad")
        return desk.go("publish.case", number=ticket.id)
    after = approving.snapshot(approving.publication_of(desk.session, ticket.id))
    desk.record("case.show_undone", f"ticket:{ticket.id}", before, after)
    desk.tell("publish.did_undo")
    return desk.go("publish.case", number=ticket.id)


def _next(desk: Desk, ticket: Ticket) -> Page:
    """On to the next one in the queue one came from; else back to this one."""
    if request.form.get("step") != "next":
        return desk.go("publish.case", number=ticket.id)
    waiting = approving.queue("waiting", access.tickets(desk.viewer)).with_only_columns(Ticket.id).limit(1)
    following = desk.session.scalar(waiting)
    return desk.go("publish.case", number=following) if following is not None else desk.go("publish.index")
