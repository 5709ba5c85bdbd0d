"""Neighbours' proposals: looking through them, reading one, supporting it with one tap, taking that back; one's own."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import Select, func, or_, select

from handlers import answers as read
from handlers import forms
from handlers.forms import Answers, Form, GivesWay, Step
from handlers.turn import Answer, Turn
from messages import cases
from messages import propose as say_propose
from messages import support as say
from messages.parts import pack, tap
from messages.proposals import parse_number
from messages.thai import arabic_digits
from models.enclosures import approved_photos, of_proposal
from models.groups import Member
from models.proposals import PUBLIC, SUPPORTABLE, Proposal, Support, proposal_by_number, supports, supports_of
from models.supporting import is_own, support, supported, supported_ids, take_back

_VILLAGE = re.compile("(?:ดู)?ข้อเสนอ(?:โครงการ)?(?:ของ)? ?(?:หมู่บ้านที่|หมู่ที่|หมู่|ม\\.) ?([0-9]{1,3})")
#: Cards side by side: LINE takes twelve.
SHOWN = 10
#: Lines of history in one card.
HISTORY = 8
#: Any prime: spreads the order of “สุ่มให้ดู”, so that each person sees another one, the same all day.
_SPREAD = 7_919


# -- looking through ---------------------------------------------------------------------------------------------------


def browse(turn: Turn) -> Answer:
    """“ดูข้อเสนอทั้งหมด”: asks which; or the list that was asked for."""
    by, moo = turn.event.fields.get("by", ""), turn.event.fields.get("moo", "")
    if by not in say.WAYS:
        total = turn.session.scalar(select(func.count()).select_from(_open().subquery())) or 0
        return say.ask(turn.w, total) if total else say.none(turn.w)
    if by == "moo" and not moo.isdecimal():
        if turn.moo is None or moo == "?":
            return say.ask_moo(turn.w, [v.moo for v in turn.town.villages])
        moo = str(turn.moo)
    return _list(turn, by, int(moo) if moo.isdecimal() and len(moo) < 5 else None)


def of_village(turn: Turn) -> Answer | None:
    """“ข้อเสนอหมู่ 5”: that village's; None when the words ask for nothing like it."""
    found = _VILLAGE.fullmatch(arabic_digits(read.plain(turn.text)))
    return _list(turn, "moo", int(found[1])) if found else None


def _open() -> Select[Proposal]:
    return select(Proposal).where(Proposal.state.in_(PUBLIC))


def _list(turn: Turn, by: str, moo: int | None) -> Answer:
    start = turn.event.fields.get("at", "0")
    skip = int(start) if start.isdecimal() and len(start) < 6 else 0
    found = _open()
    if by == "moo":
        found = found.where(or_(Proposal.moo == moo, Proposal.moo.is_(None)))
    total = turn.session.scalar(select(func.count()).select_from(found.subquery())) or 0
    rows = list(turn.session.scalars(_ordered(turn, found, by).offset(skip).limit(SHOWN)))
    if not rows:
        village = turn.town.village_name(moo)
        return say.none(turn.w, turn.w("support.none_here", village=village) if village else None)
    counts, mine = _counts(turn, rows), supported_ids(turn.session, turn.person, [p.id for p in rows])
    own = turn.person.id if turn.person else None
    shown = [(p, counts[p.id], p.id in mine or (own is not None and p.proposer_id == own)) for p in rows]
    more = None
    if skip + SHOWN < total:
        more = tap(turn.w("support.more"), pack("propose.list", by=by, moo=moo, at=skip + SHOWN))
    return say.listed(turn.w, shown, total, turn.now, more)


def _counts(turn: Turn, rows: list[Proposal]) -> dict[int, int]:
    return supports_of(turn.session, [p.id for p in rows])


def _ordered(turn: Turn, found: Select[Proposal], by: str) -> Select[Proposal]:
    """Those that can still be supported first; then by what was asked for."""
    count = select(func.count()).where(Support.proposal_id == Proposal.id).correlate(Proposal).scalar_subquery()
    decided = Proposal.state.not_in(SUPPORTABLE)
    seed = (turn.person.id if turn.person else 0) + turn.now.toordinal()
    order: dict[str, tuple[Any, ...]] = {
        "top": (count.desc(),),
        "soon": (Proposal.support_until.is_(None), Proposal.support_until),
        "any": ((Proposal.id * _SPREAD + seed * 31) % 101,),
    }
    return found.order_by(decided, *order.get(by, ()), Proposal.id.desc())


# -- one ---------------------------------------------------------------------------------------------------------------


def tapped(turn: Turn) -> Proposal | None:
    """The proposal a button names, if there is one."""
    key = turn.event.fields.get("id", "")
    return turn.session.get(Proposal, int(key)) if key.isascii() and key.isdigit() and len(key) < 18 else None


def see(turn: Turn) -> Answer:
    """“อ่านต่อ”."""
    proposal = tapped(turn)
    return show(turn, proposal) if proposal is not None else forms.old_button(turn)


def by_number(turn: Turn) -> Answer | None:
    """“ป.21/69”: that proposal; None when the words are no such number."""
    number = parse_number(turn.text)
    if number is None:
        return None
    proposal = proposal_by_number(turn.session, *number)
    if proposal is None:
        year = f"/{number[0] % 100:02d}" if number[0] else ""
        return say.not_found(turn.w, f"ป.{number[1]}{year}")
    return show(turn, proposal)


def _visible(turn: Turn, proposal: Proposal) -> bool:
    """Whether the speaker may read it: neighbours what was opened, its owners always."""
    opened = proposal.opened_at is not None and proposal.state != "withdrawn"  # whoever takes it back, takes it back
    return proposal.public or opened or is_own(turn.session, proposal, turn.person)


def show(turn: Turn, proposal: Proposal) -> Answer:
    """One proposal with its history; of a merged one, also where it goes on."""
    if not _visible(turn, proposal):
        return say.hidden(turn.w, proposal)
    own = is_own(turn.session, proposal, turn.person)
    photos = len(approved_photos(turn.session, proposal.id)) or (own and len(_own_photos(turn, proposal)))
    return say.one(
        turn.w,
        proposal,
        supports(turn.session, proposal),
        [s for s in proposal.history if s.public][-HISTORY:],
        turn.now,
        own=own,
        supported=supported(turn.session, proposal, turn.person),
        photos=int(photos),
        can_withdraw=_withdrawable(turn, proposal),
    )


def _own_photos(turn: Turn, proposal: Proposal) -> list[Any]:
    return of_proposal(turn.session, proposal.id, "image")


def photos(turn: Turn) -> Answer:
    """Its photos: the approved copies, or to its owners their own."""
    proposal = tapped(turn)
    if proposal is None or not _visible(turn, proposal):
        return forms.old_button(turn)
    found = approved_photos(turn.session, proposal.id)
    if not found and is_own(turn.session, proposal, turn.person):
        found = _own_photos(turn, proposal)
    base = turn.town.public_url
    stored = [f for f in found if f.state == "stored"]
    if not stored:
        return show(turn, proposal)
    return say.gallery(
        turn.w, [(cases.file_address(base, f.token), cases.preview_address(base, f.token)) for f in stored]
    )


# -- supporting --------------------------------------------------------------------------------------------------------


def add(turn: Turn) -> Answer:
    """【สนับสนุน】."""
    proposal = tapped(turn)
    if proposal is None or turn.person is None:
        return forms.old_button(turn)
    while proposal.merged_into is not None:  # an old card: its support counts where it goes on
        proposal = proposal.merged_into
    return supported_now(turn, proposal) if _visible(turn, proposal) else say.hidden(turn.w, proposal)


def supported_now(turn: Turn, proposal: Proposal) -> Answer:
    """Count the speaker, and say what came of it."""
    if turn.person is None:
        return forms.old_button(turn)
    before = proposal.state
    came = support(turn.session, proposal, turn.person, turn.now)
    count = supports(turn.session, proposal)
    reached = came == "new" and before == "open" and proposal.state == "reached"
    name = {"new": "thanks_reached" if reached else "thanks"}.get(came, came)
    return say.outcome(turn.w, proposal, name, count)


def drop(turn: Turn) -> Answer:
    """【ถอนการสนับสนุน】."""
    proposal = tapped(turn)
    if proposal is None or turn.person is None or not supported(turn.session, proposal, turn.person):
        return forms.old_button(turn)
    return say.taken_back(turn.w, proposal, done=take_back(turn.session, proposal, turn.person, turn.now))


# -- one's own ---------------------------------------------------------------------------------------------------------


def mine(turn: Turn) -> Answer:
    """“ข้อเสนอของฉัน”: what the speaker (or his or her group) proposed, then what he or she supports."""
    if turn.person is None:
        return say.mine_none(turn.w)
    groups = select(Member.group_id).where(Member.person_id == turn.person.id)
    ids = select(Proposal.id).where(or_(Proposal.proposer_id == turn.person.id, Proposal.group_id.in_(groups)))
    own = Proposal.id.in_(ids)  # not by the columns themselves: “not in” of an empty one is neither true nor false
    backed = Proposal.id.in_(select(Support.proposal_id).where(Support.person_id == turn.person.id))
    rows = list(turn.session.scalars(select(Proposal).where(own).order_by(Proposal.id.desc()).limit(SHOWN)))
    others = select(Proposal).where(backed, ~own)
    more = list(turn.session.scalars(others.order_by(Proposal.id.desc()).limit(SHOWN - len(rows))))
    total = turn.session.scalar(select(func.count()).select_from(Proposal).where(or_(own, backed))) or 0
    if not rows and not more:
        return say.mine_none(turn.w)
    counts = _counts(turn, [*rows, *more])
    shown = [*((p, counts[p.id], True) for p in rows), *((p, counts[p.id], False) for p in more)]
    return say.mine(turn.w, shown, total, turn.now)


def _withdrawable(turn: Turn, proposal: Proposal) -> bool:
    """Only by the one who sent it, before neighbours stand behind it: then it is theirs too."""
    if turn.person is None or proposal.proposer_id != turn.person.id:
        return False
    return proposal.state in ("review", "fixing") or (proposal.state == "open" and not supports(turn.session, proposal))


def withdraw(turn: Turn) -> Answer:
    """“ถอนข้อเสนอ”: asked once more before it is done."""
    proposal = tapped(turn)
    if proposal is None or not is_own(turn.session, proposal, turn.person):
        return forms.old_button(turn)
    if not _withdrawable(turn, proposal):
        return say_propose.note(turn.w, "support.cannot_withdraw", proposal)
    return forms.start(turn, WITHDRAW, {"proposal": proposal.id})


def _proposal(turn: Turn, answers: Answers) -> Proposal:
    return turn.session.get_one(Proposal, answers["proposal"])


def _ask_sure(turn: Turn, answers: Answers) -> Answer:
    yes = forms.button(turn, turn.w("support.withdraw_yes"), "sure", "yes")
    no = forms.button(turn, turn.w("support.withdraw_no"), "sure", "no")
    return say.sure_withdraw(turn.w, _proposal(turn, answers), yes, no)


def _take_sure(turn: Turn, _answers: Answers) -> Any:
    if read.tapped(turn) in ("yes", "no"):
        return read.tapped(turn)
    if read.said(turn, read.YES, frozenset({"ถอน", "ถอนข้อเสนอ", "withdraw"})):
        return "yes"
    if read.said(turn, read.NO, frozenset({"ไม่ถอน"})):
        return "no"
    if read.something_else(turn):
        raise GivesWay
    return None


def _withdraw_done(turn: Turn, answers: Answers) -> Answer:
    proposal = _proposal(turn, answers)
    if answers["sure"] == "no" or not _withdrawable(turn, proposal):
        return say_propose.note(
            turn.w, "support.kept" if answers["sure"] == "no" else "support.cannot_withdraw", proposal
        )
    proposal.move("withdrawn", "withdrawn", turn.now, person=turn.person, told=True)
    return say_propose.note(turn.w, "support.withdrawn", proposal)


WITHDRAW = Form("proposal.withdraw", steps=(Step("sure", _ask_sure, _take_sure),), done=_withdraw_done)
