"""Writing a project's line by hand: a new one, or corrections; and taking a draft into the plan or throwing it away."""

from __future__ import annotations

from typing import Any

from flask import request, url_for
from sqlalchemy import select
from werkzeug.exceptions import NotFound
from wtforms import IntegerField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import Length, NumberRange, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from messages.money import baht, to_satang
from messages.thai import arabic_digits
from models.deciding import back_to_answered
from models.plan import FORMS, REVISIONS, Plan, Project
from models.plan_bringing import state_of
from models.plan_lines import Departments, put
from models.proposal_plan import proposals_of
from models.thai_order import thai_order
from models.town import Department
from nlp.search import search_text
from sheets.cells import plain
from sheets.villages import villages
from web import access
from web.desk import Desk, Page, needs
from web.forms import Form, Tidy, options, required
from web.plan import pages
from web.plan_project import Money

__all__ = ["pages"]

#: Text fields of one line, and of many.
SHORT = ("strategy", "tactic", "programme", "department_name", "national", "province", "district", "begin", "end")
LONG = ("objective", "target", "kpi", "result", "reason", "place", "budget_type", "item")


class Clean:
    """A filter: cleaned as what comes from a workbook, so that both are found and compared alike."""

    def __call__(self, value: str | None) -> str | None:
        return plain(value) if value else value


class OneLine:
    """A filter for names of strategies and programmes: a dash alone is nothing."""

    def __call__(self, value: str | None) -> str | None:
        cleaned = " ".join(plain(value).split()) if value else value
        return "" if cleaned in ("-", "–") else cleaned


class Where:
    """A validator: latitude and longitude in degrees, or nothing."""

    def __call__(self, form: Any, field: Any) -> None:
        if field.data and place_of(field.data) is None:
            raise ValidationError("plan.bad_place")


class Moos:
    """A validator: numbers of villages, or nothing."""

    def __call__(self, form: Any, field: Any) -> None:
        if field.data and not villages(f"หมู่ที่ {field.data}"):
            raise ValidationError("plan.bad_moos")


def place_of(typed: str) -> tuple[float, float] | None:
    """“18.12345, 99.12345” in degrees; None where it is not that."""
    try:
        lat, lon = (float(part) for part in arabic_digits(typed).split(","))
    except ValueError:
        return None
    return (lat, lon) if -90 <= lat <= 90 and -180 <= lon <= 180 else None


class Marks(SelectMultipleField):
    """Several of a list, as check boxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class Line(Form):
    """A project's line; money fields for the plan's years are added by `form_for`."""

    form = SelectField("plan.form")
    name = TextAreaField("plan_field.name", [required(), Length(max=5_000)], filters=[Clean()])
    public_name = StringField(
        "plan_field.public_name", [Length(max=1_000)], filters=[OneLine()], description="plan.public_name_help"
    )
    strategy = StringField("plan_field.strategy", [Length(max=300)], filters=[OneLine()])
    tactic = StringField("plan_field.tactic", [Length(max=1_000)], filters=[OneLine()])
    programme = StringField("plan_field.programme", [Length(max=300)], filters=[OneLine()])
    objective = TextAreaField("plan_field.objective", [Length(max=10_000)], filters=[Clean()])
    target = TextAreaField("plan_field.target", [Length(max=10_000)], filters=[Clean()])
    kpi = TextAreaField("plan_field.kpi", [Length(max=10_000)], filters=[Clean()])
    result = TextAreaField("plan_field.result", [Length(max=10_000)], filters=[Clean()])
    department_name = StringField("plan_field.department_name", [Length(max=200)], filters=[OneLine()])
    moos = StringField("plan_field.moos", [Length(max=200), Moos()], filters=[Tidy()], description="plan.moos_help")
    place = TextAreaField("plan_field.place", [Length(max=1_000)], filters=[Clean()])
    position = StringField("plan_field.position", [Where()], filters=[Tidy()], description="plan.place_help")
    dimensions = Marks("plan_field.dimensions")
    revision = SelectField("plan_field.revision")
    revision_number = IntegerField("plan_field.revision_number", [Optional(), NumberRange(1, 99)])
    revision_year = IntegerField("plan_field.revision_year", [Optional(), NumberRange(2480, 2699)])
    reason = TextAreaField("plan_field.reason", [Length(max=10_000)], filters=[Clean()])
    national = StringField("plan_field.national", [Length(max=1_000)], filters=[OneLine()])
    province = StringField("plan_field.province", [Length(max=1_000)], filters=[OneLine()])
    budget_type = StringField("plan_field.budget_type", [Length(max=1_000)], filters=[OneLine()])
    item = StringField("plan_field.item", [Length(max=1_000)], filters=[OneLine()])
    district = StringField("plan_field.district", [Length(max=120)], filters=[OneLine()])
    begin = StringField("plan_field.begin", [Length(max=200)], filters=[OneLine()])
    end = StringField("plan_field.end", [Length(max=200)], filters=[OneLine()])

    def validate_revision(self, field: Any) -> None:
        """A revision has a number and a year."""
        if field.data != "original" and not (self.revision_number.data and self.revision_year.data):
            raise ValidationError("plan.revision_needs")


def form_for(desk: Desk, plan: Plan, project: Project | None, given: Any = None) -> Line:
    """The form with the plan's years, filled with the project's line."""
    years = sorted({*plan.years, *((project.money() | project.money("ordinance")) if project else ())})
    money = {
        f"{kind}_{year}": StringField(str(year), [Money()], filters=[Tidy()])
        for kind in ("plan", "ordinance")
        for year in years
    }
    made: type[Line] = type("LineOfYears", (Line,), money)
    form = made(given, w=desk.w, data=_data(project) if project is not None else {})
    form.form.choices = options(FORMS.items())
    form.revision.choices = options((kind, desk.w(f"plan.revision_{kind}")) for kind in REVISIONS)
    known = [*desk.settings["plan.dimensions"], *(project.dimensions if project else ())]
    form.dimensions.choices = options((mark, dimension(desk, mark)) for mark in dict.fromkeys(known))
    return form


def dimension(desk: Desk, mark: str) -> str:
    """A dimension's name: ours, or the town's own as it is."""
    return desk.w(f"dimension.{mark}") if f"dimension.{mark}" in desk.w else mark


def _data(project: Project) -> dict[str, Any]:
    data: dict[str, Any] = {name: getattr(project, name) for name in ("name", "public_name", *SHORT, *LONG)}
    data |= {f"plan_{year}": baht(satang) for year, satang in project.money().items()}
    data |= {f"ordinance_{year}": baht(satang) for year, satang in project.money("ordinance").items()}
    where = f"{project.lat}, {project.lon}" if project.lat is not None else ""
    return data | {
        "form": project.form,
        "moos": ", ".join(str(moo) for moo in project.moos),
        "position": where,
        "dimensions": list(project.dimensions),
        "revision": project.revision,
        "revision_number": project.revision_number,
        "revision_year": project.revision_year,
    }


def _write(desk: Desk, project: Project, form: Line) -> None:
    """Put what was typed into the project."""
    original = form.revision.data == "original"
    found = place_of(form.position.data or "")
    texts = {name: form[name].data or "" for name in ("name", "public_name", *SHORT, *LONG)}
    project.put_moos(villages(f"หมู่ที่ {form.moos.data}") if form.moos.data else ())
    for kind in ("plan", "ordinance"):
        fields = [field for field in form if field.name.startswith(f"{kind}_") and field.name[-4:].isdecimal()]
        project.put_money({int(field.name[-4:]): to_satang(field.data or "") for field in fields}, kind)
    project.dimensions = tuple(form.dimensions.data or ())
    own = {
        "form": form.form.data,
        "department_id": Departments(desk.session).find(texts["department_name"]),
        "revision": form.revision.data,
        "revision_number": None if original else form.revision_number.data,
        "revision_year": None if original else form.revision_year.data,
        "lat": found[0] if found else None,
        "lon": found[1] if found else None,
    }
    put(project, {**texts, **own}, search_text)
    project.updated_at = desk.now


def _shown(desk: Desk, plan: Plan, form: Line, project: Project | None) -> dict[str, Any]:
    inside = Project.plan_id == plan.id
    names = {
        field: sorted(desk.session.scalars(select(column).where(inside, column != "").distinct()), key=thai_order)
        for field, column in (("strategy", Project.strategy), ("programme", Project.programme))
    }
    names["department_name"] = sorted(desk.session.scalars(select(Department.name)), key=thai_order)
    back = url_for("plan.show", number=project.id) if project is not None else url_for("plan.index", plan=plan.id)
    return {"plan": plan, "form": form, "project": project, "known": names, "back": back}


@pages.get("/plans/<int:number>/new")
@needs(access.may_edit_plan)
def new(desk: Desk, number: int) -> Page:
    """An empty line."""
    plan = _plan(desk, number)
    return desk.page("plan/form.html", **_shown(desk, plan, form_for(desk, plan, None), None))


@pages.post("/plans/<int:number>/new")
@needs(access.may_edit_plan)
def make(desk: Desk, number: int) -> Page:
    """A new project in the plan."""
    plan = _plan(desk, number)
    form = form_for(desk, plan, None, request.form)
    if not form.validate():
        return desk.refuse("plan/form.html", **_shown(desk, plan, form, None))
    project = blank(desk, plan, form.name.data or "", "plan")
    _write(desk, project, form)
    project.add("written", desk.now, staff=desk.viewer.staff(desk.session), public=False)
    desk.record("project.written", f"project:{project.id}", None, {"name": project.name})
    desk.tell("plan.did_write")
    return desk.go("plan.show", number=project.id)


def blank(desk: Desk, plan: Plan, name: str, step: str) -> Project:
    """A project at the end of the plan with nothing but a name."""
    last = select(Project.position).where(Project.plan_id == plan.id).order_by(Project.position.desc()).limit(1)
    project = Project(
        plan=plan,
        name=name,
        step=step,
        form="p02",
        revision="original",
        position=(desk.session.scalar(last) or 0) + 1,
        created_at=desk.now,
        updated_at=desk.now,
    )
    desk.session.add(project)
    desk.session.flush()
    return project


def _plan(desk: Desk, number: int) -> Plan:
    found = desk.session.get(Plan, number)
    if found is None:
        raise NotFound
    return found


@pages.get("/<int:number>/edit")
@needs(access.may_edit_plan)
def edit(desk: Desk, number: int) -> Page:
    """The line, to be corrected."""
    project = access.project(desk.session, number)
    form = form_for(desk, project.plan, project)
    return desk.page("plan/form.html", **_shown(desk, project.plan, form, project))


@pages.post("/<int:number>/edit")
@needs(access.may_edit_plan)
def correct(desk: Desk, number: int) -> Page:
    """Keep the corrections, with what was before."""
    project = access.project(desk.session, number, lock=True)
    form = form_for(desk, project.plan, project, request.form)
    if not form.validate():
        return desk.refuse("plan/form.html", **_shown(desk, project.plan, form, project))
    before = _told(project)
    _write(desk, project, form)
    desk.session.flush()
    after = _told(project)
    changed = {name: value for name, value in after.items() if before[name] != value}
    if changed:
        was = {name: before[name] for name in changed}
        data = {"fields": sorted(changed), "was": was, "became": changed}
        project.add("edited", desk.now, staff=desk.viewer.staff(desk.session), data=data, public=False)
        desk.record("project.edited", f"project:{project.id}", was, changed)
    desk.tell("plan.did_edit" if changed else "plan.nothing_changed", "done" if changed else "note")
    return desk.go("plan.show", number=project.id)


def _told(project: Project) -> dict[str, Any]:
    """The line for history and audit."""
    state = state_of(project)
    for name in ("cells", "sheet", "sheet_row", "mark", "department_id"):
        state.pop(name)
    where = [project.lat, project.lon]
    return {**state, "public_name": project.public_name, "dimensions": list(project.dimensions), "position": where}


@pages.post("/<int:number>/adopt")
@needs(access.may_edit_plan)
def adopt(desk: Desk, number: int) -> Page:
    """Take a draft into the plan, or throw it away."""
    project = access.project(desk.session, number, lock=True)
    if project.step != "draft":
        desk.tell("plan.no_draft", "note")
        return desk.go("plan.show", number=project.id)
    step, staff = "dropped" if request.form.get("drop") else "plan", desk.viewer.staff(desk.session)
    words = request.form.get("words", "").strip()[:2_000]
    project.move(step, desk.now, staff=staff, words=words)
    if step == "dropped":
        for proposal in proposals_of(desk.session, project):
            if proposal.state == "planned":
                back_to_answered(desk.session, proposal, staff, desk.now, words)
    desk.record("project.moved", f"project:{project.id}", {"step": "draft"}, {"step": step})
    desk.tell(f"plan.adopted_{step}")
    return desk.go("plan.show", number=project.id)
