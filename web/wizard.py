"""The first steps (เริ่มใช้งาน): from nothing to a town at work in a quarter of an hour, six short pages.

What is done is read from the data, not remembered: whoever comes back, or has done it elsewhere, goes on where
something is missing. Only departments and the end must be said to be done (`wizard.passed`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, redirect, request, url_for
from sqlalchemy import func, select
from wtforms import RadioField, SelectField, StringField
from wtforms.validators import Length

from messages import cases
from models import changes, checks, findings
from models import staff as staff_rows
from models.findings import CHECKUP, Finding
from models.incoming import Incoming
from models.people import Chat
from models.staff import Staff
from models.town import DEFAULTS, Department, Village
from web import access, changing
from web.desk import Desk, Page, needs
from web.forms import Form, Tidy, options, required
from web.people import CODE_LIVES
from web.settings_departments import LAST
from web.settings_fields import phone_field
from web.settings_import import Fate, judge
from web.settings_town import FIELDS
from web.sheet_reading import Unreadable, read_text
from web.words import speaking

pages = Blueprint("wizard", __name__, url_prefix="/console/start")

STEPS = ("town", "villages", "departments", "people", "line", "done")
#: What LINE must be ready for, in the order in which one sets it up; names of findings.
LINE = ("settings", "line", "webhook", "greeting", "clock", "quota", "richmenu")
#: Where LINE is to send what people write (bot/asgi.py).
WEBHOOK = "/line/webhook"


@dataclass(frozen=True)
class Step:
    """A step as the pages show it."""

    name: str
    done: bool
    here: bool


def _done(desk: Desk) -> dict[str, bool]:
    """Which steps need nothing more."""
    session, passed = desk.session, desk.settings["wizard.passed"]
    linked = session.scalar(select(Staff.id).where(Staff.active, Staff.person_id.is_not(None)).limit(1))
    group = session.scalar(select(Chat.id).where(Chat.department_id.is_not(None), Chat.gone_at.is_(None)).limit(1))
    line = {row.name: row.level for row in findings.kept(session, CHECKUP)}
    return {
        "town": desk.settings["town.name"] != DEFAULTS["town.name"] and bool(desk.settings["town.phone"]),
        "villages": session.scalar(select(Village.moo).limit(1)) is not None,
        "departments": "departments" in passed,
        "people": linked is not None or group is not None,
        "line": line.get("line") == "ok" and line.get("webhook") == "ok" and _last_event(desk) is not None,
        "done": "done" in passed,
    }


def _page(desk: Desk, here: str, /, **values: Any) -> str:
    done = _done(desk)
    steps = [Step(step, done[step], step == here) for step in STEPS]
    return desk.page(f"wizard/{here}.html", steps=steps, step=here, **values)


def _next(name: str) -> str:
    return url_for(f"wizard.{STEPS[STEPS.index(name) + 1]}")


def _pass(desk: Desk, name: str) -> None:
    passed = desk.settings["wizard.passed"]
    if name not in passed:
        changing.put(desk, "wizard.passed", [*passed, name])


@pages.get("/")
@needs(access.may_manage_settings)
def index(desk: Desk) -> Page:
    """On to the first step that needs something."""
    done = _done(desk)
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
    return _page(desk, "town", form=form, said=said)


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
    return redirect(_next("town"), 303)


# -- 2: villages -------------------------------------------------------------------------------------------------------


def _villages_page(desk: Desk, typed: str, wrong: Sequence[Fate] = (), trouble: str = "") -> str:
    return _page(desk, "villages", typed=typed, wrong=wrong, trouble=trouble)


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
    return redirect(_next("villages"), 303)


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
    return _page(desk, "departments", rows=[(row, cases.named(desk.w, row.name)) for row in rows], last=LAST)


@pages.post("/departments")
@needs(access.may_manage_settings)
def keep_departments(desk: Desk) -> Page:
    """Open those that are ticked, close the others."""
    ticked, batch = set(request.form.getlist("department")), changes.new_batch()
    for row in desk.session.scalars(select(Department)).all():
        active = row.code in ticked or row.code == LAST
        if row.active != active:
            changing.change(desk, "department", str(row.id), {"active": active}, batch)
    _pass(desk, "departments")
    return redirect(_next("departments"), 303)


# -- 4: people and groups ----------------------------------------------------------------------------------------------


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
    return _page(
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


# -- 5: LINE -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Check:
    """A line of the list: its name, how it stands (ok, warn, bad, or wait: not looked at yet), what was found."""

    name: str
    level: str
    words: str


def _last_event(desk: Desk) -> datetime | None:
    return desk.session.scalar(select(func.max(Incoming.received_at)))


def _checks(desk: Desk) -> list[Check]:
    worker = checks.look_at_worker(desk.session, desk.now)
    rows = {row.name: row for row in reversed(findings.kept(desk.session, CHECKUP)) if row.name in LINE}
    unseen = desk.w("wizard.not_looked")
    found = [_check(desk, "worker", worker)]
    found += [_check(desk, n, rows[n].finding) if n in rows else Check(n, "wait", unseen) for n in LINE]
    heard = _last_event(desk)
    words = desk.w("wizard.heard", ago=cases.ago(desk.w, heard, desk.now)) if heard else desk.w("wizard.not_heard")
    return [*found, Check("heard", "ok" if heard else "wait", words)]


def _check(desk: Desk, name: str, found: Finding) -> Check:
    return Check(name, found.level, found.english if desk.w.language == "en" else found.thai)


def _line_values(desk: Desk) -> dict[str, Any]:
    kept, asked = findings.kept(desk.session, CHECKUP), findings.checkup_asked(desk.session)
    waiting = asked is not None and (not kept or asked > kept[0].at)
    return {"checks": _checks(desk), "waiting": waiting, "looked_at": kept[0].at if kept else None}


@pages.get("/line")
@needs(access.may_manage_settings)
def line(desk: Desk) -> Page:
    """What must be set at LINE, tested as far as we can."""
    if desk.htmx:
        return desk.page("wizard/checks.html", **_line_values(desk))
    return _page(desk, "line", address=desk.console.public_url + WEBHOOK, **_line_values(desk))


@pages.post("/line")
@needs(access.may_manage_settings)
def look_again(desk: Desk) -> Page:
    """Ask the worker to test it all now."""
    findings.ask_for_checkup(desk.session, desk.now)
    desk.record("checkup.asked", "checkup")
    return desk.go("wizard.line")


# -- 6: done -----------------------------------------------------------------------------------------------------------


@pages.get("/done")
@needs(access.may_manage_settings)
def done(desk: Desk) -> Page:
    """What is ready, what is still missing, and what comes next."""
    return _page(desk, "done")


@pages.post("/done")
@needs(access.may_manage_settings)
def finish(desk: Desk) -> Page:
    """The town is at work."""
    _pass(desk, "done")
    desk.tell("wizard.at_work")
    return redirect("/console/", 303)
