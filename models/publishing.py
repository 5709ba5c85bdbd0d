"""Publishing: the one place that decides what everybody may see of cases, proposals and projects, and how coarse.

* A case is public when staff have written or approved a title for it (`Publication.shown`), and it is not confidential,
  withdrawn or merged into another. Its number, its reporter, what the reporter wrote and who works on it are never
  selected here: `public_cases` gives columns, not rows of `tickets`.
* Places are rounded to a thousandth of a degree (about 110 m) before they are stored, and left out, with the village,
  for kinds that touch a household (setting `public.withheld`).
* Photos are copies that staff have covered and approved (`File.copy_of_id`, web/case_media.py).
* Everything the public site, the open data, feeds and the open interfaces show of cases comes through this module.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, false, null, or_, select, true
from sqlalchemy.orm import Session, aliased

from models.calendar import ZONE
from models.files import File
from models.plan import WAY, Plan, Project
from models.proposals import PUBLIC, Proposal
from models.publications import Publication
from models.statistics import days_between
from models.tickets import CLOSED, Ticket
from models.town import Category, Department, setting

#: What may be told to everybody: matters of the town. Questions and messages are somebody's own business.
KINDS = ("complaint", "suggestion")
#: States in which a case is nothing for the public: taken back, or the same as another that is shown.
AWAY = ("withdrawn", "merged")
#: Decimals of degrees that are kept: a thousandth is 110 m to the north and about as much to the east in Thailand.
PLACES = 3
#: States as the public reads them. going: somebody works on it. waiting: for money, parts or others.
GROUPS: dict[str, tuple[str, ...]] = {
    "new": ("new",),
    "going": ("taken", "asking"),
    "waiting": ("waiting", "outside"),
    "done": ("done",),
    "refused": ("refused",),
}
_GROUP_OF = {state: group for group, states in GROUPS.items() for state in states}


def group_of(state: str) -> str:
    """The public word for a state of a case. Raises KeyError for one that is never public."""
    return _GROUP_OF[state]


def coarse(degrees: float | None) -> float | None:
    """A latitude or longitude as coarse as everybody may have it."""
    return None if degrees is None else round(degrees, PLACES)


def publishable(ticket: Ticket, category: Category | None = None) -> bool:
    """Whether staff may make this case public at all."""
    secret = ticket.sensitive or (category or ticket.kind_of).sensitive
    return not secret and ticket.kind in KINDS and ticket.state not in AWAY


def withheld(session: Session) -> tuple[str, ...]:
    """Kinds of matter whose places nobody is told: they would lead to somebody's door."""
    return tuple(str(code) for code in setting(session, "public.withheld"))


# -- cases -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PublicCase:
    """A case as everybody may see it. `days`: whole days from coming in to being closed, None while it is open.
    `state` is a key of GROUPS; days are days in the town."""

    code: str
    title: str
    words: str
    outcome: str
    place: str
    moo: int | None
    lat: float | None
    lon: float | None
    kind: str
    category: str
    category_name: str
    department_id: int
    department: str
    state: str
    received: date
    closed: date | None
    days: int | None
    fiscal_year: int
    channel: str
    revision: int


_secret = aliased(Category)  # a name of its own: the category may stand in the query besides

#: Conditions under which a row of publications joined with its ticket is public. A kind that the office has made
#: confidential afterwards takes its cases away from the public.
TICKET_SHOWN: tuple[ColumnElement[bool], ...] = (
    Ticket.sensitive == false(),
    Ticket.category.not_in(select(_secret.code).where(_secret.sensitive)),
    Ticket.state.not_in(AWAY),
    Ticket.kind.in_(KINDS),
)
SHOWN: tuple[ColumnElement[bool], ...] = (Publication.shown == true(), *TICKET_SHOWN)


def joined(*columns: Any) -> Select[Any]:
    """These columns of all public cases, to be narrowed: publications with their tickets, none that is not."""
    return select(*columns).select_from(Publication).join(Ticket, Ticket.id == Publication.ticket_id).where(*SHOWN)


def moo_column(hide: Sequence[str]) -> Any:
    """The village as the public knows it: none for kinds whose place is withheld."""
    return case((Ticket.category.in_(hide), null()), else_=Publication.moo) if hide else Publication.moo


def placed(hide: Sequence[str]) -> ColumnElement[bool]:
    """Whether a case has a point on the public map."""
    return and_(Publication.lat.is_not(None), Ticket.category.not_in(hide))


def public_cases(session: Session, narrowed: Select[Any] | None = None) -> list[PublicCase]:
    """Public cases in full. `narrowed`: a `joined(...)` with conditions, order and limit; its columns are replaced."""
    hide = set(withheld(session))
    columns = (
        *(Publication.code, Publication.title, Publication.words, Publication.outcome, Publication.place),
        *(Publication.moo, Publication.lat, Publication.lon, Publication.revision),
        *(Ticket.kind, Ticket.category, Category.name, Ticket.department_id, Department.name.label("department")),
        *(Ticket.state, Ticket.received_at, Ticket.closed_at, Ticket.fiscal_year, Ticket.channel),
        days_between(Ticket.received_at, Ticket.closed_at).label("days"),
    )
    found = (narrowed if narrowed is not None else joined()).with_only_columns(*columns, maintain_column_froms=True)
    found = found.join(Category, Category.code == Ticket.category).join(Department)
    return [_case(row._mapping, hide) for row in session.execute(found)]


def _case(row: Any, hide: set[str]) -> PublicCase:
    away = row["category"] in hide
    shut = row["closed_at"] if row["state"] in CLOSED else None
    return PublicCase(
        code=row["code"],
        title=row["title"],
        words=row["words"],
        outcome=row["outcome"],
        place="" if away else row["place"],
        moo=None if away else row["moo"],
        lat=None if away else coarse(row["lat"]),
        lon=None if away else coarse(row["lon"]),
        kind=row["kind"],
        category=row["category"],
        category_name=row["name"],
        department_id=row["department_id"],
        department=row["department"],
        state=group_of(row["state"]),
        received=day_of(row["received_at"]),
        closed=day_of(shut) if shut is not None else None,
        days=max(0, row["days"]) if shut is not None and row["days"] is not None else None,
        fiscal_year=row["fiscal_year"],
        channel=row["channel"],
        revision=row["revision"],
    )


def day_of(moment: datetime) -> date:
    """The day in the town. The public is told days, never hours: an hour may tell who was there."""
    return moment.astimezone(ZONE).date()


def public_case(session: Session, code: str) -> PublicCase | None:
    """The public case of this public name; None also for one that is not, or no longer, public."""
    found = public_cases(session, joined().where(Publication.code == code))
    return found[0] if found else None


@dataclass(frozen=True)
class Standing:
    """All that is said to somebody who asks with a case number: state, and whose work it is."""

    state: str
    department: str


def standing(session: Session, fiscal_year: int | None, number: int) -> Standing | None:
    """How the public case of this number stands: of that fiscal year, else the latest. None says nothing: the number
    may not exist, wait to be approved, be somebody's question, or be confidential."""
    found = joined(Ticket.state, Department.name).join(Department, Department.id == Ticket.department_id)
    found = found.where(Ticket.number == number).order_by(Ticket.fiscal_year.desc()).limit(1)
    if fiscal_year is not None:
        found = found.where(Ticket.fiscal_year == fiscal_year)
    row = session.execute(found).first()
    return Standing(group_of(row[0]), row[1]) if row is not None else None


# -- photos ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PublicPhoto:
    """A picture that staff have covered and approved, by the unguessable name of the copy."""

    token: str
    purpose: str
    width: int
    height: int


def public_photos(session: Session, codes: Sequence[str]) -> dict[str, list[PublicPhoto]]:
    """The public photos of these public cases: those from before the work first, then by age."""
    if not codes:
        return {}
    cases = joined(Publication.ticket_id, Publication.code).where(Publication.code.in_(codes))
    known: dict[int, str] = {key: code for key, code in session.execute(cases)}  # noqa: C416 - dict() knows no rows
    columns = (File.ticket_id, File.token, File.purpose, File.width, File.height)
    found: dict[str, list[PublicPhoto]] = {}
    for key, token, purpose, width, height in session.execute(
        select(*columns).where(File.ticket_id.in_(list(known)), *_PICTURE).order_by(File.id)
    ):
        found.setdefault(known[key or 0], []).append(PublicPhoto(token, purpose, width or 0, height or 0))
    order = {"before": 0, "talk": 1, "after": 2}
    return {code: sorted(photos, key=lambda photo: order[photo.purpose]) for code, photos in found.items()}


_PICTURE = (
    File.copy_of_id.is_not(None),
    File.approved,
    File.kind == "image",
    File.state == "stored",
    File.deleted_at.is_(None),
)


def photo_of(session: Session, code: str, token: str) -> bool:
    """Whether this is a public photo of this public case."""
    wanted = joined(File.id).join(File, File.ticket_id == Ticket.id)
    wanted = wanted.where(Publication.code == code, File.token == token, *_PICTURE)
    return session.scalar(wanted) is not None


# -- proposals and projects --------------------------------------------------------------------------------------------


def public_proposals() -> Select[Proposal]:
    """Proposals whose words staff have approved: those that neighbours may see, and what became of those that were once
    open (not taken, or joined with another). Taken back by the proposer, or looked at again: away."""
    once_open = and_(Proposal.state.in_(("refused", "merged")), Proposal.opened_at.is_not(None))
    return select(Proposal).where(or_(Proposal.state.in_(PUBLIC), once_open))


def is_public(proposal: Proposal) -> bool:
    """Whether everybody may see this proposal: what `public_proposals` selects."""
    ended = proposal.state in ("refused", "merged") and proposal.opened_at is not None
    return proposal.state in PUBLIC or ended


def public_projects() -> Select[Project]:
    """Projects of plans that the office has published; drafts and what was left out of the plan are away."""
    return select(Project).join(Plan, Plan.id == Project.plan_id).where(*PROJECT_SHOWN)


#: Steps of a project that everybody may see.
PROJECT_STEPS = (*WAY, "postponed", "cancelled")
#: Conditions under which a project (joined with its plan) is public.
PROJECT_SHOWN: tuple[ColumnElement[bool], ...] = (Plan.published_at.is_not(None), Project.step.in_(PROJECT_STEPS))
