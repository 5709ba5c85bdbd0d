"""Deciding on proposals: what staff do with them, from the first look at the words to the plan.

Every function moves one proposal and leaves a step in its history, which tells proposer and supporters. Steps that can
be undone wait a minute before they are told (models/proposal_undo.py).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from models.plan import OUTSIDE, Project
from models.proposal_undo import hold, snapshot
from models.proposals import ENDED, Proposal, Step
from models.staff import Staff
from models.supporting import add_support, reach, supporters
from models.tickets import NotAllowed
from models.town import Department, setting


def open_up(session: Session, proposal: Proposal, staff: Staff, now: datetime) -> Step:
    """The words are fit to be read by all: neighbours may support it, until a day that is told now."""
    before = snapshot(proposal)
    days = int(setting(session, "proposals.support_days"))
    proposal.threshold = int(setting(session, "proposals.threshold"))
    proposal.opened_at = now
    proposal.support_until = now + timedelta(days=days) if days else None
    step = proposal.move("open", "opened", now, staff=staff, data={"threshold": proposal.threshold})
    hold(step, before, now)
    session.flush()
    reach(session, proposal, now)  # taken up again, with its supporters of before
    return step


def ask_for_words(proposal: Proposal, staff: Staff, now: datetime, reason: str, wording: str) -> Step:
    """Ask the proposer for other words; `wording` is a title the office offers, or "". Raises NotAllowed."""
    if proposal.proposer_id is None:
        raise NotAllowed(f"proposal {proposal.id}: nobody to ask")
    before = snapshot(proposal)
    data = {"wording": wording} if wording else {}
    return hold(proposal.move("fixing", "fixing", now, staff=staff, words=reason, data=data), before, now)


def reword(proposal: Proposal, staff: Staff, now: datetime, **fields: Any) -> dict[str, Any]:
    """Staff mend words, place or subject. What it was stays in the history, not shown. Returns what was changed, as it
    was; {} when nothing was."""
    was = {name: getattr(proposal, name) for name, value in fields.items() if getattr(proposal, name) != value}
    for name in was:
        setattr(proposal, name, fields[name])
    if was:
        proposal.add("reworded", now, staff=staff, data={"was": was}, public="title" in was)
    return was


def give_to(proposal: Proposal, department: Department, staff: Staff, now: datetime) -> None:
    """Ask a department to look at it, to price it and to answer."""
    proposal.department = department
    proposal.add("given", now, staff=staff, data={"department": department.name}, public=False)


def answer(proposal: Proposal, staff: Staff, now: datetime, words: str, cost_satang: int | None) -> Step:
    """The office's answer, with the rough cost where it is known. A later one takes the place of an earlier one."""
    before = snapshot(proposal)
    proposal.answer, proposal.cost_satang, proposal.answered_at = words, cost_satang, now
    department = proposal.department.name if proposal.department else ""
    data: dict[str, Any] = {"cost": cost_satang, "department": department}
    if proposal.state in ("open", "reached"):
        return hold(proposal.move("answered", "answered", now, staff=staff, words=words, data=data), before, now)
    if proposal.state not in ("answered", "meeting", "poll"):
        raise NotAllowed(f"proposal {proposal.id}: {proposal.state} takes no answer")
    return hold(proposal.add("answered", now, staff=staff, words=words, data=data), before, now)


def refuse(proposal: Proposal, staff: Staff, now: datetime, reason: str) -> Step:
    """Not taken, with the reason that its proposer and everybody may read. Raises NotAllowed."""
    before = snapshot(proposal)
    proposal.reason = reason
    step = proposal.move("refused", "refused", now, staff=staff, words=reason)
    return hold(step, before, now)


def take_up_again(session: Session, proposal: Proposal, staff: Staff, now: datetime, words: str) -> Step:
    """A refused proposal is looked at again (ทบทวน); one that was open before is open again."""
    before = snapshot(proposal)
    state = "open" if proposal.opened_at is not None else "review"
    step = hold(proposal.move(state, "resumed", now, staff=staff, words=words), before, now)
    session.flush()
    reach(session, proposal, now)
    return step


def to_poll(proposal: Proposal, staff: Staff, now: datetime) -> Step:
    """Choose it for a poll: the builder of a poll finds it by `models.proposals.ready_for_poll`."""
    before = snapshot(proposal)
    return hold(proposal.move("poll", "poll", now, staff=staff), before, now)


def back_to_answered(session: Session, proposal: Proposal, staff: Staff, now: datetime, words: str) -> Step:
    """Off the list of a ประชาคม or a poll, or out of the draft of the plan: it stands as answered again, and the draft
    is thrown away. Raises NotAllowed where the project is in the plan already: then the project is cancelled, not this.
    """
    before = snapshot(proposal)
    project = session.get(Project, proposal.project_id) if proposal.project_id is not None else None
    if project is not None and project.step not in OUTSIDE:
        raise NotAllowed(f"proposal {proposal.id}: project {project.id} is in the plan ({project.step})")
    if project is not None and project.step == "draft":
        project.move("dropped", now, staff=staff, words=words)
        before["thrown_away"] = project.id
    proposal.project_id = None
    return hold(proposal.move("answered", "returned", now, staff=staff, words=words), before, now)


def polled(proposal: Proposal, now: datetime, words: str, data: dict[str, Any], staff: Staff | None = None) -> Step:
    """A poll it was in has ended: `words` say how, for proposer and supporters (“ได้ 120 คะแนน เป็นอันดับ 1 จาก 6”)."""
    return proposal.add("polled", now, staff=staff, words=words, data=data)


def merge(session: Session, gone: Proposal, kept: Proposal, staff: Staff, now: datetime) -> Step:
    """Let `gone` go on in `kept`: its supporters and its proposer support `kept`, each counted once.

    Everybody hears once: whoever is behind `gone` by its step. Raises NotAllowed for one and the same, and where one of
    the two has ended.
    """
    for one in sorted((gone, kept), key=lambda proposal: proposal.id):  # in one order: two may merge them at once
        session.refresh(one, with_for_update=True)
    if gone.id == kept.id or gone.state in ENDED or kept.state in ENDED:
        raise NotAllowed(f"proposal {gone.id} cannot be merged into {kept.id} ({kept.state})")
    before = snapshot(gone)
    people = [*([gone.proposer] if gone.proposer else []), *supporters(session, gone)]
    joined = [p.id for p in people if p.id != kept.proposer_id and add_support(session, kept, p, now)]
    gone.merged_into_id = kept.id
    step = gone.move("merged", "merged", now, staff=staff, data={"into": kept.id, "number": kept.name})
    told = {"from": gone.id, "number": gone.name, "people": len(joined)}
    other = kept.add("absorbed", now, staff=staff, words=gone.title, data=told)
    session.flush()
    beside = [other]
    if reach(session, kept, now):
        session.flush()
        beside += session.scalars(_lines(kept, "reached").limit(1))
    for line in beside:
        hold(line, {}, now)
    steps = [line.id for line in beside]
    hold(step, before | {"joined": joined, "kept": kept.id, "steps": steps, "filled": len(beside) > 1}, now)
    return step


def _lines(proposal: Proposal, what: str) -> Select[Step]:
    """Its lines of this kind, the newest first."""
    return select(Step).where(Step.proposal_id == proposal.id, Step.what == what).order_by(Step.id.desc())
