"""One project of the plan: its line as the form has it, how it stands, its history, photos and evidence; its steps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import request
from sqlalchemy import select
from wtforms import IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import Length, NumberRange, Optional, ValidationError

from messages.money import baht, to_satang
from models import plan_finding, plan_moves
from models.files import File
from models.plan import MOVES, OUTSIDE, WAY, NotAllowed, Project
from models.plan_import import PlanImport, PlanImported
from models.plan_links import ProjectCase, ProjectEvidence, files_of
from models.plan_moves import Progress
from models.plan_rows import ProjectEntry
from models.proposal_plan import proposals_of
from models.tickets import Ticket
from web import access
from web.desk import Desk, Page, needs
from web.forms import Form, Tidy, options
from web.plan import pages
from web.wanted import parse_day

__all__ = ["pages"]


class Money:
    """A validator: an amount of baht, or nothing."""

    def __call__(self, form: Any, field: Any) -> None:
        try:
            amount = to_satang(field.data or "")
        except ValueError:
            raise ValidationError("plan.bad_money") from None
        if amount is not None and amount > 10**15:
            raise ValidationError("plan.bad_money")


class Day:
    """A validator: a day as Thais write it, or nothing."""

    def __call__(self, form: Any, field: Any) -> None:
        if field.data and parse_day(field.data) is None:
            raise ValidationError("form.date")


class Step(Form):
    """Where the project goes, and what is known now. What is left empty stays as it was."""

    step = SelectField("plan.step")
    words = TextAreaField("plan.words", [Length(max=2_000)], filters=[Tidy()], description="plan.words_help")
    percent = IntegerField("plan.percent", [Optional(), NumberRange(0, 100)])
    contract = StringField("plan.contract", [Money()], filters=[Tidy()], description="plan.money_help")
    spent = StringField("plan.spent", [Money()], filters=[Tidy()])
    contractor = StringField("plan.contractor", [Length(max=200)], filters=[Tidy()])
    contract_number = StringField("plan.contract_number", [Length(max=80)], filters=[Tidy()])
    begins_on = StringField("plan.begins_on", [Day()], filters=[Tidy()], description="plan.day_help")
    ends_on = StringField("plan.ends_on", [Day()], filters=[Tidy()])
    done_on = StringField("plan.done_on", [Day()], filters=[Tidy()])

    def progress(self) -> Progress:
        """What was filled in."""
        return Progress(
            percent=self.percent.data,
            contract_satang=to_satang(self.contract.data or ""),
            spent_satang=to_satang(self.spent.data or ""),
            contractor=self.contractor.data or None,
            contract_number=self.contract_number.data or None,
            begins_on=parse_day(self.begins_on.data or ""),
            ends_on=parse_day(self.ends_on.data or ""),
            done_on=parse_day(self.done_on.data or ""),
        )


@dataclass(frozen=True)
class Evidence:
    """A case that shows the need: as this viewer may see it, or only that there is one."""

    number: int
    ticket: Ticket | None


def step_form(desk: Desk, project: Project, given: Any = None) -> Step:
    """The form of steps, offering only where the project may go."""
    form = Step(given, w=desk.w)
    stays = [(project.step, desk.w("plan.stays", step=desk.w(f"project_step.{project.step}")))]
    order = [*WAY, "postponed", "cancelled"]
    onward = [(step, f"project_step.{step}") for step in order if step in MOVES[project.step]]
    form.step.choices = options((value, desk.w(label) if label in desk.w else label) for value, label in stays + onward)
    return form


def values(desk: Desk, project: Project, form: Step | None = None) -> dict[str, Any]:
    """What the project's page shows."""
    session = desk.session
    may_move = access.may_move_project(desk.viewer, project) and project.step not in OUTSIDE
    files = files_of(session, project.id)
    held = plan_moves.held(session, project.id, desk.now) if may_move else None
    lines = select(ProjectEntry).where(ProjectEntry.project_id == project.id).order_by(ProjectEntry.id.desc())
    return {
        "project": project,
        "plan": project.plan,
        "way": WAY,
        "reached": WAY.index(project.step) if project.step in WAY else _reached(desk, project),
        "entries": list(session.scalars(lines.limit(200))),
        "imports": _imports(desk, project),
        "photos": [file for file in files if file.kind == "image"],
        "papers": [file for file in files if file.kind != "image"],
        "public": _public(desk, files),
        "evidence": list(session.scalars(select(ProjectEvidence).where(ProjectEvidence.project_id == project.id))),
        "cases": _cases(desk, project),
        "proposals": proposals_of(session, project),
        "followers": plan_finding.followers_count(session, project.id),
        "total": plan_finding.total(project),
        "money": project.money(),
        "ordinance": project.money("ordinance"),
        "form": form if form is not None else (step_form(desk, project) if may_move else None),
        "held": held,
        "may_move": may_move,
        "may_photo": access.may_move_project(desk.viewer, project),
        "may_edit": access.may_edit_plan(desk.viewer),
        "may_publish": access.may_publish(desk.viewer),
        "may_see_cases": access.may_see_cases(desk.viewer),
    }


def _reached(desk: Desk, project: Project) -> int:
    """How far it had come before it was put off or given up; -1 for a draft."""
    if project.step in OUTSIDE:
        return -1
    lines = select(ProjectEntry.data).where(ProjectEntry.project_id == project.id, ProjectEntry.what == "moved")
    for data in desk.session.scalars(lines.order_by(ProjectEntry.id.desc())):
        if data.get("from") in WAY:
            return WAY.index(data["from"])
    return 0


def _imports(desk: Desk, project: Project) -> list[tuple[PlanImport, bool]]:
    """The imports that made (true) or changed the project, the latest first."""
    found = select(PlanImport, PlanImported.before).join(PlanImported, PlanImported.import_id == PlanImport.id)
    found = found.where(PlanImported.project_id == project.id, PlanImport.undone_at.is_(None))
    return [(row, not before) for row, before in desk.session.execute(found.order_by(PlanImport.id.desc()))]


def _public(desk: Desk, files: list[File]) -> dict[int, File]:
    """The public copy of each photo that has one."""
    ids = [file.id for file in files]
    if not ids:
        return {}
    found = select(File).where(File.copy_of_id.in_(ids), File.approved, File.deleted_at.is_(None))
    return {file.copy_of_id: file for file in desk.session.scalars(found) if file.copy_of_id is not None}


def _cases(desk: Desk, project: Project) -> list[Evidence]:
    """The cases tied to it; of those the viewer may not see, only that there is one."""
    ids = list(desk.session.scalars(select(ProjectCase.ticket_id).where(ProjectCase.project_id == project.id)))
    if not ids:
        return []
    wanted = access.tickets(desk.viewer).where(Ticket.id.in_(ids))
    seen = {ticket.id: ticket for ticket in desk.session.scalars(wanted)}
    return [Evidence(number, seen.get(number)) for number in ids]


@pages.get("/<int:number>")
@needs(access.may_see_plan)
def show(desk: Desk, number: int) -> Page:
    """The project's page."""
    return desk.page("plan/show.html", **values(desk, access.project(desk.session, number)))


@pages.post("/<int:number>/step")
@needs(access.may_move_projects)
def move(desk: Desk, number: int) -> Page:
    """Take a step, or tell how far it has come."""
    project = access.moving_project(desk.session, desk.viewer, number)
    form = step_form(desk, project, request.form)
    if not form.validate():
        return desk.refuse("plan/show.html", **values(desk, project, form))
    progress, words = form.progress(), form.words.data or ""
    if form.step.data == project.step and not words and not progress.changes(project):
        form.words.errors = ["plan.nothing_new"]
        return desk.refuse("plan/show.html", **values(desk, project, form))
    before = project.step
    try:
        staff = desk.viewer.staff(desk.session)
        entry = plan_moves.step_to(desk.session, project, form.step.data, progress, desk.now, staff=staff, words=words)
    except NotAllowed:
        form.words.errors = ["plan.needs_reason"]
        return desk.refuse("plan/show.html", **values(desk, project, form))
    desk.record("project.moved", f"project:{project.id}", {"step": before}, {"step": project.step, **entry.data})
    desk.tell("plan.did_move", step=desk.w(f"project_step.{project.step}"))
    return desk.go("plan.show", number=project.id)


@pages.post("/<int:number>/undo")
@needs(access.may_move_projects)
def undo_step(desk: Desk, number: int) -> Page:
    """Take back the last step while nobody has been told of it."""
    project = access.moving_project(desk.session, desk.viewer, number)
    entry = plan_moves.held(desk.session, project.id, desk.now)
    if entry is None:
        desk.tell("plan.undo_late", "note")
        return desk.go("plan.show", number=project.id)
    after = project.step
    plan_moves.undo(desk.session, entry, desk.viewer.staff(desk.session), desk.now)
    desk.record("project.undone", f"project:{project.id}", {"step": after}, {"step": project.step})
    desk.tell("plan.did_undo")
    return desk.go("plan.show", number=project.id)


@pages.post("/<int:number>/note")
@needs(access.may_move_projects)
def note(desk: Desk, number: int) -> Page:
    """A note for colleagues; residents do not see it."""
    project = access.moving_project(desk.session, desk.viewer, number)
    words = request.form.get("words", "").strip()[:2_000]
    if not words:
        desk.tell("plan.note_empty", "bad")
        return desk.go("plan.show", number=project.id)
    project.add("note", desk.now, staff=desk.viewer.staff(desk.session), words=words, public=False)
    desk.record("project.noted", f"project:{project.id}", None, {"words": words})
    desk.tell("plan.did_note")
    return desk.go("plan.show", number=project.id)


def amount(satang: int | None) -> str:
    """Money in baht for a page; a dash where the form is blank."""
    return "–" if satang is None else baht(satang)
