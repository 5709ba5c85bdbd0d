"""What the page of one proposal shows: its words, files, history, what is like it, how many stand behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from messages import proposals
from messages.money import baht
from models.enclosures import of_proposal
from models.files import File
from models.meeting_rules import meetings_of
from models.plan import Project
from models.proposal_undo import held
from models.proposals import ENDED, MOVES, Proposal, supports
from models.proposing import comparable_projects, comparable_proposals
from models.supporting import by_village
from models.town import KnownPlace, Village
from nlp.ideas import Idea, rank
from nlp.steering import private
from web import access
from web.desk import Desk
from web.proposals import BADGES
from web.proposals_list import is_late

#: Similar ones shown to staff.
LIKE = 5


@dataclass(frozen=True)
class Line:
    """One line of the history as staff read it."""

    at: datetime
    what: str
    words: str
    who: str
    inside: bool
    undone: bool


@dataclass(frozen=True)
class Photo:
    """A photo and its approved copy, if there is one."""

    file: File
    public: File | None


def values(desk: Desk, proposal: Proposal, **more: Any) -> dict[str, Any]:
    """All that templates/proposals/show.html names; `more` may bring `do`, `form`, `refused`."""
    session, w = desk.session, desk.w
    files = of_proposal(session, proposal.id)
    undo = held(session, proposal.id, desk.now)
    decides = access.may_decide_proposals(desk.viewer)
    found: dict[str, Any] = {
        "row": proposal,
        "state": proposals.state(w, proposal),
        "kind": BADGES[proposal.state],
        "late": is_late(desk, proposal),
        "place": proposals.place(w, proposal),
        "reach": proposals.reach(w, proposal),
        "cost": baht(proposal.cost_satang) if proposal.cost_satang is not None else "",
        "count": supports(session, proposal),
        "villages": [(_village(desk, moo), count) for moo, count in by_village(session, proposal)],
        "photos": _photos(desk, files),
        "voices": [f for f in files if f.kind == "audio"],
        "others": [f for f in files if f.kind not in ("image", "audio")],
        "history": history(desk, proposal),
        "like": _like(desk, proposal),
        "lines_like": _lines_like(desk, proposal),
        "named": named(desk, proposal),
        "meetings": meetings_of(session, proposal),
        "project": session.get(Project, proposal.project_id) if proposal.project_id else None,
        "absorbed": absorbed(desk, proposal),
        "seen": max((step.id for step in proposal.history), default=0),
        "undo": undo,
        "undo_left": int((undo.tell_after - desk.now).total_seconds()) if undo and undo.tell_after else 0,
        "decides": decides,
        "answers": access.may_answer(desk.viewer, proposal),
        "may_go": MOVES[proposal.state],
        "ended": proposal.state in ENDED,
        "do": "",
        "form": None,
        "refused": "",
        "proposer": None,
        "people": None,
    }
    return found | more


def _village(desk: Desk, moo: int | None) -> str:
    return desk.w("report.place_moo", moo=moo) if moo is not None else desk.w("proposals.moo_unknown")


def _photos(desk: Desk, files: Sequence[File]) -> list[Photo]:
    images = [f for f in files if f.kind == "image" and f.state == "stored"]
    copies = select(File).where(
        File.copy_of_id.in_([f.id for f in images]), File.approved, File.deleted_at.is_(None), File.state == "stored"
    )
    public = {copy.copy_of_id: copy for copy in desk.session.scalars(copies)}
    return [Photo(f, public.get(f.id)) for f in images]


def history(desk: Desk, proposal: Proposal) -> list[Line]:
    """The newest line first."""
    w, found = desk.w, []
    for step in reversed(proposal.history):
        name = f"proposals.line_{step.what}"
        what = w(name) if name in w else step.what
        words = step.words
        if step.what in ("merged", "absorbed"):
            words = str(step.data.get("number", ""))
        elif step.what == "met":
            words = " · ".join(part for part in (proposals.result(w, step), step.words) if part)
        elif step.what == "meeting":
            words = str(step.data.get("title", ""))
        elif step.what == "given":
            words = str(step.data.get("department", ""))
        elif step.what == "fixing" and step.data.get("wording"):
            words = f"{step.words} → “{step.data['wording']}”"
        elif step.what == "reworded":
            words = ", ".join(w(f"proposals.field_{name}") for name in step.data.get("was", {}))
        who = step.staff.name if step.staff else w("proposals.a_resident") if step.person_id else ""
        found.append(Line(step.at, what, words, who, not step.public, bool(step.data.get("undone"))))
    return found


def idea_of(proposal: Proposal) -> Idea:
    """The proposal as far as likeness goes."""
    return Idea(proposal.id, f"{proposal.title} {proposal.place}", (proposal.moo,) if proposal.moo is not None else ())


def _like(desk: Desk, proposal: Proposal) -> list[Proposal]:
    rows = {p.id: p for p in comparable_proposals(desk.session) if p.id != proposal.id}
    waiting = select(Proposal).where(Proposal.state == "review", Proposal.id != proposal.id).limit(200)
    rows |= {p.id: p for p in desk.session.scalars(waiting)}
    return [rows[m.key] for m in rank(idea_of(proposal), [idea_of(p) for p in rows.values()])][:LIKE]


def _lines_like(desk: Desk, proposal: Proposal) -> list[Project]:
    rows = {p.id: p for p in comparable_projects(desk.session) if p.id != proposal.project_id}
    ideas = [Idea(p.id, f"{p.shown_name} {p.place}", p.moos) for p in rows.values()]
    return [rows[m.key] for m in rank(idea_of(proposal), ideas)][:LIKE]


def named(desk: Desk, proposal: Proposal) -> list[str]:
    """What in its words seems to name a private person, for whoever reads them before others do."""
    known = [n for n in desk.session.scalars(select(Village.name)) if n]
    known += list(desk.session.scalars(select(KnownPlace.name)))
    found = []
    for words in (proposal.title, proposal.why, proposal.benefit, proposal.place):
        found += [words[p.start : p.end] for p in private(words, known)]
    return list(dict.fromkeys(found))


def absorbed(desk: Desk, proposal: Proposal) -> list[Proposal]:
    """Those that were merged into it."""
    found = select(Proposal).where(Proposal.merged_into_id == proposal.id).order_by(Proposal.id)
    return list(desk.session.scalars(found))
