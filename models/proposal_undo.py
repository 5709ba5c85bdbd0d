"""Undo (เลิกทำ) for proposals: what staff did is told after a minute, and until then can be taken back exactly."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models.meetings import Item
from models.plan import Project
from models.plan_rows import ProjectFollow
from models.proposals import Proposal, Step, Support
from models.staff import Staff
from models.supporting import reach
from models.undoing import GRACE

#: Fields of a proposal that decisions change, and that an undo brings back.
FIELDS = (
    "state",
    "threshold",
    "opened_at",
    "support_until",
    "reached_at",
    "answer",
    "answered_at",
    "cost_satang",
    "reason",
    "closed_at",
    "merged_into_id",
    "project_id",
)
#: Lines that others add meanwhile and that a restored state does not contradict.
BESIDE = ("note", "given", "reworded", "undone", "said", "absorbed")


def snapshot(proposal: Proposal) -> dict[str, Any]:
    """The proposal as it is now, for `Step.before`."""
    return {name: _plain(getattr(proposal, name)) for name in FIELDS}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def hold(step: Step, before: dict[str, Any], now: datetime) -> Step:
    """Keep a fresh line back for a minute, with what its undoing brings back."""
    step.before, step.tell_after = before, now + GRACE
    return step


def held(session: Session, proposal_id: int, now: datetime) -> Step | None:
    """The last decision on this proposal, if it can still be undone."""
    found = select(Step).where(Step.proposal_id == proposal_id, Step.what.not_in(BESIDE)).order_by(Step.id.desc())
    last = session.scalar(found.limit(1))
    if last is None or not last.before or last.data.get("undone") or not _draft_waits(session, last):
        return None
    quiet = last.told_at is None or last.told_at == last.at  # told nobody: made so that nobody is told
    return last if quiet and last.tell_after is not None and last.tell_after > now else None


def _draft_waits(session: Session, step: Step) -> bool:
    """Whether the draft project that the step made or threw away (if it did) is still just that."""
    made, thrown = step.before.get("drafted"), step.before.get("thrown_away")
    for key, state in ((made, "draft"), (thrown, "dropped")):
        project = session.get(Project, key) if key is not None else None
        if project is not None and project.step != state:
            return False
    return True


def undo(session: Session, step: Step, staff: Staff, now: datetime) -> Step:
    """Take back a held line: the proposal is what it was, and those who were joined to another are no more."""
    proposal, before = step.proposal, step.before
    for name in FIELDS:
        value = before[name]
        back = datetime.fromisoformat(value) if name.endswith(("_at", "_until")) and value is not None else value
        setattr(proposal, name, back)
    if "kept" in before:
        _part(session, before, now)
    _put_drafts_back(session, before, staff, now)
    if before.get("items"):
        session.execute(delete(Item).where(Item.id.in_(before["items"])))
    for other in session.scalars(select(Step).where(Step.id.in_(before.get("steps", [])))):
        _forget(other, now)
    _forget(step, now)
    session.flush()
    return proposal.add("undone", now, staff=staff, data={"what": step.what}, public=False, told=True)


def _part(session: Session, before: dict[str, Any], now: datetime) -> None:
    """Those who were joined to another proposal support it no more; with enough of its own it waits for its answer."""
    session.execute(
        delete(Support).where(Support.proposal_id == before["kept"], Support.person_id.in_(before["joined"]))
    )
    kept = session.get_one(Proposal, before["kept"], with_for_update={"of": Proposal})
    if before.get("filled") and kept.state == "reached":
        kept.state, kept.reached_at = "open", None
        session.flush()
        reach(session, kept, now)


def _put_drafts_back(session: Session, before: dict[str, Any], staff: Staff, now: datetime) -> None:
    """A draft project that was made is thrown away and followed no more; one that was thrown away is a draft again."""
    if "drafted" in before:
        session.get_one(Project, before["drafted"]).move("dropped", now, staff=staff)
        session.execute(delete(ProjectFollow).where(ProjectFollow.project_id == before["drafted"]))
    if "thrown_away" in before:
        session.get_one(Project, before["thrown_away"]).move("draft", now, staff=staff)


def _forget(step: Step, now: datetime) -> None:
    step.told_at, step.public, step.data = step.told_at or now, False, {**step.data, "undone": True}
