"""People and groups (คนและกลุ่ม): who of the staff may do what, and which LINE groups belong to which department.

A code that ties a LINE account or a group is shown once and stored hashed (models/staff.py). Nobody changes what they
themselves may do, and one admin always remains.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, request, url_for
from sqlalchemy import func, select
from werkzeug.exceptions import NotFound
from wtforms import BooleanField, RadioField, SelectField, StringField
from wtforms.validators import Length

from messages import cases
from models import sessions
from models import staff as staff_rows
from models.changes import Change
from models.helpers import Helper
from models.people import Chat
from models.sessions import WebSession
from models.staff import ROLES, Staff
from models.tickets import OPEN, Ticket
from models.town import Department
from web import access, changing
from web.changing import Wanted
from web.desk import Desk, Page, needs
from web.forms import Form, Tidy, options, required
from web.settings import locked_out, past

pages = Blueprint("people", __name__, url_prefix="/console/people")

#: How long a code may be used, in minutes.
CODE_LIVES = 15
#: Who belongs to a department by what they do.
_IN_DEPARTMENT = ("crew", "head")


class Member(Form):
    """A member of staff."""

    name = StringField("people.name", [required(), Length(max=120)], filters=[Tidy()], description="people.name_help")
    role = RadioField("people.role", choices=options((role, f"role.{role}") for role in ROLES))
    department_id = SelectField("people.department", description="people.department_help")
    confidential = BooleanField("people.confidential", description="people.confidential_help")


@dataclass(frozen=True)
class Seen:
    """A member of staff as the list shows them."""

    row: Staff
    open_sessions: int
    work: int


# -- the list ----------------------------------------------------------------------------------------------------------


@pages.get("/")
@needs(access.may_see_people)
def index(desk: Desk) -> Page:
    """Staff and groups."""
    session = desk.session
    living = _counted(desk, WebSession.staff_id, WebSession.ended_at.is_(None), WebSession.expires_at > desk.now)
    work = _counted(desk, Ticket.owner_id, Ticket.state.in_(OPEN))
    everybody = session.scalars(select(Staff).order_by(Staff.active.desc(), Staff.name)).all()
    staff = [Seen(row, living.get(row.id, 0), work.get(row.id, 0)) for row in everybody]
    return desk.page(
        "people/index.html",
        staff=[each for each in staff if each.row.active],
        former=[each for each in staff if not each.row.active],
        groups=_groups(desk),
        departments=session.scalars(select(Department).where(Department.active).order_by(Department.id)).all(),
        helpers=session.scalars(select(Helper).where(Helper.active).order_by(Helper.moo, Helper.id)).all(),
        past=past(desk, ["staff", "group", "helper"], limit=5) if access.may_see_settings(desk.viewer) else [],
    )


def _counted(desk: Desk, column: Any, *where: Any) -> dict[int, int]:
    found = select(column, func.count()).where(*where).group_by(column)
    return {key: count for key, count in desk.session.execute(found) if key is not None}


def _groups(desk: Desk) -> Sequence[tuple[Chat, str]]:
    """Groups that the bot is in, with the department each is bound to (“”: none yet)."""
    names = {d.id: cases.named(desk.w, d.name) for d in desk.session.scalars(select(Department))}
    found = select(Chat).where(Chat.kind == "group", Chat.gone_at.is_(None)).order_by(Chat.department_id, Chat.id)
    return [(chat, names.get(chat.department_id or 0, "")) for chat in desk.session.scalars(found)]


# -- one member --------------------------------------------------------------------------------------------------------


def _form(desk: Desk, given: Any, data: dict[str, Any] | None = None) -> Member:
    form = Member(given, w=desk.w, data=data)
    rows = desk.session.scalars(select(Department).order_by(Department.active.desc(), Department.id))
    form.department_id.choices = options([("", desk.w("people.no_department")), *((str(d.id), d.name) for d in rows)])
    return form


def _right(desk: Desk, form: Member, number: int | None) -> bool:
    """Whether the form can be kept; says beside the fields what to do."""
    right = bool(form.validate())
    if form.role.data in _IN_DEPARTMENT and not form.department_id.data:
        form.department_id.errors, right = ["people.needs_department"], False
    same = select(Staff.id).where(Staff.name == form.name.data, Staff.active, Staff.id != (number or 0))
    if form.name.data and desk.session.scalar(same.limit(1)) is not None:
        form.name.errors, right = ["people.name_taken"], False
    return right


def _values(form: Member) -> dict[str, Any]:
    return {
        "name": form.name.data,
        "role": form.role.data,
        "department_id": int(form.department_id.data) if form.department_id.data else None,
        "confidential": form.confidential.data,
    }


def _notes(desk: Desk, after: dict[str, Any]) -> list[str]:
    notes = [desk.w(f"role.does_{after['role']}")]
    if after["role"] == "admin":
        notes.append(desk.w("people.admin_second"))
    if after["confidential"]:
        notes.append(desk.w("people.confidential_means"))
    return notes


@pages.get("/new")
@needs(access.may_manage_people)
def new(desk: Desk) -> Page:
    """An empty form."""
    return desk.page("people/new.html", form=_form(desk, None, {"role": "crew"}))


@pages.post("/new")
@needs(access.may_manage_people)
def add(desk: Desk) -> Page:
    """Show, then make the member and their code."""
    form = _form(desk, request.form)
    right = _right(desk, form, None)
    if changing.again() or not right:
        return desk.page("people/new.html", form=form), 200 if changing.again() else 422
    after, made = _values(form), list[Change]()
    answer = changing.decide(
        desk,
        [Wanted("staff", None, after | {"active": True})],
        back=url_for("people.index"),
        notes=_notes(desk, after),
        then=made.extend,
        first={"created_at": desk.now},
    )
    return _code_page(desk, _member(desk, int(made[0].subject))) if made else answer


def _member(desk: Desk, number: int) -> Staff:
    found = desk.session.get(Staff, number)
    if found is None:
        raise NotFound
    return found


@pages.get("/<int:number>")
@needs(access.may_see_people)
def show(desk: Desk, number: int) -> Page:
    """One member: what they may do, where they are signed in, what was changed."""
    return _show(desk, _member(desk, number), None)


def _show(desk: Desk, row: Staff, form: Member | None) -> str:
    data = {
        "name": row.name,
        "role": row.role,
        "department_id": str(row.department_id or ""),
        "confidential": row.confidential,
    }
    return desk.page(
        "people/show.html",
        row=row,
        form=form or _form(desk, None, data),
        sessions=sessions.living(desk.session, row.id, desk.now),
        mine=row.id == desk.viewer.staff_id,
        work=_counted(desk, Ticket.owner_id, Ticket.state.in_(OPEN)).get(row.id, 0),
        past=past(desk, ["staff"], str(row.id), limit=10) if access.may_see_settings(desk.viewer) else [],
    )


@pages.post("/<int:number>")
@needs(access.may_manage_people)
def change(desk: Desk, number: int) -> Page:
    """Show, then change role, department, appointment."""
    row = _member(desk, number)
    form = _form(desk, request.form)
    right = _right(desk, form, number)
    if number == desk.viewer.staff_id and (form.role.data, form.confidential.data) != (row.role, row.confidential):
        form.role.errors, right = ["people.not_yourself"], False
    if changing.again() or not right:
        return _show(desk, row, form), 200 if changing.again() else 422
    after, made = _values(form), list[Change]()
    back = url_for("people.show", number=number)
    wanted = [Wanted("staff", str(number), after)]
    answer = changing.decide(desk, wanted, back=back, notes=_notes(desk, after), then=made.extend)
    return _unless_locked_out(desk, made, answer, number)


def _unless_locked_out(desk: Desk, made: list[Change], answer: Page, number: int) -> Page:
    """The answer, unless what was made would leave nobody to look after the house."""
    trouble = locked_out(desk, [each for each in made if each.subject != str(desk.viewer.staff_id)]) if made else ""
    if not trouble:
        return answer
    return desk.page("people/refused.html", why=trouble, number=number), 409


@pages.post("/<int:number>/end")
@needs(access.may_manage_people)
def end(desk: Desk, number: int) -> Page:
    """Show, then end somebody's access: here, in the chat, and in every open browser."""
    row, made = _member(desk, number), list[Change]()
    if number == desk.viewer.staff_id:
        return desk.page("people/refused.html", why="people.not_yourself", number=number), 409
    if changing.again():
        return desk.go("people.show", number=number)
    work = _counted(desk, Ticket.owner_id, Ticket.state.in_(OPEN)).get(number, 0)
    notes = [desk.w("people.ending"), desk.w("people.ending_work", count=work)]
    wanted = [Wanted("staff", str(number), {"active": False})]
    answer = changing.decide(desk, wanted, back=url_for("people.index"), notes=notes, then=made.extend)
    if made:
        sessions.end_all(desk.session, number, desk.now)
        row.person_id = None
    return _unless_locked_out(desk, made, answer, number)


@pages.post("/<int:number>/again")
@needs(access.may_manage_people)
def back_again(desk: Desk, number: int) -> Page:
    """Show, then let somebody in again; they need a new code."""
    _member(desk, number)
    if changing.again():
        return desk.go("people.show", number=number)
    wanted = [Wanted("staff", str(number), {"active": True})]
    return changing.decide(
        desk, wanted, back=url_for("people.show", number=number), notes=[desk.w("people.new_code_needed")]
    )


@pages.post("/<int:number>/sessions/end")
@needs(access.may_manage_people)
def end_sessions(desk: Desk, number: int) -> Page:
    """End all of somebody's sessions; of one's own, all but this one."""
    row = _member(desk, number)
    count = sessions.end_all(desk.session, row.id, desk.now, but=desk.viewer.session_id)
    desk.record("sessions.ended", f"staff:{row.id}", None, {"count": count})
    desk.tell("people.sessions_ended", count=count)
    return desk.go("people.show", number=number)


# -- codes -------------------------------------------------------------------------------------------------------------


@pages.post("/<int:number>/code")
@needs(access.may_manage_people)
def code(desk: Desk, number: int) -> Page:
    """A fresh code for somebody to tie their LINE account."""
    row = _member(desk, number)
    if not row.active:
        raise NotFound
    return _code_page(desk, row)


def _code_page(desk: Desk, row: Staff) -> str:
    made = staff_rows.invite(desk.session, desk.console.key, desk.now, staff=row, minutes=CODE_LIVES)
    desk.record("staff.invited", f"staff:{row.id}")
    back = url_for("people.show", number=row.id)
    return _told(desk, made, row.name, "code", "staff", back)


@pages.post("/groups/code")
@needs(access.may_manage_people)
def group_code(desk: Desk) -> Page:
    """A fresh code that binds a LINE group to a department."""
    asked = request.form.get("department", "")
    row = desk.session.get(Department, int(asked)) if asked.isascii() and asked.isdigit() else None
    if row is None:
        desk.tell("form.choice", "bad")
        return desk.go("people.index")
    made = staff_rows.invite(desk.session, desk.console.key, desk.now, department=row, minutes=CODE_LIVES)
    desk.record("group.invited", f"department:{row.id}")
    name, back = cases.named(desk.w, row.name), url_for("people.index")
    return _told(desk, made, name, "group", "group", back)


def _told(desk: Desk, made: str, name: str, steps: str, word: str, back: str) -> str:
    """The page that shows a code, once, with what to do with it."""
    say = desk.w(f"people.say_{word}", code=made)
    given = {"code": made, "name": name, "steps": f"people.{steps}_steps", "say": say, "back": back}
    return desk.page("people/code.html", minutes=CODE_LIVES, **given)


@pages.post("/groups/<int:number>/unbind")
@needs(access.may_manage_people)
def unbind(desk: Desk, number: int) -> Page:
    """Show, then untie a group: nothing of the department is told there any more."""
    row = desk.session.get(Chat, number)
    if row is None or row.kind != "group":
        raise NotFound
    if changing.again():
        return desk.go("people.index")
    wanted = [Wanted("group", str(number), {"department_id": None})]
    return changing.decide(desk, wanted, back=url_for("people.index"), notes=[desk.w("people.unbinding")])
