"""Categories: who handles them, within how many days, how near counts as the same; agencies and their numbers."""

from __future__ import annotations

from typing import Any

from flask import request, url_for
from sqlalchemy import select
from werkzeug.exceptions import NotFound
from wtforms import BooleanField, IntegerField, SelectField, StringField
from wtforms.validators import Length, NumberRange

from messages import cases
from messages.emergency import ALL
from models.town import Agency, Category
from web import access, changing
from web.changing import Wanted
from web.desk import Desk, Page, needs
from web.forms import Form, Tidy, options, required
from web.settings import Row, form_page, listing, pages
from web.settings_fields import agencies, department_name, departments, phone_field

__all__ = ["pages"]

#: The bot itself files under these; they cannot be put out of use.
NEEDED = ("other", "proposal")


class CategoryForm(Form):
    """A category."""

    name = StringField("column.name", [required(), Length(max=60)], filters=[Tidy()])
    department = SelectField("column.department", [required()], description="settings.category_department_help")
    agency = SelectField("column.agency", description="settings.agency_help")
    days_normal = IntegerField(
        "column.days_normal", [required(), NumberRange(1, 365)], description="settings.days_help"
    )
    days_urgent = IntegerField("column.days_urgent", [required(), NumberRange(0, 60)])
    radius = IntegerField("column.radius", [required(), NumberRange(0, 5000)], description="settings.radius_help")
    sensitive = BooleanField("column.sensitive", description="settings.sensitive_help")
    active = BooleanField("settings.in_use")


@pages.get("/categories")
@needs(access.may_see_settings)
def categories(desk: Desk) -> Page:
    """All of them, in their order."""
    w, rows = desk.w, []
    for row in desk.session.scalars(select(Category).order_by(Category.active.desc(), Category.position)):
        does = department_name(desk.session, w, row.department)
        days = w("settings.days_both", normal=row.days_normal, urgent=row.days_urgent)
        secret = w("changes.yes") if row.sensitive else ""
        cells = (
            cases.named(w, row.name),
            does,
            days,
            w("settings.metres", count=row.radius) if row.radius else "",
            secret,
        )
        rows.append(Row(cells, url_for("settings.category", code=row.code), closed=not row.active))
    heads = ["column.category", "column.department", "settings.days", "column.radius", "column.sensitive"]
    return listing(desk, "categories", heads, rows, kinds=["category"])


def _row(desk: Desk, code: str) -> Category:
    found = desk.session.get(Category, code)
    if found is None:
        raise NotFound
    return found


def _form(desk: Desk, given: Any, data: dict[str, Any] | None = None) -> CategoryForm:
    form = CategoryForm(given, w=desk.w, data=data)
    form.department.choices = departments(desk)
    form.agency.choices = [*options([("", desk.w("settings.no_agency"))]), *agencies(desk)]
    return form


def _page(desk: Desk, form: Form, row: Category) -> str:
    back = url_for("settings.categories")
    return form_page(desk, "categories", row.name, form, back, kind="category", subject=row.code)


@pages.get("/categories/<code>")
@needs(access.may_manage_settings)
def category(desk: Desk, code: str) -> Page:
    """One, to be changed."""
    row = _row(desk, code)
    data = {name: getattr(row, name) for name in CategoryForm(w=desk.w).data}
    return _page(desk, _form(desk, None, data | {"agency": row.agency or ""}), row)


@pages.post("/categories/<code>")
@needs(access.may_manage_settings)
def change_category(desk: Desk, code: str) -> Page:
    """Show, then do."""
    row = _row(desk, code)
    form = _form(desk, request.form)
    right = form.validate()
    if right and code in NEEDED and not form.active.data:
        form.active.errors, right = ["settings.category_needed"], False
    if changing.again() or not right:
        return _page(desk, form, row), 200 if changing.again() else 422
    after = dict(form.data) | {"agency": form.agency.data or None}
    notes = [desk.w("settings.only_new_cases")]
    if row.sensitive and not after["sensitive"]:
        notes.append(desk.w("settings.no_longer_sensitive"))
    wanted = [Wanted("category", code, after)]
    return changing.decide(desk, wanted, back=url_for("settings.categories"), notes=notes)


# -- numbers -----------------------------------------------------------------------------------------------------------


class AgencyForm(Form):
    """An outside agency."""

    name = StringField("column.name", [required(), Length(max=100)], filters=[Tidy()])
    phone = phone_field("column.phone", 20)


@pages.get("/numbers")
@needs(access.may_see_settings)
def numbers(desk: Desk) -> Page:
    """Numbers that the chat shows: the town's, the agencies', and those of the whole country."""
    w = desk.w
    rows = [
        Row((w("setting.town_phone"), desk.settings["town.phone"], w("settings.of_town")), url_for("settings.town")),
        Row(
            (w("setting.town_rescue_phone"), desk.settings["town.rescue_phone"], w("settings.of_town")),
            url_for("settings.town"),
        ),
    ]
    rows += [
        Row((cases.named(w, row.name), row.phone, w("settings.of_agency")), url_for("settings.agency", code=row.code))
        for row in desk.session.scalars(select(Agency).order_by(Agency.name))
    ]
    rows += [Row((w(f"emergency.name_{number}"), number, w("settings.of_country"))) for number in ALL]
    return listing(desk, "numbers", ["settings.whom", "column.phone", "settings.whose"], rows, kinds=["agency"])


def _agency(desk: Desk, code: str) -> Agency:
    found = desk.session.get(Agency, code)
    if found is None:
        raise NotFound
    return found


def _agency_page(desk: Desk, form: Form, row: Agency) -> str:
    return form_page(desk, "numbers", row.name, form, url_for("settings.numbers"), kind="agency", subject=row.code)


@pages.get("/numbers/<code>")
@needs(access.may_manage_settings)
def agency(desk: Desk, code: str) -> Page:
    """An agency, to be changed."""
    row = _agency(desk, code)
    return _agency_page(desk, AgencyForm(w=desk.w, data={"name": row.name, "phone": row.phone}), row)


@pages.post("/numbers/<code>")
@needs(access.may_manage_settings)
def change_agency(desk: Desk, code: str) -> Page:
    """Show, then do."""
    row = _agency(desk, code)
    form = AgencyForm(request.form, w=desk.w)
    if changing.again() or not form.validate():
        return _agency_page(desk, form, row), 200 if changing.again() else 422
    return changing.decide(desk, [Wanted("agency", code, dict(form.data))], back=url_for("settings.numbers"))
