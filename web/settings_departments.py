"""Departments: their names, who does the work of one that is closed, opening and closing."""

from __future__ import annotations

from typing import Any

from flask import request, url_for
from sqlalchemy import func, select
from werkzeug.exceptions import NotFound
from wtforms import BooleanField, SelectField, StringField
from wtforms.validators import Length, Regexp, ValidationError

from messages import cases
from models.people import Chat
from models.routing import department_for
from models.staff import Staff
from models.tickets import OPEN, Ticket
from models.town import Department
from web import access, changing
from web.changing import Wanted
from web.desk import Desk, Page, needs
from web.forms import Form, Tidy, required
from web.settings import Row, form_page, listing, pages
from web.settings_fields import department_name, phone_field
from web.settings_fields import departments as choices

__all__ = ["pages"]

#: Every chain of fall-backs ends there, so it is always open.
LAST = "CLERK"


class DepartmentForm(Form):
    """A department. `own` is set by the view: the code of the one that is edited."""

    name = StringField("column.name", [required(), Length(max=100)], filters=[Tidy()])
    short = StringField(
        "column.short", [required(), Length(max=20)], filters=[Tidy()], description="settings.short_help"
    )
    phone = phone_field("column.phone")
    fallback = SelectField("column.fallback", [required()], description="settings.fallback_help")
    active = BooleanField("settings.in_use", default=True, description="settings.in_use_help")


class NewDepartment(DepartmentForm):
    """A department that does not exist yet."""

    code = StringField(
        "column.code",
        [required(), Length(min=2, max=20), Regexp(r"^[A-Za-z][A-Za-z0-9_]*$", message="settings.code_wrong")],
        filters=[Tidy(), lambda value: value.upper() if value else value],
        description="settings.code_help",
    )


def _counts(desk: Desk, column: Any, *where: Any) -> dict[int, int]:
    found = select(column, func.count()).where(*where).group_by(column)
    return {key: count for key, count in desk.session.execute(found) if key is not None}


@pages.get("/departments")
@needs(access.may_see_settings)
def departments(desk: Desk) -> Page:
    """All of them, with who and what hangs on each."""
    staff = _counts(desk, Staff.department_id, Staff.active)
    groups = _counts(desk, Chat.department_id, Chat.gone_at.is_(None), Chat.kind == "group")
    work = _counts(desk, Ticket.department_id, Ticket.state.in_(OPEN))
    rows = []
    for row in desk.session.scalars(select(Department).order_by(Department.active.desc(), Department.id)):
        does = department_for(desk.session, row.code)
        stands_in = cases.named(desk.w, does.name) if does and does.id != row.id else ""
        counts = (staff.get(row.id, 0), groups.get(row.id, 0), work.get(row.id, 0))
        name = cases.named(desk.w, row.name)
        address = url_for("settings.department", number=row.id)
        rows.append(Row((name, row.phone, *counts, stands_in), address, closed=not row.active))
    heads = [
        "column.department",
        "column.phone",
        "settings.staff",
        "settings.groups",
        "settings.open",
        "settings.stands_in",
    ]
    return listing(
        desk,
        "departments",
        heads,
        rows,
        actions=[("settings.add_department", url_for("settings.new_department"), "intake")],
        kinds=["department"],
    )


def _form(desk: Desk, form: DepartmentForm, own: str) -> DepartmentForm:
    # The last of all chains names itself: it has nobody to fall back on.
    form.fallback.choices = choices(desk, but="" if own == LAST else own)
    return form


def _row(desk: Desk, number: int) -> Department:
    found = desk.session.get(Department, number)
    if found is None:
        raise NotFound
    return found


def _page(desk: Desk, form: Form, row: Department) -> str:
    back = url_for("settings.departments")
    return form_page(desk, "departments", row.name, form, back, kind="department", subject=str(row.id))


@pages.get("/departments/<int:number>")
@needs(access.may_manage_settings)
def department(desk: Desk, number: int) -> Page:
    """One, to be changed."""
    row = _row(desk, number)
    names = ("name", "short", "phone", "active")
    data = {name: getattr(row, name) for name in names} | {"fallback": row.fallback or LAST}
    return _page(desk, _form(desk, DepartmentForm(w=desk.w, data=data), row.code), row)


@pages.post("/departments/<int:number>")
@needs(access.may_manage_settings)
def change_department(desk: Desk, number: int) -> Page:
    """Show, then do."""
    row = _row(desk, number)
    form = _form(desk, DepartmentForm(request.form, w=desk.w), row.code)
    right = form.validate()
    if right and row.code == LAST and not form.active.data:
        form.active.errors = ["settings.clerk_stays"]
        right = False
    if changing.again() or not right:
        return _page(desk, form, row), 200 if changing.again() else 422
    after = dict(form.data) | {"fallback": None if row.code == LAST else form.fallback.data}
    wanted = [Wanted("department", str(number), after)]
    return changing.decide(desk, wanted, back=url_for("settings.departments"), notes=_notes(desk, row, after))


def _notes(desk: Desk, row: Department, after: dict[str, Any]) -> list[str]:
    """What closing and opening mean for the work."""
    if row.active and not after["active"]:
        still = _counts(desk, Ticket.department_id, Ticket.state.in_(OPEN)).get(row.id, 0)
        does = department_name(desk.session, desk.w, after["fallback"] or LAST)
        return [desk.w("settings.closing", name=row.name, other=does), desk.w("settings.closing_open", count=still)]
    if not row.active and after["active"]:
        return [desk.w("settings.opening", name=row.name)]
    return []


@pages.get("/departments/new")
@needs(access.may_manage_settings)
def new_department(desk: Desk) -> Page:
    """An empty form."""
    form = _form(desk, NewDepartment(w=desk.w, data={"fallback": LAST}), "")
    return form_page(desk, "departments", desk.w("settings.add_department"), form, url_for("settings.departments"))


@pages.post("/departments/new")
@needs(access.may_manage_settings)
def add_department(desk: Desk) -> Page:
    """Show, then do."""
    form = _form(desk, NewDepartment(request.form, w=desk.w), "")
    back = url_for("settings.departments")

    def free(_form: Any, found: Any) -> None:
        if desk.session.scalar(select(Department.id).where(Department.code == found.data)):
            raise ValidationError("settings.code_taken")

    right = form.validate(extra_validators={"code": [free]})
    if changing.again() or not right:
        shown = form_page(desk, "departments", desk.w("settings.add_department"), form, back)
        return shown, 200 if changing.again() else 422
    return changing.decide(desk, [Wanted("department", None, dict(form.data))], back=back)
