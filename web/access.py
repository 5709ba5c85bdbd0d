"""Who may do what in the console: one function per right, and the only way by which rows reach a page.

A right is a question about the viewer alone (`may_see_cases(viewer)`); `web.desk.needs(right)` puts it before a page.
Whether a viewer may see or move this row is asked of the functions below `tickets`. The table of all this for people
is docs/roles.md; tests/web/test_access.py holds the two against each other and tries every page as every role.

Sensitive cases (เรื่องปกปิด: corruption, abuse) go to the appointed receivers (`confidential`) only, whatever their
role. Auditor and data-protection officer learn that one exists, never what it says (`sensitive_stubs`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, false, or_, select
from sqlalchemy.orm import Session
from werkzeug.exceptions import Forbidden, NotFound

from models.api_tokens import ApiToken
from models.plan import Project
from models.proposals import Proposal
from models.staff import Staff
from models.tickets import Ticket


@dataclass(frozen=True)
class Viewer:
    """Who looks, as a snapshot that no query can change; has the fields of `models.audit.Actor`.

    `pending`: what is still to be done before pages open: "second" (show the second factor), "enrol" (an admin has
    none yet), or "" (nothing).
    """

    staff_id: int
    name: str
    role: str
    department_id: int | None
    department: str
    confidential: bool
    address: str
    agent: str
    session_id: int
    pending: str
    door: str = "web"

    def staff(self, session: Session) -> Staff:
        """The viewer's row, for `ticket.move(staff=...)`."""
        return session.get_one(Staff, self.staff_id)


#: Who has not signed in.
NOBODY = Viewer(0, "", "nobody", None, "", False, "", "", 0, "")

Right = Callable[[Viewer], bool]

#: Works on cases and may change them.
_WORKERS = frozenset({"clerk", "crew", "head", "admin"})
#: Looks at everything and changes nothing.
_WATCHERS = frozenset({"auditor", "dpo"})
#: Sees the cases of all departments.
_EVERYWHERE = frozenset({"clerk", "admin"}) | _WATCHERS


# -- rights: questions about the viewer --------------------------------------------------------------------------------


def anyone(viewer: Viewer) -> bool:
    """Also without signing in: the way in, the privacy notice."""
    return True


def halfway(viewer: Viewer) -> bool:
    """Signed in, the second factor perhaps not shown yet: the page that asks for it, and the way out."""
    return viewer.role != "nobody"


def own_account(viewer: Viewer) -> bool:
    """One's own sessions and second factors; also for an admin who has none yet."""
    return viewer.role != "nobody"


def may_enter(viewer: Viewer) -> bool:
    """The console's first page."""
    return viewer.role != "nobody"


def may_see_cases(viewer: Viewer) -> bool:
    """Lists, board, map and case pages (of which cases: `tickets`)."""
    return viewer.role in _WORKERS | _WATCHERS


def may_work_cases(viewer: Viewer) -> bool:
    """Take, answer, pause, close and note (on which cases: `may_work`)."""
    return viewer.role in _WORKERS


def may_file_cases(viewer: Viewer) -> bool:
    """Enter a case for somebody at the counter or on the telephone."""
    return viewer.role in _WORKERS


def may_see_reporters(viewer: Viewer) -> bool:
    """Open who reported a case; every look is written into the audit."""
    return viewer.role in _WORKERS | _WATCHERS


def may_assign_cases(viewer: Viewer) -> bool:
    """Give cases to others, many at once; move due dates; merge."""
    return viewer.role in ("clerk", "head", "admin")


def may_publish(viewer: Viewer) -> bool:
    """Decide what the public sees: wording of cases, photos with faces covered, announcements."""
    return viewer.role in ("clerk", "head", "admin")


def may_export_cases(viewer: Viewer) -> bool:
    """Take lists of cases out as CSV or XLSX."""
    return viewer.role in ("clerk", "head", "admin", "auditor")


def may_see_overview(viewer: Viewer) -> bool:
    """Figures and charts, without personal data."""
    return viewer.role != "nobody"


def may_see_people(viewer: Viewer) -> bool:
    """The list of staff, roles and groups."""
    return viewer.role in ("admin", "head", "clerk") or viewer.role in _WATCHERS


def may_manage_people(viewer: Viewer) -> bool:
    """Invite, change and end access; bind groups; end others' sessions."""
    return viewer.role == "admin"


def may_see_settings(viewer: Viewer) -> bool:
    """Departments, categories, routing, words, holidays and the rest, as they are."""
    return viewer.role == "admin" or viewer.role in _WATCHERS


def may_manage_settings(viewer: Viewer) -> bool:
    """Change them."""
    return viewer.role == "admin"


def may_write_templates(viewer: Viewer) -> bool:
    """Write the office's ready answers."""
    return viewer.role in ("clerk", "head", "admin")


def may_see_problems(viewer: Viewer) -> bool:
    """What went wrong: undelivered letters, failed jobs, quota, disk."""
    return viewer.role in ("clerk", "admin", "auditor")


def may_mend_problems(viewer: Viewer) -> bool:
    """Try again, or put aside."""
    return viewer.role in ("clerk", "admin")


def may_see_audit(viewer: Viewer) -> bool:
    """Read, search and export the audit."""
    return viewer.role == "admin" or viewer.role in _WATCHERS


def may_see_polls(viewer: Viewer) -> bool:
    """Polls, their rules, turnout and results; never who voted how, which nobody can see."""
    return viewer.role in ("clerk", "poll_officer", "admin") or viewer.role in _WATCHERS


def may_run_polls(viewer: Viewer) -> bool:
    """Write, freeze, open (two of them), extend, cancel, take the keys' public halves, publish."""
    return viewer.role in ("poll_officer", "admin")


def may_serve_voters(viewer: Viewer) -> bool:
    """At the counter: check a card, hand out a paper ballot, type paper ballots."""
    return viewer.role in ("clerk", "poll_officer", "admin")


def may_see_connections(viewer: Viewer) -> bool:
    """Which other systems are connected: tokens, webhooks and their log, Traffy Fondue."""
    return viewer.role == "admin" or viewer.role in _WATCHERS


def may_manage_connections(viewer: Viewer) -> bool:
    """Make and revoke tokens, add and end webhooks, exchange with Traffy Fondue."""
    return viewer.role == "admin"


def may_see_plan(viewer: Viewer) -> bool:
    """The local development plan: projects, money, steps; it is a public document."""
    return viewer.role != "nobody"


def may_edit_plan(viewer: Viewer) -> bool:
    """Bring in workbooks, write lines of the plan, publish plans, draft projects from cases."""
    return viewer.role in ("clerk", "admin")


def may_move_projects(viewer: Viewer) -> bool:
    """Tell steps and progress of projects, put in photos (of which projects: `may_move_project`)."""
    return viewer.role in _WORKERS


def may_see_proposals(viewer: Viewer) -> bool:
    """Residents' proposals, the meetings they come before, the groups that own them; no names of people."""
    return viewer.role != "nobody"


def may_decide_proposals(viewer: Viewer) -> bool:
    """Look at words, open, refuse, merge, put before meetings, polls and the plan; keep meetings and groups."""
    return viewer.role in ("clerk", "head", "admin")


def may_answer_proposals(viewer: Viewer) -> bool:
    """Give the office's answer and the rough cost (on which proposals: `may_answer`)."""
    return viewer.role in _WORKERS


def may_see_proposers(viewer: Viewer) -> bool:
    """Open who made a proposal; every look is written into the audit."""
    return viewer.role in ("clerk", "head", "admin") or viewer.role in _WATCHERS


def may_see_supporters(viewer: Viewer) -> bool:
    """Open who supports a proposal, by name; every look is written into the audit. All others see counts only."""
    return viewer.role in ("admin", "dpo")


def may_export_proposals(viewer: Viewer) -> bool:
    """Take lists of proposals and records of meetings out as files."""
    return viewer.role in ("clerk", "head", "admin", "auditor")


#: Every right, in the order of docs/roles.md.
RIGHTS: tuple[Right, ...] = (
    anyone,
    halfway,
    own_account,
    may_enter,
    may_see_cases,
    may_work_cases,
    may_file_cases,
    may_see_reporters,
    may_assign_cases,
    may_publish,
    may_export_cases,
    may_see_overview,
    may_see_people,
    may_manage_people,
    may_see_settings,
    may_manage_settings,
    may_write_templates,
    may_see_problems,
    may_mend_problems,
    may_see_audit,
    may_see_polls,
    may_run_polls,
    may_serve_voters,
    may_see_connections,
    may_manage_connections,
    may_see_plan,
    may_edit_plan,
    may_move_projects,
    may_see_proposals,
    may_decide_proposals,
    may_answer_proposals,
    may_see_proposers,
    may_see_supporters,
    may_export_proposals,
)

#: What a token's scopes ask of the member of staff it acts for (models/api_tokens.py).
SCOPES: dict[str, Right] = {
    "open311": may_file_cases,
    "cases.create": may_file_cases,
    "cases.read": may_see_cases,
    "cases.note": may_work_cases,
    "cases.move": may_work_cases,
}


def viewer_of_token(token: ApiToken, address: str) -> Viewer:
    """Another system, as the member of staff it acts for; never a receiver of confidential cases, whoever that is."""
    staff = token.staff
    where = staff.department.name if staff.department else ""
    name = f"{token.name} ({staff.name})"
    return Viewer(staff.id, name, staff.role, staff.department_id, where, False, address, "", 0, "", "api")


def may_call(viewer: Viewer, scopes: Sequence[str], scope: str) -> bool:
    """Whether a token with these scopes, acting for this viewer, may do what the scope names."""
    return scope in scopes and SCOPES[scope](viewer)


# -- rows --------------------------------------------------------------------------------------------------------------


def tickets(viewer: Viewer) -> Select[Ticket]:
    """The cases this viewer may see, to be narrowed and ordered: `session.scalars(tickets(viewer).where(...))`.

    Clerk, admin, auditor and data-protection officer: of all departments. Crew and heads: their department's, and
    those they own. Sensitive ones: appointed receivers only, of all departments.
    """
    if not may_see_cases(viewer):
        return select(Ticket).where(false())
    open_ones: ColumnElement[bool] = Ticket.sensitive.is_(False)
    if viewer.role not in _EVERYWHERE:
        own = Ticket.owner_id == viewer.staff_id
        open_ones = and_(open_ones, or_(Ticket.department_id == viewer.department_id, own))
    return select(Ticket).where(or_(open_ones, Ticket.sensitive) if viewer.confidential else open_ones)


def ticket(session: Session, viewer: Viewer, number: int, *, lock: bool = False) -> Ticket:
    """The case with this id; `lock` holds it until the transaction ends. Raises NotFound, also for one out of sight."""
    wanted = tickets(viewer).where(Ticket.id == number)
    found = session.scalar(wanted.with_for_update(of=Ticket) if lock else wanted)
    if found is None:
        raise NotFound
    return found


def may_work(viewer: Viewer, row: Ticket) -> bool:
    """Whether the viewer may change this case, which they may see: clerk and admin all, others their department's."""
    if row.sensitive:
        return may_work_cases(viewer) and viewer.confidential
    if viewer.role in ("clerk", "admin"):
        return True
    mine = viewer.staff_id == row.owner_id or row.department_id == viewer.department_id
    return may_work_cases(viewer) and mine


def working_ticket(session: Session, viewer: Viewer, number: int) -> Ticket:
    """The case, locked, to be changed. Raises NotFound, or Forbidden where the viewer may only look."""
    found = ticket(session, viewer, number, lock=True)
    if not may_work(viewer, found):
        raise Forbidden
    return found


@dataclass(frozen=True)
class Stub:
    """That a sensitive case exists: its number and state, nothing of what it says or whom it is about."""

    fiscal_year: int
    number: int
    state: str
    received_at: datetime
    closed_at: datetime | None


def sensitive_stubs(session: Session, viewer: Viewer) -> Sequence[Stub]:
    """That there are sensitive cases, for those who watch over the office; empty for everybody else."""
    if viewer.role not in _WATCHERS:
        return []
    rows = session.execute(
        select(Ticket.fiscal_year, Ticket.number, Ticket.state, Ticket.received_at, Ticket.closed_at)
        .where(Ticket.sensitive)
        .order_by(Ticket.id.desc())
    )
    return [Stub(*row) for row in rows]


def project(session: Session, number: int, *, lock: bool = False) -> Project:
    """The project of the plan with this id. Raises NotFound."""
    wanted = select(Project).where(Project.id == number)
    found = session.scalar(wanted.with_for_update(of=Project) if lock else wanted)
    if found is None:
        raise NotFound
    return found


def may_move_project(viewer: Viewer, row: Project) -> bool:
    """Whether the viewer may tell of this project: clerk and admin all, others their department's."""
    if viewer.role in ("clerk", "admin"):
        return True
    return may_move_projects(viewer) and row.department_id is not None and row.department_id == viewer.department_id


def moving_project(session: Session, viewer: Viewer, number: int) -> Project:
    """The project, locked, to be moved. Raises NotFound, or Forbidden where the viewer may only look."""
    found = project(session, number, lock=True)
    if not may_move_project(viewer, found):
        raise Forbidden
    return found


def may_answer(viewer: Viewer, row: Proposal) -> bool:
    """Whether the viewer may answer this proposal: those who decide all, others what their department was asked."""
    if viewer.role in ("clerk", "admin"):
        return True
    return may_answer_proposals(viewer) and row.department_id is not None and row.department_id == viewer.department_id


def proposal(session: Session, viewer: Viewer, number: int, *, lock: bool = False) -> Proposal:
    """The proposal with this id; `lock` holds it until the transaction ends. Raises NotFound."""
    if not may_see_proposals(viewer):
        raise NotFound
    found = session.get(Proposal, number, with_for_update={"of": Proposal} if lock else None)
    if found is None:
        raise NotFound
    return found
