"""The counter (จุดบริการ): staff see somebody's card, find or make the place on the roll, and give a code or a paper
ballot. And lists of who may vote, taken in as keyed hashes: the numbers themselves are not kept.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from ballots.manifest import Level
from models import audit, vote_codes, vote_notices
from models.casting import strike_paper
from models.eligibility import accounts, list_value, listed
from models.key_room import KeyRoom
from models.poll_drafts import rules_of
from models.polls import NotAllowed, Poll, locked
from models.roll import RollRow, new_roll_id, row_of
from models.vote_codes import VoteCode, may_grow, plain_code
from models.voters import Voter


@dataclass(frozen=True)
class Line:
    """A line of a list: national id or telephone number, year of birth (B.E.), village, and house number where the
    list has one."""

    number: str
    birth_year: int
    moo: int | None = None
    house: str = ""


@dataclass(frozen=True)
class Taken:
    """What became of a list: lines that were added, that stood on the roll already, and (by number, from 1) that
    cannot be used, with the reason (`number`, `birth_year`, `moo`, `twice`)."""

    added: int
    known: int
    wrong: tuple[tuple[int, str], ...]


def take_list(
    session: Session, actor: audit.Actor | Any, keys: KeyRoom, poll_id: int, lines: Iterable[Line], now: datetime
) -> Taken:
    """Put the people of a list onto the roll of a draft. Raises NotAllowed: `state`, `frozen`."""
    poll = locked(session, poll_id)
    if poll.state != "draft":
        raise NotAllowed("state")
    may_grow(poll)
    added, known, wrong = 0, 0, list[tuple[int, str]]()
    seen = set[tuple[str, str]]()
    for number, line in enumerate(lines, 1):
        fault = _fault(line, poll)
        value = list_value(line.number, line.birth_year)
        if fault or value in seen:
            wrong.append((number, fault or "twice"))
            continue
        seen.add(value)
        if _enrol(session, keys, poll, line):
            added += 1
        else:
            known += 1
    session.flush()
    told = {"added": added, "known": known, "wrong": len(wrong)}
    audit.record(session, actor, "poll.list_taken", f"poll:{poll_id}", None, told, now)
    return Taken(added, known, tuple(wrong))


def clear_roll(session: Session, actor: audit.Actor | Any, poll_id: int, now: datetime) -> int:
    """Begin the roll of a draft anew: all places and codes go. Returns how many places there were."""
    poll = locked(session, poll_id)
    if poll.state != "draft":
        raise NotAllowed("state")
    may_grow(poll)
    session.execute(delete(VoteCode).where(VoteCode.poll_id == poll_id))
    count = len(session.execute(delete(RollRow).where(RollRow.poll_id == poll_id).returning(RollRow.roll_id)).all())
    audit.record(session, actor, "poll.roll_cleared", f"poll:{poll_id}", {"places": count}, None, now)
    return count


def _fault(line: Line, poll: Poll) -> str:
    digits = "".join(char for char in line.number if char.isdigit())
    if len(digits) not in (9, 10, 13) or (len(digits) == 13 and not is_national_id(digits)):
        return "number"
    if not 2400 <= line.birth_year <= 2700:
        return "birth_year"
    rules = rules_of(poll)
    outside = bool(rules.moos) and line.moo not in rules.moos
    return "moo" if outside or (rules.areas and not rules.area_of(line.moo)) else ""


def is_national_id(digits: str) -> bool:
    """Whether thirteen digits are a Thai national id: the last is the check digit (mod 11 over the first twelve)."""
    if len(digits) != 13 or not digits.isdigit():
        return False
    total = sum(int(digit) * weight for digit, weight in zip(digits, range(13, 1, -1), strict=False))
    return (11 - total % 11) % 10 == int(digits[12])


def _enrol(session: Session, keys: KeyRoom, poll: Poll, line: Line, level: Level = Level.LIST) -> bool:
    """The line's person on the roll; False when he or she stands there already."""
    found = _voter(session, keys, line)
    if row_of(session, poll.id, found.id) is not None:
        return False
    house = keys.hashed("house", f"{line.moo or 0}|{line.house}") if line.house else None
    area = rules_of(poll).area_of(line.moo)
    row = RollRow(poll_id=poll.id, roll_id=new_roll_id(), voter_id=found.id, area=area, level=level.value)
    row.household = house
    session.add(row)
    session.flush()
    return True


def _voter(session: Session, keys: KeyRoom, line: Line) -> Voter:
    found = listed(session, keys, line.number, line.birth_year)
    if found is None:
        kind, value = list_value(line.number, line.birth_year)
        hashed = keys.hashed(kind, value)
        found = Voter(list_hash=hashed) if kind == "list" else Voter(phone_hash=hashed)
        session.add(found)
        session.flush()
    return found


# -- at the counter ----------------------------------------------------------------------------------------------------


def admit(
    session: Session, actor: audit.Actor | Any, keys: KeyRoom, poll_id: int, line: Line, now: datetime
) -> RollRow:
    """Staff have seen this person's card: the place on the roll, made where the roll may grow. Raises NotAllowed:
    `state`, `number`, `birth_year`, `moo`, `not_on_roll`."""
    poll = locked(session, poll_id)
    fault = _fault(line, poll)
    if fault:
        raise NotAllowed(fault)
    known = _voter(session, keys, line)
    row = row_of(session, poll_id, known.id, lock=True)
    if row is None:
        if poll.state == "open" and not rules_of(poll).grows:
            raise NotAllowed("not_on_roll")
        may_grow(poll)
        _enrol(session, keys, poll, line, Level.COUNTER)
        row = row_of(session, poll_id, known.id, lock=True)
    if row is None:
        raise NotAllowed("not_on_roll")
    known.counter_by = actor.staff_id
    session.flush()
    audit.record(session, actor, "poll.admitted", f"poll:{poll_id}", None, {"voter": known.id}, now)
    return row


def give_code(
    session: Session, actor: audit.Actor | Any, keys: KeyRoom, poll_id: int, roll_id: bytes, now: datetime
) -> str:
    """A one-use code for a place on the roll, to be typed in LINE; older unused ones of this place are revoked."""
    poll = session.get_one(Poll, poll_id)
    mine = select(VoteCode).where(VoteCode.poll_id == poll_id, VoteCode.roll_id == roll_id, VoteCode.state == "ready")
    for old in session.scalars(mine.with_for_update()):
        old.state = "revoked"
    code = vote_codes.issue(session, keys, poll, roll_id, actor.staff_id)
    audit.record(session, actor, "poll.code_given", f"poll:{poll_id}", None, None, now)
    return code


def place_of_code(session: Session, keys: KeyRoom, poll: Poll, typed: str) -> RollRow | None:
    """The place on the roll of a slip that somebody brings to the counter to vote on paper."""
    code = session.get(VoteCode, keys.hashed("code", plain_code(typed)))
    if code is None or code.poll_id != poll.id or code.state == "revoked":
        return None
    return session.get(RollRow, (poll.id, code.roll_id))


def hand_paper(
    session: Session, actor: audit.Actor | Any, keys: KeyRoom, poll_id: int, roll_id: bytes, now: datetime
) -> bool:
    """Hand a paper ballot to the person of this place: no other ballot of it counts. Returns whether an online ballot
    was taken back. A slip's unused code is revoked."""
    taken_back = strike_paper(session, actor, keys, poll_id, roll_id, now)
    mine = select(VoteCode).where(VoteCode.poll_id == poll_id, VoteCode.roll_id == roll_id, VoteCode.state == "ready")
    for code in session.scalars(mine.with_for_update()):
        code.state = "revoked"
    row = session.get(RollRow, (poll_id, roll_id))
    if taken_back and row is not None and row.voter_id is not None:
        for person in accounts(session, keys, row.voter_id):
            vote_notices.note(session, poll_id, person.id, "taken_back", now)
    return taken_back
