"""Working days: the holidays on which the office is closed, by year, and filling in those that are known."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import redirect, request, url_for
from sqlalchemy import select
from werkzeug.exceptions import NotFound
from wtforms import DateField, StringField
from wtforms.validators import Length, ValidationError

from messages import english
from messages.thai import BE, local, thai_date
from models.calendar import Holiday
from models.holidays_th import YEARS, holidays_of
from web import access, changing
from web.changing import Wanted
from web.desk import Desk, Page, needs
from web.forms import Form, Tidy, required
from web.settings import Row, form_page, listing, pages

__all__ = ["pages"]


class HolidayForm(Form):
    """A day on which the office is closed."""

    date = DateField("settings.day", [required()])
    name = StringField("column.name", [required(), Length(max=120)], filters=[Tidy()])


def _year(desk: Desk) -> int:
    """The year (CE) that is looked at; this one by default."""
    asked = request.values.get("year", "")
    year = int(asked) if asked.isascii() and asked.isdigit() else local(desk.now).year
    return year if 2000 <= year <= 2200 else local(desk.now).year


def _written(desk: Desk, day: date) -> str:
    if desk.w.language == "en":
        return f"{day:%A} {english.english_date(day)}"
    return f"{desk.w(f'settings.weekday_{day.weekday()}')} {thai_date(day)}"


@pages.get("/calendar")
@needs(access.may_see_settings)
def holidays(desk: Desk) -> Page:
    """The holidays of a year."""
    year = _year(desk)
    found = desk.session.scalars(
        select(Holiday)
        .where(Holiday.date >= date(year, 1, 1), Holiday.date <= date(year, 12, 31))
        .order_by(Holiday.date)
    ).all()
    there = {row.date for row in found}
    rows = [
        Row((_written(desk, row.date), row.name), url_for("settings.holiday", day=row.date.isoformat()))
        for row in found
    ]
    missing = [day for day in holidays_of(year) if day not in there] if year in YEARS else []
    actions = [("settings.add_holiday", url_for("settings.new_holiday", year=year), "intake")]
    return listing(
        desk,
        "calendar",
        ["settings.day", "column.name"],
        rows,
        actions=actions,
        kinds=["holiday"],
        template="settings/calendar.html",
        year=year,
        shown=year if desk.w.language == "en" else year + BE,
        known=year in YEARS,
        missing=len(missing),
        answer_days=desk.settings["duty.answer_days"],
    )


@pages.post("/calendar/fill")
@needs(access.may_manage_settings)
def fill_year(desk: Desk) -> Page:
    """Show the known holidays of a year that are not there, then put them in."""
    year = _year(desk)
    back = url_for("settings.holidays", year=year)
    if changing.again():
        return redirect(back, 303)
    there = set(desk.session.scalars(select(Holiday.date)))
    known = holidays_of(year).items() if year in YEARS else ()
    wanted = [Wanted("holiday", day.isoformat(), {"name": name}) for day, name in known if day not in there]
    return changing.decide(desk, wanted, back=back, notes=[desk.w("settings.confirm_yearly")])


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise NotFound from None


def _row(desk: Desk, text: str) -> Holiday:
    found = desk.session.get(Holiday, _day(text))
    if found is None:
        raise NotFound
    return found


def _page(desk: Desk, form: Form, row: Holiday | None, year: int) -> str:
    back = url_for("settings.holidays", year=year)
    if row is None:
        return form_page(desk, "calendar", desk.w("settings.add_holiday"), form, back)
    day = row.date.isoformat()
    gone = url_for("settings.remove_holiday", day=day)
    return form_page(
        desk, "calendar", _written(desk, row.date), form, back, kind="holiday", subject=day, removable=gone
    )


class NameForm(Form):
    """What a holiday is called."""

    name = StringField("column.name", [required(), Length(max=120)], filters=[Tidy()])


@pages.get("/calendar/<day>")
@needs(access.may_manage_settings)
def holiday(desk: Desk, day: str) -> Page:
    """One, to be renamed or taken away."""
    row = _row(desk, day)
    return _page(desk, NameForm(w=desk.w, data={"name": row.name}), row, row.date.year)


@pages.post("/calendar/<day>")
@needs(access.may_manage_settings)
def change_holiday(desk: Desk, day: str) -> Page:
    """Show, then do."""
    row = _row(desk, day)
    form = NameForm(request.form, w=desk.w)
    if changing.again() or not form.validate():
        return _page(desk, form, row, row.date.year), 200 if changing.again() else 422
    back = url_for("settings.holidays", year=row.date.year)
    return changing.decide(desk, [Wanted("holiday", day, {"name": form.name.data})], back=back)


@pages.post("/calendar/<day>/remove")
@needs(access.may_manage_settings)
def remove_holiday(desk: Desk, day: str) -> Page:
    """Show, then take it away."""
    row = _row(desk, day)
    if changing.again():
        return desk.go("settings.holiday", day=day)
    back = url_for("settings.holidays", year=row.date.year)
    return changing.decide(desk, [Wanted("holiday", day, None)], back=back, notes=[desk.w("settings.works_then")])


@pages.get("/calendar/new")
@needs(access.may_manage_settings)
def new_holiday(desk: Desk) -> Page:
    """An empty form."""
    return _page(desk, HolidayForm(w=desk.w), None, _year(desk))


@pages.post("/calendar/new")
@needs(access.may_manage_settings)
def add_holiday(desk: Desk) -> Page:
    """Show, then do."""
    form = HolidayForm(request.form, w=desk.w)

    def free(_form: Any, found: Any) -> None:
        if not 2000 <= found.data.year <= 2200:
            raise ValidationError("settings.year_wrong")
        if desk.session.get(Holiday, found.data) is not None:
            raise ValidationError("settings.holiday_taken")

    right = form.validate(extra_validators={"date": [free]})
    if changing.again() or not right or form.date.data is None:
        return _page(desk, form, None, _year(desk)), 200 if changing.again() else 422
    back = url_for("settings.holidays", year=form.date.data.year)
    return changing.decide(desk, [Wanted("holiday", form.date.data.isoformat(), {"name": form.name.data})], back=back)
