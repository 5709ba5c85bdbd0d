"""Plans themselves: years, name, kind; shown to residents or not; what was brought into them."""

from __future__ import annotations

from typing import Any

from flask import request
from sqlalchemy import func, select
from werkzeug.exceptions import NotFound
from wtforms import IntegerField, SelectField, StringField
from wtforms.validators import Length, NumberRange, ValidationError

from messages.thai import fiscal_year, local
from models.plan import DIMENSIONS, LAYOUTS, OUTSIDE, PLAN_KINDS, Plan, Project
from models.plan_finding import total_of
from models.plan_import import PlanDraft, PlanImport
from web import access, changing
from web.desk import Desk, Page, needs
from web.forms import Form, Tidy, options, required
from web.plan import pages
from web.plan import plans as known_plans

__all__ = ["pages"]


class PlanForm(Form):
    """A plan."""

    name = StringField("plan.plan_name", [required(), Length(max=200)], filters=[Tidy()])
    kind = SelectField("plan.kind", choices=options((kind, f"plan.kind_{kind}") for kind in PLAN_KINDS))
    first_year = IntegerField("plan.first_year", [required(), NumberRange(2480, 2699)], description="plan.year_help")
    last_year = IntegerField("plan.last_year", [required(), NumberRange(2480, 2699)])
    layout = SelectField(
        "plan.layout",
        choices=options((kind, f"plan.layout_{kind}") for kind in LAYOUTS),
        description="plan.layout_help",
    )

    def validate_last_year(self, field: Any) -> None:
        """The last year is not before the first, and a plan is not for ever."""
        first = self.first_year.data
        if first is not None and field.data is not None and not first <= field.data <= first + 30:
            raise ValidationError("plan.years_wrong")


@pages.get("/plans")
@needs(access.may_see_plan)
def all_plans(desk: Desk) -> Page:
    """Every plan with its counts, and the workbooks that were brought in."""
    session = desk.session
    counts = session.execute(
        select(Project.plan_id, func.count()).where(Project.step.not_in(OUTSIDE)).group_by(Project.plan_id)
    )
    known = known_plans(session)
    totals = {plan.id: int(session.scalar(total_of([Project.plan_id == plan.id])) or 0) for plan in known}
    return desk.page(
        "plan/plans.html",
        plans=known,
        counts=dict(counts.all()),
        totals=totals,
        imports=session.scalars(select(PlanImport).order_by(PlanImport.id.desc()).limit(50)).all(),
        drafts=_drafts(desk),
        may_edit=access.may_edit_plan(desk.viewer),
    )


def _drafts(desk: Desk) -> list[tuple[int, str]]:
    """The viewer's own workbooks that wait to be decided on: (number, name)."""
    mine = select(PlanDraft.id, PlanDraft.name).where(PlanDraft.staff_id == desk.viewer.staff_id)
    return [(number, name) for number, name in desk.session.execute(mine.order_by(PlanDraft.id.desc()).limit(10))]


@pages.get("/plans/add")
@needs(access.may_edit_plan)
def add_plan(desk: Desk) -> Page:
    """A new plan: five years are proposed."""
    year = fiscal_year(local(desk.now).date())
    first = year - (year - 2566) % 5
    layout = "issue" if first >= 2571 else "strategy"
    data = {"first_year": first, "last_year": first + 4, "layout": layout, "name": desk.w("plan.usual_name")}
    return desk.page("plan/plan_form.html", form=PlanForm(w=desk.w, data=data), plan=None)


@pages.post("/plans/add")
@needs(access.may_edit_plan)
def make_plan(desk: Desk) -> Page:
    """Keep it."""
    form = PlanForm(request.form, w=desk.w)
    if not form.validate():
        return desk.refuse("plan/plan_form.html", form=form, plan=None)
    plan = Plan(**_fields(form), created_at=desk.now)
    desk.session.add(plan)
    desk.session.flush()
    desk.record("plan.made", f"plan:{plan.id}", None, _fields(form))
    desk.tell("plan.did_plan")
    return desk.go("plan.index", plan=plan.id)


def _fields(form: PlanForm) -> dict[str, Any]:
    return {field.name: field.data for field in form}


def _plan(desk: Desk, number: int) -> Plan:
    found = desk.session.get(Plan, number)
    if found is None:
        raise NotFound
    return found


@pages.get("/plans/<int:number>/edit")
@needs(access.may_edit_plan)
def edit_plan(desk: Desk, number: int) -> Page:
    """A plan's years and name."""
    plan = _plan(desk, number)
    data = {name: getattr(plan, name) for name in ("name", "kind", "first_year", "last_year", "layout")}
    return desk.page("plan/plan_form.html", form=PlanForm(w=desk.w, data=data), plan=plan)


@pages.post("/plans/<int:number>/edit")
@needs(access.may_edit_plan)
def change_plan(desk: Desk, number: int) -> Page:
    """Keep the changes."""
    plan = _plan(desk, number)
    form = PlanForm(request.form, w=desk.w)
    if not form.validate():
        return desk.refuse("plan/plan_form.html", form=form, plan=plan)
    before = {name: getattr(plan, name) for name in _fields(form)}
    for name, value in _fields(form).items():
        setattr(plan, name, value)
    desk.record("plan.changed", f"plan:{plan.id}", before, _fields(form))
    desk.tell("plan.did_plan")
    return desk.go("plan.all_plans")


@pages.post("/plans/dimensions")
@needs(access.may_manage_settings)
def keep_dimensions(desk: Desk) -> Page:
    """The dimensions of a smart city that the town uses: ours by their names, and its own."""
    ours = {desk.w(f"dimension.{mark}"): mark for mark in DIMENSIONS}
    typed = [" ".join(line.replace("|", " ").split())[:60] for line in request.form.get("dimensions", "").splitlines()]
    marks = [ours.get(line, line) for line in dict.fromkeys(typed) if line][:20]
    changing.put(desk, "plan.dimensions", marks)
    desk.tell("plan.did_dimensions")
    return desk.go("plan.all_plans")


@pages.post("/plans/<int:number>/publish")
@needs(access.may_edit_plan)
def publish(desk: Desk, number: int) -> Page:
    """Let residents see the plan's projects in chat and follow them; or hide it again."""
    plan = _plan(desk, number)
    shown = bool(request.form.get("show"))
    before = plan.published_at is not None
    plan.published_at = (plan.published_at or desk.now) if shown else None
    desk.record("plan.published", f"plan:{plan.id}", {"published": before}, {"published": shown})
    desk.tell("plan.did_publish" if shown else "plan.did_hide")
    return desk.go("plan.all_plans")
