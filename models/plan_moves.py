"""Steps of a project and what is told with them: percent, money, contractor, days; and undoing a step within a minute.

One set of rules for the console and whoever else moves projects. A step is kept back for a minute
(models.plan.GRACE); until it is told it can be taken back exactly.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.calendar import ZONE
from models.plan import GRACE, Project
from models.plan_rows import ProjectEntry
from models.staff import Staff

#: What a step may change, and its undoing brings back.
FIELDS = (
    "step",
    "stepped_at",
    "percent",
    "contract_satang",
    "spent_satang",
    "contractor",
    "contract_number",
    "begins_on",
    "ends_on",
    "done_on",
)


@dataclass(frozen=True)
class Progress:
    """What is known now. None: nothing new about it. Money in satang; `percent` of the work, 0 to 100."""

    percent: int | None = None
    contract_satang: int | None = None
    spent_satang: int | None = None
    contractor: str | None = None
    contract_number: str | None = None
    begins_on: date | None = None
    ends_on: date | None = None
    done_on: date | None = None

    def changes(self, project: Project) -> dict[str, Any]:
        """What of it is new for this project."""
        given = {name: value for name, value in vars(self).items() if value is not None}
        return {name: value for name, value in given.items() if getattr(project, name) != value}


def step_to(
    session: Session, project: Project, step: str, progress: Progress, now: datetime, *, staff: Staff, words: str = ""
) -> ProjectEntry:
    """Move the project and take in what is told with it, or only the latter when the step stays. Raises NotAllowed.

    Followers hear of every new step; a progress without one is told when its percent has changed.
    """
    before = {name: plain(getattr(project, name)) for name in FIELDS}
    changes = progress.changes(project)
    release(session, project.id, now)
    if step == project.step:
        for name, value in changes.items():
            setattr(project, name, value)
        data = {name: plain(value) for name, value in changes.items()}
        entry = project.add("progress", now, staff=staff, words=words, data=data)
    else:
        for name, value in changes.items():
            setattr(project, name, value)
        if step == "done" and project.done_on is None:
            project.done_on = now.astimezone(ZONE).date()
        entry = project.move(
            step, now, staff=staff, words=words, data={name: plain(value) for name, value in changes.items()}
        )
    entry.before = before
    session.flush()
    return entry


def plain(value: Any) -> Any:
    """A value as JSON takes it."""
    return value.isoformat() if isinstance(value, date | datetime) else value


def _back(name: str, value: Any) -> Any:
    if value is None or not name.endswith(("_at", "_on")):
        return value
    return datetime.fromisoformat(value) if name.endswith("_at") else date.fromisoformat(value)


def release(session: Session, project_id: int, now: datetime) -> None:
    """A further step follows: what was kept back may be told now."""
    kept = (ProjectEntry.project_id == project_id, ProjectEntry.told_at.is_(None), ProjectEntry.tell_after > now)
    session.execute(update(ProjectEntry).where(*kept).values(tell_after=now, before={}))


def held(session: Session, project_id: int, now: datetime) -> ProjectEntry | None:
    """The last step of this project, if it can still be undone."""
    found = select(ProjectEntry).where(ProjectEntry.project_id == project_id, ProjectEntry.what != "note")
    last = session.scalar(found.order_by(ProjectEntry.id.desc()).limit(1))
    if last is None or not last.before or last.told_at is not None or last.at + GRACE <= now:
        return None
    return last


def undo(session: Session, entry: ProjectEntry, staff: Staff, now: datetime) -> ProjectEntry:
    """Take back a held step: the project is what it was, and nobody hears of it."""
    project = entry.project
    for name in FIELDS:
        setattr(project, name, _back(name, entry.before[name]))
    entry.told_at, entry.public, entry.before = now, False, {}
    entry.data = {**entry.data, "undone": True}
    session.flush()
    return project.add("undone", now, staff=staff, data={"what": entry.what}, public=False)
