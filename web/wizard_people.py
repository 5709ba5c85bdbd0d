"""The fourth of the first steps: the first members of staff and the groups of departments, each with a code."""

from __future__ import annotations

from typing import Any

from flask import request
from sqlalchemy import select
from wtforms import SelectField, StringField
from wtforms.validators import Length

from messages import cases
from models import staff as staff_rows
from models.people import Chat
from models.staff import Staff
from models.town import Department
from web import access, changing
from web.desk import Desk, Page, needs
from web.forms import Form, Tidy, options, required
from web.people import CODE_LIVES
from web.wizard_steps import pages, step_page

__all__ = ["pages"]


class Member(Form):
    """The first members of staff; everything else can be said on the people page."""

    name = StringField("people.name", [required(), Length(max=120)], filters=[Tidy()])
    role = SelectField(
        "people.role", [required()], choices=options((r, f"role.{r}") for r in ("clerk", "crew", "head", "admin"))
    )
    department = SelectField("people.department")


def _people_page(desk: Desk, form: Member | None = None, code: str = "", say: str = "", name: str = "") -> str:
    w, session = desk.w, desk.session
    open_ones = session.scalars(select(Department).where(Department.active).order_by(Department.id)).all()
    choices = [(str(row.id), cases.named(w, row.name)) for row in open_ones]
    form = form or Member(w=w)
    form.department.choices = options([("", w("people.no_department")), *choices])
    return step_page(
        desk,
        "people",
        form=form,
        departments=choices,
        staff=session.scalars(select(Staff).where(Staff.active).order_by(Staff.id)).all(),
        groups=session.scalars(select(Chat).where(Chat.department_id.is_not(None), Chat.gone_at.is_(None))).all(),
        names=dict(choices),
        code=code,
        say=say,
        name=name,
        minutes=CODE_LIVES,
    )


@pages.get("/people")
@needs(access.may_manage_people)
def people(desk: Desk) -> Page:
    """Who is there, and codes for more."""
    return _people_page(desk)


@pages.post("/people")
@needs(access.may_manage_people)
def add_person(desk: Desk) -> Page:
    """A new member of staff, and their code."""
    form = Member(request.form, w=desk.w)
    _people_page(desk, form)  # gives the form its choices
    right = bool(form.validate())
    if form.role.data in ("crew", "head") and not form.department.data:
        form.department.errors, right = ["people.needs_department"], False
    if form.name.data and desk.session.scalar(select(Staff.id).where(Staff.name == form.name.data, Staff.active)):
        form.name.errors, right = ["people.name_taken"], False
    if not right:
        return _people_page(desk, form), 422
    where = int(form.department.data) if form.department.data else None
    after = {
        "name": form.name.data,
        "role": form.role.data,
        "department_id": where,
        "confidential": False,
        "active": True,
    }
    made = changing.change(desk, "staff", None, after, first={"created_at": desk.now})
    row = desk.session.get_one(Staff, int(made.subject)) if made else None
    return _invited(desk, "people.say_staff", form.name.data or "", staff=row)


@pages.post("/people/code")
@needs(access.may_manage_people)
def code(desk: Desk) -> Page:
    """A code for a group of a department, or once more for a member of staff."""
    staff, department = (_asked(desk, table, name) for table, name in ((Staff, "staff"), (Department, "department")))
    if staff is not None:
        return _invited(desk, "people.say_staff", staff.name, staff=staff)
    if department is None:
        return desk.go("wizard.people")
    return _invited(desk, "people.say_group", cases.named(desk.w, department.name), department=department)


def _asked(desk: Desk, table: type[Any], name: str) -> Any:
    given = request.form.get(name, "")
    return desk.session.get(table, int(given)) if given.isascii() and given.isdigit() else None


def _invited(desk: Desk, say: str, name: str, **whom: Any) -> str:
    made = staff_rows.invite(desk.session, desk.console.key, desk.now, minutes=CODE_LIVES, **whom)
    kind, row = next((kind, row) for kind, row in whom.items() if row is not None)
    desk.record(f"{'group' if kind == 'department' else 'staff'}.invited", f"{kind}:{row.id}")
    return _people_page(desk, None, made, desk.w(say, code=made), name)
