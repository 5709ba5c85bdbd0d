"""The list of a ประชาคม: proposals put on it and taken off, hands counted, ranks, resolutions."""

from __future__ import annotations

from flask import request
from sqlalchemy import select
from werkzeug.exceptions import NotFound

from models import meeting_rules
from models.meetings import RESOLUTIONS, Item, Meeting
from models.proposals import Proposal
from models.tickets import NotAllowed
from web import access
from web.desk import Desk, Page, needs
from web.meetings import counts, kept, number_of, pages, values

__all__ = ["pages"]


@pages.post("/<int:number>/items")
@needs(access.may_decide_proposals)
def put_on(desk: Desk, number: int) -> Page:
    """Put chosen proposals on the list; those behind them hear when and where."""
    row = kept(desk, number)
    if row is None:
        return desk.go("meetings.show", number=number)
    staff, done = desk.viewer.staff(desk.session), 0
    chosen = [int(key) for key in request.form.getlist("proposal") if key.isdecimal() and len(key) < 18]
    for proposal in desk.session.scalars(select(Proposal).where(Proposal.id.in_(chosen)).order_by(Proposal.id)):
        try:
            meeting_rules.put_on_list(desk.session, proposal, row, staff, desk.now)
        except NotAllowed:
            continue
        desk.record("proposal.meeting", f"proposal:{proposal.id}", None, {"meeting": row.id})
        done += 1
    desk.tell("meetings.did_put", "done" if done else "note", count=done)
    return desk.go("meetings.show", number=row.id)


@pages.post("/<int:number>/items/<int:item_id>/remove")
@needs(access.may_decide_proposals)
def take_off(desk: Desk, number: int, item_id: int) -> Page:
    """Take one off the list again."""
    row, item = kept(desk, number), desk.session.get(Item, item_id)
    if row is None:
        return desk.go("meetings.show", number=number)
    if item is None or item.meeting_id != row.id:
        raise NotFound
    name, key = item.proposal.name, item.proposal_id
    meeting_rules.take_off(desk.session, item, desk.viewer.staff(desk.session), desk.now)
    desk.record("meeting.taken_off", f"meeting:{row.id}", {"proposal": key}, None)
    desk.tell("meetings.did_take_off", number=name)
    return desk.go("meetings.show", number=row.id)


@pages.post("/<int:number>/hands")
@needs(access.may_decide_proposals)
def hands(desk: Desk, number: int) -> Page:
    """Hands, ranks and resolutions of the whole list at once; `rank=1` gives the ranks by the hands."""
    row = kept(desk, number)
    if row is None:
        return desk.go("meetings.show", number=number)
    typed = {name: value.strip() for name, value in request.form.items()}
    faults = _faults(row, typed)
    if faults:
        return desk.refuse("meetings/show.html", **values(desk, row, faults=faults, typed=typed))
    for item in row.items:
        _count(item, typed)
    if request.form.get("by_hands"):
        meeting_rules.rank_by_hands(row.items)
    if row.state == "planned":
        row.state = "held"
    after = {i.proposal.name: {**meeting_rules.figures(i), "resolution": i.resolution} for i in row.items}
    desk.record("meeting.hands", f"meeting:{row.id}", None, after)
    desk.tell("meetings.did_keep")
    return desk.go("meetings.show", number=row.id)


_NUMBERS = ("votes_for", "votes_against", "abstained", "rank")


def _faults(row: Meeting, typed: dict[str, str]) -> dict[str, str]:
    """What is wrong, by the name of the field: no number, more hands than heads, a refusal without its reason."""
    found: dict[str, str] = {}
    for item in row.items:
        given = {name: typed.get(f"{name}-{item.id}", "") for name in _NUMBERS}
        wrong = {name: value for name, value in given.items() if not counts(value)}
        found |= {f"{name}-{item.id}": "meetings.heads_wrong" for name in wrong}
        raised = sum(number_of(given[name]) or 0 for name in _NUMBERS[:3])
        if not wrong and row.heads() and raised > row.heads():
            found[f"votes_for-{item.id}"] = "meetings.too_many_hands"
        if given["rank"] == "0":
            found[f"rank-{item.id}"] = "meetings.heads_wrong"
        if typed.get(f"resolution-{item.id}") == "refused" and not typed.get(f"words-{item.id}"):
            found[f"words-{item.id}"] = "meetings.needs_reason"
    return found


def _count(item: Item, typed: dict[str, str]) -> None:
    for name in _NUMBERS:
        setattr(item, name, number_of(typed.get(f"{name}-{item.id}", "")))
    resolution = typed.get(f"resolution-{item.id}", "")
    item.resolution = resolution if resolution in RESOLUTIONS else None
    item.words = typed.get(f"words-{item.id}", "")[:2_000]
