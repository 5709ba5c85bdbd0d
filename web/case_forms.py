"""The forms of the case page: one for each move. Labels and errors are names of texts (web/texts/*/case.toml)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    MultipleFileField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import Length, ValidationError

from messages.thai import ZONE
from models.staff import Staff
from models.tickets import PAUSES, Ticket
from models.town import Agency, Department
from web.case_view import lists
from web.desk import Desk
from web.forms import Form, Tidy, options, required

#: Shortest and longest words of a move. Shorter tells the resident nothing; LINE shows 5,000 characters at most.
SHORTEST, LONGEST = 4, 2_000


def _words(label: str, *, optional: bool = False, help_: str = "") -> TextAreaField:
    checks: list[Any] = [] if optional else [required()]
    bounds = Length(max=LONGEST) if optional else Length(SHORTEST, LONGEST)
    return TextAreaField(label, [*checks, bounds], filters=[Tidy()], description=help_)


class Move(Form):
    """What every form of a move carries: the newest line of history its writer had seen."""

    seen = HiddenField()


class Reply(Move):
    """To the resident: how it goes, a question, or the answer that closes the case."""

    mode = RadioField("case.reply_mode", choices=options((m, f"case.reply_{m}") for m in ("progress", "ask", "answer")))
    words = _words("case.reply_words")


class Note(Move):
    """For colleagues only; @name tells one of them."""

    words = TextAreaField(
        "case.note_words", [required(), Length(max=LONGEST)], filters=[Tidy()], description="case.note_help"
    )


class Forward(Move):
    """To another department, or to an agency outside."""

    to = SelectField("case.forward_to", [required()])
    words = _words("case.forward_words")


class Wait(Move):
    """A pause, with its reason."""

    reason = RadioField("case.wait_reason", [required()], choices=options((code, f"pause.{code}") for code in PAUSES))
    words = _words("case.wait_words", optional=True)


class Done(Move):
    """Finished: with photos, or with the reason why there are none."""

    words = _words("case.done_words", help_="case.done_help")
    photos = MultipleFileField("case.done_photos", description="case.photos_help")
    no_photo = StringField("case.no_photo", [Length(max=200)], filters=[Tidy()], description="case.no_photo_help")


class Refuse(Move):
    """Not ours to do; the resident reads why."""

    words = _words("case.refuse_words", help_="case.refuse_help")


class Reopen(Move):
    """Closed too early."""

    words = _words("case.reopen_words")


class Due(Move):
    """Another day for the work."""

    day = DateField("case.due_day", [required()])
    words = _words("case.due_words")
    desk: Desk

    def validate_day(self, found: DateField) -> None:
        """Not in the past, and not so far that it is a slip of the finger."""
        today = self.desk.now.astimezone(ZONE).date()
        if found.data is not None and not today <= found.data <= today + timedelta(days=2 * 365):
            raise ValidationError("case.due_range")

    @property
    def moment(self) -> datetime:
        """The end of that day in the town."""
        day: date = self.day.data or self.desk.now.date()
        return datetime.combine(day, time(23, 59, 59), ZONE).astimezone(UTC)


class Assign(Move):
    """To a colleague."""

    to = SelectField("case.assign_to", [required()])


class Correct(Move):
    """What the bot took it for, put right."""

    category = SelectField("case.category")
    department = SelectField("case.department")
    urgency = SelectField("case.urgency", choices=options((u, f"case.urgency_{u}") for u in ("normal", "high")))


class Merge(Move):
    """Into another case."""

    into = StringField("case.merge_into", [required(), Length(max=20)], filters=[Tidy()], description="case.merge_help")
    sure = BooleanField("case.merge_sure")


def workers(session: Session, ticket: Ticket) -> list[Staff]:
    """Who of the staff may work on this case, by name."""
    found = select(Staff).where(Staff.active, Staff.role.in_(("clerk", "crew", "head", "admin"))).order_by(Staff.name)
    if ticket.sensitive:
        return [s for s in session.scalars(found) if s.confidential]
    return [s for s in session.scalars(found) if s.may_act_for(ticket.department_id) or s.id == ticket.owner_id]


def prepared(desk: Desk, ticket: Ticket, form: Form) -> Form:
    """Give a form what it chooses from in this case."""
    if isinstance(form, Forward):
        form.to.choices = _destinations(desk, ticket)
    if isinstance(form, Assign):
        form.to.choices = options((str(s.id), _titled(desk, s)) for s in workers(desk.session, ticket))
    if isinstance(form, Correct):
        known = lists(desk)
        form.category.choices = options(known["categories"])
        form.department.choices = options(known["departments"])
    if isinstance(form, Due):
        form.desk = desk
    return form


def _titled(desk: Desk, staff: Staff) -> str:
    where = staff.department.short if staff.department else desk.w(f"role.{staff.role}")
    return f"{staff.name} ({where})"


def _destinations(desk: Desk, ticket: Ticket) -> list[Any]:
    """Departments but its own, then agencies, the likely one first."""
    departments = select(Department).where(Department.active, Department.id != ticket.department_id)
    likely = [code for code in (ticket.agency_code, ticket.kind_of.agency) if code]
    agencies = sorted(
        desk.session.scalars(select(Agency)),
        key=lambda a: (likely.index(a.code) if a.code in likely else len(likely), a.name),
    )
    rows = desk.session.scalars(departments.order_by(Department.id))
    inside, outside = desk.w("case.inside"), desk.w("case.outside")
    return [
        SelectChoice("", desk.w("case.choose")),
        *(SelectChoice(f"d:{d.code}", d.name, optgroup=inside) for d in rows),
        *(SelectChoice(f"a:{a.code}", a.name, optgroup=outside) for a in agencies),
    ]
