"""What is like a proposal already: neighbours' proposals to support, lines of the plan to follow, before a new one."""

from __future__ import annotations

from typing import Any

from handlers import answers as read
from handlers import forms
from handlers.forms import Again, Answers
from handlers.support import supported_now
from handlers.turn import Answer, Turn
from messages import propose as say
from messages.parts import text
from models.plan import Project
from models.proposal_plan import let_follow
from models.proposals import Proposal, supports_of
from models.proposing import comparable_projects, comparable_proposals
from nlp.ideas import Idea, rank

#: Shown beside each other: so many proposals, so many lines of the plan.
MOST_PROPOSALS, MOST_PROJECTS = 3, 2
_SAME = frozenset({"เรื่องเดียวกัน", "ใช่เรื่องเดียวกัน", "สนับสนุน", "same", "support"})
_OTHER = frozenset({"คนละเรื่อง", "คนละเรื่องกัน", "ไม่ใช่เรื่องเดียวกัน", "เสนอต่อ", "different"})


def similar(turn: Turn, answers: Answers) -> tuple[list[Proposal], list[Project]]:
    """Proposals and lines of the plan that are probably the same wish, likest first."""
    place = answers.get("place") or {}
    moo = place.get("moo")
    new = Idea(0, f"{answers.get('title', '')} {place.get('text') or ''}", (moo,) if moo is not None else ())
    return _proposals(turn, new), _projects(turn, new)


def _proposals(turn: Turn, new: Idea) -> list[Proposal]:
    rows = {p.id: p for p in comparable_proposals(turn.session)}
    ideas = [Idea(p.id, f"{p.title} {p.place}", (p.moo,) if p.moo is not None else ()) for p in rows.values()]
    return [rows[m.key] for m in rank(new, ideas) if m.offer][:MOST_PROPOSALS]


def _projects(turn: Turn, new: Idea) -> list[Project]:
    rows = {p.id: p for p in comparable_projects(turn.session)}
    ideas = [Idea(p.id, f"{p.shown_name} {p.place}", p.moos) for p in rows.values()]
    return [rows[m.key] for m in rank(new, ideas) if m.offer][:MOST_PROJECTS]


def has_similar(turn: Turn, answers: Answers) -> bool:
    """Whether there is anything to show."""
    return any(similar(turn, answers))


def ask_similar(turn: Turn, answers: Answers) -> Answer:
    """Is it one of these?"""
    found, lines = similar(turn, answers)
    counts = supports_of(turn.session, [p.id for p in found])
    support = [
        (p, counts[p.id], forms.button(turn, turn.w("propose.similar_support", number=p.name), "similar", f"p{p.id}"))
        for p in found
    ]
    follow = [(p, forms.button(turn, turn.w("propose.similar_follow"), "similar", f"j{p.id}")) for p in lines]
    other = forms.button(turn, turn.w("propose.similar_other"), "similar", "no")
    return say.ask_similar(turn.w, support, follow, other)


def take_similar(turn: Turn, answers: Answers) -> Any:
    """Which one it is, as {"proposal": id} or {"project": id}; or "no"."""
    value, (found, lines) = read.tapped(turn), similar(turn, answers)
    if value == "no" or read.said(turn, read.NO, read.SKIP, _OTHER):
        return "no"
    if value is not None and value[1:].isdecimal():
        kind = {"p": "proposal", "j": "project"}.get(value[:1])
        known = {p.id for p in (found if kind == "proposal" else lines)}
        return {kind: int(value[1:])} if kind and int(value[1:]) in known else None
    if read.said(turn, read.YES, _SAME):
        return {"proposal": found[0].id} if found else {"project": lines[0].id}
    raise Again([text(turn.w("propose.similar_help"))])


def joined(turn: Turn, answers: Answers) -> Answer | None:
    """Support or follow what was chosen instead; None when nothing was."""
    chosen = answers.get("similar")
    if not isinstance(chosen, dict) or turn.person is None:
        return None
    if "proposal" in chosen:
        return supported_now(turn, turn.session.get_one(Proposal, chosen["proposal"]))
    project = turn.session.get_one(Project, chosen["project"])
    let_follow(turn.session, project, [turn.person], turn.now)
    return say.followed_project(turn.w, project)
