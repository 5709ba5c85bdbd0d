"""Projects of the published plan: their money by year, how far they have come, and what happened when."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload
from werkzeug.exceptions import NotFound

from models.plan import WAY, Plan, Project
from models.plan_rows import Budget, ProjectEntry, ProjectVillage
from models.proposals import Proposal
from models.publishing import PROJECT_SHOWN, PROJECT_STEPS, public_projects, public_proposals
from models.town import Village
from web.public.front import Front, Shown, elsewhere, shows
from web.public.pages import pages

#: Projects on a page.
PAGE = 20
#: How a step looks.
LOOKS = {"done": "done", "postponed": "waiting", "cancelled": "quiet", "plan": "new", "budget": "new"}
#: How contractors that are firms begin or end; others may be persons, whose names are not shown.
FIRMS = ("บริษัท", "ห้างหุ้นส่วน", "หจก", "บจก", "บมจ", "ร้าน", "สหกรณ์", "มูลนิธิ", "องค์การ", "การไฟฟ้า", "การประปา")


@pages.get("/projects")
@shows("projects", "town", asks=("moo", "step", "page"))
def all_projects(front: Front) -> Shown:
    """Of all years."""
    return _list(front, None)


@pages.get("/<int(fixed_digits=4):year>/projects")
@shows("projects", "town", asks=("moo", "step", "page"))
def projects(front: Front, year: int) -> Shown:
    """Those that have money in this fiscal year: an address that stays."""
    return _list(front, year)


def _list(front: Front, year: int | None) -> Shown:
    session, args = front.session, front.args
    found = public_projects()
    if year is not None:
        found = found.where(Project.id.in_(select(Budget.project_id).where(Budget.year == year)))
    moo, step = args.get("moo", ""), args.get("step", "")
    if moo.isascii() and moo.isdecimal() and len(moo) < 4:
        found = found.where(Project.id.in_(select(ProjectVillage.project_id).where(ProjectVillage.moo == int(moo))))
    if step in PROJECT_STEPS:
        found = found.where(Project.step == step)
    number = session.scalar(found.with_only_columns(func.count(), maintain_column_froms=True)) or 0
    page = min(int(args["page"]), 500) if args.get("page", "").isascii() and args.get("page", "").isdecimal() else 1
    if page < 1:
        return elsewhere(front.link("all_projects"))
    shown = found.options(selectinload(Project.budgets), selectinload(Project.villages))
    rows = session.scalars(shown.order_by(Project.position, Project.id).offset((page - 1) * PAGE).limit(PAGE)).all()
    endpoint, where = ("projects", {"year": year}) if year else ("all_projects", {})
    given = {name: value for name, value in args.items() if name != "page"}
    return front.page(
        "public/projects.html",
        year=year,
        years=plan_years(front),
        rows=rows,
        found=number,
        money_all=_total(front, year),
        given=given,
        steps=PROJECT_STEPS,
        looks=LOOKS,
        villages=session.scalars(select(Village).order_by(Village.moo)).all(),
        action=front.link(endpoint, **where),
        newer=front.link(endpoint, **where, **given, page=page - 1) if page > 1 else "",
        older=front.link(endpoint, **where, **given, page=page + 1) if page * PAGE < number else "",
    )


def _total(front: Front, year: int | None) -> int:
    """All that the published plans set aside, in satang: in this year, or altogether."""
    total = select(func.coalesce(func.sum(Budget.satang), 0)).join(Project, Project.id == Budget.project_id).join(Plan)
    total = total.where(*PROJECT_SHOWN, Budget.kind == "plan")
    return int(front.session.scalar(total if year is None else total.where(Budget.year == year)) or 0)


def plan_years(front: Front) -> list[int]:
    """Fiscal years for which the published plans have money."""
    found = select(Budget.year).join(Project, Project.id == Budget.project_id).join(Plan).where(*PROJECT_SHOWN)
    return sorted(front.session.scalars(found.distinct()))


@pages.get("/projects/<int(max=2147483647):number>")
@shows("projects", "proposals", "town")
def project(front: Front, number: int) -> Shown:
    """One project."""
    session = front.session
    found = session.scalar(public_projects().where(Project.id == number))
    if found is None:
        raise NotFound
    told = select(ProjectEntry).where(ProjectEntry.project_id == number, ProjectEntry.public)
    born = session.scalars(public_proposals().where(Proposal.project_id == number)).all()
    return front.page(
        "public/project.html",
        project=found,
        way=WAY,
        looks=LOOKS,
        entries=session.scalars(told.order_by(ProjectEntry.id.desc()).limit(40)).all(),
        proposals=born,
        contractor=firm(found.contractor),
    )


def firm(contractor: str) -> str:
    """The contractor's name where it is a firm's; a person's is not shown."""
    return contractor if contractor.strip().startswith(FIRMS) or contractor.strip().endswith("จำกัด") else ""
