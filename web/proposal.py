"""The page of one proposal, and every decision on it: each a form, kept back for a minute in which it can be undone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import request
from werkzeug.exceptions import Forbidden, NotFound

from messages.proposals import parse_number
from models import deciding, meeting_rules
from models.meetings import Meeting
from models.plan import Plan
from models.proposal_plan import into_plan
from models.proposal_undo import held, snapshot, undo
from models.proposals import Proposal, proposal_by_number, supports
from models.proposing import index as index_anew
from models.staff import Staff
from models.supporting import supporters
from models.tickets import NotAllowed
from models.town import Department
from nlp.search import search_text
from web import access
from web.desk import Desk, Page, needs
from web.forms import Form
from web.proposal_forms import FORMS, Answer, Fixing, Merge, Refuse, Reword, fresh, prepared
from web.proposal_view import values
from web.proposals import pages
from web.words import speaking

__all__ = ["pages"]

#: Lines of history that do not contradict what somebody else is about to decide.
HARMLESS = ("note", "given", "photos", "said", "absorbed")

Deed = Callable[[Desk, Proposal, Any, Staff], object]


@pages.get("/<int:number>")
@needs(access.may_see_proposals)
def show(desk: Desk, number: int) -> Page:
    """The page; `?do=refuse` opens a form in it."""
    proposal = access.proposal(desk.session, desk.viewer, number)
    do = request.args.get("do", "")
    form = fresh(desk, proposal, do) if do in FORMS and _may(desk, proposal, do) else None
    if isinstance(form, Merge):
        form.into.data = request.args.get("into", "")
    shown = values(desk, proposal, do=do if form else "", form=form)
    return desk.page("proposals/doing.html" if desk.htmx else "proposals/show.html", **shown)


def _may(desk: Desk, proposal: Proposal, do: str) -> bool:
    if do == "answer":
        return access.may_answer(desk.viewer, proposal)
    return access.may_decide_proposals(desk.viewer)


# -- what the decisions do ---------------------------------------------------------------------------------------------


def _fixing(desk: Desk, proposal: Proposal, form: Fixing, staff: Staff) -> object:
    wording = form.wording.data or ""
    offered = wording if wording != proposal.title else ""
    return deciding.ask_for_words(proposal, staff, desk.now, form.reason(desk), offered)


def _refuse(desk: Desk, proposal: Proposal, form: Refuse, staff: Staff) -> object:
    return deciding.refuse(proposal, staff, desk.now, form.reason(desk))


def _give(desk: Desk, proposal: Proposal, form: Any, staff: Staff) -> object:
    department = desk.session.get_one(Department, int(form.department.data))
    deciding.give_to(proposal, department, staff, desk.now)
    return department


def _reword(desk: Desk, proposal: Proposal, form: Reword, staff: Staff) -> object:
    was = deciding.reword(proposal, staff, desk.now, **form.fields())
    index_anew(proposal, search_text)
    return was


def _meeting(desk: Desk, proposal: Proposal, form: Any, staff: Staff) -> object:
    meeting = desk.session.get_one(Meeting, int(form.meeting.data))
    return meeting_rules.put_on_list(desk.session, proposal, meeting, staff, desk.now)


def _poll(desk: Desk, proposal: Proposal, _form: Form, staff: Staff) -> object:
    return deciding.to_poll(proposal, staff, desk.now)


def _plan(desk: Desk, proposal: Proposal, form: Any, staff: Staff) -> object:
    plan = desk.session.get_one(Plan, int(form.plan.data))
    w = speaking("th", desk.settings, desk.console.public_url)
    reason = w("proposals.plan_reason", number=proposal.name, count=supports(desk.session, proposal))
    return into_plan(desk.session, proposal, plan, staff, desk.now, column=search_text, reason=reason)


def _returned(desk: Desk, proposal: Proposal, form: Any, staff: Staff) -> object:
    return deciding.back_to_answered(desk.session, proposal, staff, desk.now, form.words.data or "")


def _resume(desk: Desk, proposal: Proposal, form: Any, staff: Staff) -> object:
    return deciding.take_up_again(desk.session, proposal, staff, desk.now, form.words.data or "")


def _note(desk: Desk, proposal: Proposal, form: Any, staff: Staff) -> object:
    return proposal.add("note", desk.now, staff=staff, words=form.words.data or "", public=False, told=True)


def _answer(desk: Desk, proposal: Proposal, form: Answer, staff: Staff) -> object:
    return deciding.answer(proposal, staff, desk.now, form.words.data or "", form.satang)


_DEEDS: dict[str, Deed] = {
    "fixing": _fixing,
    "refuse": _refuse,
    "give": _give,
    "reword": _reword,
    "meeting": _meeting,
    "poll": _poll,
    "plan": _plan,
    "returned": _returned,
    "resume": _resume,
    "note": _note,
}


@pages.post("/<int:number>/do/<deed>")
@needs(access.may_decide_proposals)
def decide(desk: Desk, number: int, deed: str) -> Page:
    """One decision."""
    if deed not in _DEEDS:
        raise NotFound
    return _done(desk, access.proposal(desk.session, desk.viewer, number, lock=True), deed, _DEEDS[deed])


@pages.post("/<int:number>/answer")
@needs(access.may_answer_proposals)
def answer(desk: Desk, number: int) -> Page:
    """The department's answer, with the rough cost."""
    proposal = access.proposal(desk.session, desk.viewer, number, lock=True)
    if not access.may_answer(desk.viewer, proposal):
        raise Forbidden
    return _done(desk, proposal, "answer", _answer)


def overtaken(proposal: Proposal) -> bool:
    """Whether somebody decided since the writer of this form looked: that is shown first, what was typed is kept."""
    seen = request.form.get("seen", "")
    newer = [step for step in proposal.history if seen.isdecimal() and step.id > int(seen)]
    return any(step.what not in HARMLESS for step in newer)


def _done(desk: Desk, proposal: Proposal, deed: str, do: Deed) -> Page:
    form = prepared(desk, proposal, FORMS[deed](request.form, w=desk.w))
    if not form.validate():
        return desk.refuse("proposals/show.html", **values(desk, proposal, do=deed, form=form))
    if deed != "note" and overtaken(proposal):
        shown = values(desk, proposal, do=deed, form=form, refused="proposals.overtaken")
        return desk.page("proposals/show.html", **shown), 409
    before = snapshot(proposal)
    try:
        do(desk, proposal, form, desk.viewer.staff(desk.session))
    except (NotAllowed, LookupError):
        return desk.refuse("proposals/show.html", **values(desk, proposal, refused="proposals.not_possible"))
    desk.session.flush()
    desk.record(f"proposal.{deed}", f"proposal:{proposal.id}", before, snapshot(proposal))
    desk.tell(f"proposals.did_{deed}", number=proposal.name)
    return desk.go("proposals.show", number=proposal.id)


# -- merging -----------------------------------------------------------------------------------------------------------


@pages.post("/<int:number>/merge")
@needs(access.may_decide_proposals)
def merge(desk: Desk, number: int) -> Page:
    """Into the one whose number was typed or pressed; asked once more with both on the page."""
    proposal = access.proposal(desk.session, desk.viewer, number)  # locked with the other one, in models/deciding.merge
    form = Merge(request.form, w=desk.w)
    valid = form.validate()
    kept = _kept(desk, form.into.data or "") if valid else None
    if valid and (kept is None or kept.id == proposal.id):
        form.into.errors = ["proposals.merge_unknown"]
    if form.errors or kept is None:
        return desk.refuse("proposals/show.html", **values(desk, proposal, do="merge", form=form))
    if not form.sure.data:
        sides = [(one, supports(desk.session, one)) for one in (proposal, kept)]
        return desk.page("proposals/merge.html", **values(desk, proposal, do="merge", form=form, sides=sides))
    before = snapshot(proposal)
    try:
        deciding.merge(desk.session, proposal, kept, desk.viewer.staff(desk.session), desk.now)
    except NotAllowed:
        return desk.refuse("proposals/show.html", **values(desk, proposal, refused="proposals.not_possible"))
    desk.record("proposal.merged", f"proposal:{proposal.id}", before, snapshot(proposal))
    desk.record("proposal.absorbed", f"proposal:{kept.id}", None, {"proposal": proposal.id})
    desk.tell("proposals.did_merge", number=proposal.name, kept=kept.name)
    return desk.go("proposals.show", number=kept.id)


def _kept(desk: Desk, typed: str) -> Proposal | None:
    number = parse_number(typed) or parse_number(f"ป.{typed}")
    return proposal_by_number(desk.session, *number) if number is not None else None


# -- undoing, and looks at people --------------------------------------------------------------------------------------


@pages.post("/<int:number>/undo")
@needs(access.may_decide_proposals)
def take_back(desk: Desk, number: int) -> Page:
    """Take back the last decision, within its minute."""
    proposal = access.proposal(desk.session, desk.viewer, number, lock=True)
    step = held(desk.session, proposal.id, desk.now)
    if step is None or str(step.id) != request.form.get("step", str(step.id)):
        desk.tell("proposals.undo_late", "bad")
        return desk.go("proposals.show", number=proposal.id)
    before = snapshot(proposal)
    undo(desk.session, step, desk.viewer.staff(desk.session), desk.now)
    desk.record("proposal.undone", f"proposal:{proposal.id}", before, snapshot(proposal))
    desk.tell("proposals.did_undo")
    return desk.go("proposals.show", number=proposal.id)


@pages.post("/<int:number>/proposer")
@needs(access.may_see_proposers)
def proposer(desk: Desk, number: int) -> Page:
    """Who made it; the look goes into the audit."""
    proposal = access.proposal(desk.session, desk.viewer, number)
    desk.record("proposer.seen", f"proposal:{proposal.id}")
    person = proposal.proposer
    told = (person.name or desk.w("proposals.no_name"), person.moo) if person is not None else ("", None)
    return desk.page("proposals/show.html", **values(desk, proposal, proposer=told))


@pages.post("/<int:number>/supporters")
@needs(access.may_see_supporters)
def behind(desk: Desk, number: int) -> Page:
    """Who supports it, by the names shown in LINE; the look goes into the audit."""
    proposal = access.proposal(desk.session, desk.viewer, number)
    people = supporters(desk.session, proposal)
    desk.record("supporters.seen", f"proposal:{proposal.id}", None, {"count": len(people)})
    names = [(person.name or desk.w("proposals.no_name"), person.moo) for person in people]
    return desk.page("proposals/show.html", **values(desk, proposal, people=names))
