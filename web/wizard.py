"""The first steps (เริ่มใช้งาน): from nothing to a town at work in a quarter of an hour, six short pages.

What is done is read from the data, not remembered: whoever comes back, or has done it elsewhere, goes on where
something is missing. Only departments and the end must be said to be done (`wizard.passed`). People and LINE have files
of their own (wizard_people.py, wizard_line.py).
"""

from __future__ import annotations

from collections.abc import Sequence

from flask import redirect, request, url_for
from sqlalchemy import select
from wtforms import RadioField, StringField
from wtforms.validators import Length

from messages import cases
from models import changes
from models.town import DEFAULTS, Department, Village
from web import access, changing
from web.desk import Desk, Page, needs
from web.forms import Form, Tidy, options, required
from web.settings_departments import LAST
from web.settings_fields import phone_field
from web.settings_import import Fate, judge
from web.settings_town import FIELDS
from web.sheet_reading import Unreadable, read_text
from web.wizard_steps import STEPS, after, done_steps, pages, pass_step, step_page
from web.words import speaking

__all__ = ["pages"]


@pages.get("/")
@needs(access.may_manage_settings)
def index(desk: Desk) -> Page:
    """On to the first step that needs something."""
    done = done_steps(desk)
    return redirect(url_for(f"wizard.{next((step for step in STEPS if not done[step]), 'done')}"), 303)


# -- 1: the town -------------------------------------------------------------------------------------------------------


class Town(Form):
    """What people must know of the town."""

    name = StringField(
        "setting.town_name", [required(), Length(max=80)], filters=[Tidy()], description="settings.name_help"
    )
    phone = phone_field("setting.town_phone", needed=True, description="settings.phone_help")
    hours = StringField("setting.town_hours", [required(), Length(max=80)], filters=[Tidy()])
    rescue_phone = phone_field("setting.town_rescue_phone", 20, description="settings.rescue_help")
    bot_name = StringField("setting.bot_name", [required(), Length(max=20)], filters=[Tidy()])
    polite = RadioField(
        "setting.bot_polite", choices=options([("ค่ะ", "settings.polite_she"), ("ครับ", "settings.polite_he")])
    )


def _town_page(desk: Desk, form: Town) -> str:
    known = {FIELDS[field.name]: field.data for field in form if field.data}
    said = speaking("th", desk.settings | known, desk.console.public_url)("welcome.hello")
    return step_page(desk, "town", form=form, said=said)


@pages.get("/town")
@needs(access.may_manage_settings)
def town(desk: Desk) -> Page:
    """Name, telephone, hours, and who the bot is."""
    data = {field.name: desk.settings[FIELDS[field.name]] for field in Town(w=desk.w)}
    if data["name"] == DEFAULTS["town.name"]:
        data["name"] = ""
    return _town_page(desk, Town(w=desk.w, data=data))


@pages.post("/town")
@needs(access.may_manage_settings)
def keep_town(desk: Desk) -> Page:
    """Keep it, and go on."""
    form = Town(request.form, w=desk.w)
    if not form.validate():
        return _town_page(desk, form), 422
    batch = changes.new_batch()
    for field in form:
        changing.put(desk, FIELDS[field.name], field.data, batch)
    return redirect(after("town"), 303)


# -- 2: villages -------------------------------------------------------------------------------------------------------


def _villages_page(desk: Desk, typed: str, wrong: Sequence[Fate] = (), trouble: str = "") -> str:
    return step_page(desk, "villages", typed=typed, wrong=wrong, trouble=trouble)


@pages.get("/villages")
@needs(access.may_manage_settings)
def villages(desk: Desk) -> Page:
    """One line for each village."""
    there = desk.session.scalars(select(Village).order_by(Village.moo))
    return _villages_page(desk, "\n".join(f"{row.moo}\t{row.name}".strip() for row in there))


@pages.post("/villages")
@needs(access.may_manage_settings)
def keep_villages(desk: Desk) -> Page:
    """Keep what is right; a line that is not right comes back with what to do."""
    typed = request.form.get("rows", "")
    try:
        rows = [_split(row) for row in read_text(typed)] if typed.strip() else []
    except Unreadable as error:
        return _villages_page(desk, typed, trouble=str(error)), 422
    fates = judge(desk, "villages", rows)
    wrong = [each for each in fates if each.fate == "wrong"]
    if wrong:
        return _villages_page(desk, typed, wrong, "settings.rows_wrong"), 422
    batch = changes.new_batch()
    for each in fates:
        if each.fate != "same":
            changing.change(desk, "village", each.subject, dict(each.after), batch)
    return redirect(after("villages"), 303)


def _split(cells: list[str]) -> list[str]:
    """“1 บ้านตลาด” in one cell is what people type by hand; from a sheet it comes in two."""
    if len(cells) > 1:
        return cells
    words = cells[0].split(maxsplit=2 if cells[0].startswith("หมู่ที่ ") or cells[0].startswith("หมู่ ") else 1)
    return ["".join(words[:-1]) or words[0], words[-1] if len(words) > 1 else ""]


# -- 3: departments ----------------------------------------------------------------------------------------------------


@pages.get("/departments")
@needs(access.may_manage_settings)
def departments(desk: Desk) -> Page:
    """Which departments this town has."""
    rows = desk.session.scalars(select(Department).order_by(Department.id)).all()
    return step_page(desk, "departments", rows=[(row, cases.named(desk.w, row.name)) for row in rows], last=LAST)


@pages.post("/departments")
@needs(access.may_manage_settings)
def keep_departments(desk: Desk) -> Page:
    """Open those that are ticked, close the others."""
    ticked, batch = set(request.form.getlist("department")), changes.new_batch()
    for row in desk.session.scalars(select(Department)).all():
        active = row.code in ticked or row.code == LAST
        if row.active != active:
            changing.change(desk, "department", str(row.id), {"active": active}, batch)
    pass_step(desk, "departments")
    return redirect(after("departments"), 303)


# -- 6: done -----------------------------------------------------------------------------------------------------------


@pages.get("/done")
@needs(access.may_manage_settings)
def done(desk: Desk) -> Page:
    """What is ready, what is still missing, and what comes next."""
    return step_page(desk, "done")


@pages.post("/done")
@needs(access.may_manage_settings)
def finish(desk: Desk) -> Page:
    """The town is at work."""
    pass_step(desk, "done")
    desk.tell("wizard.at_work")
    return redirect("/console/", 303)
