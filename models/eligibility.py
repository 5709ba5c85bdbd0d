"""Who may vote (สิทธิลงคะแนน): finding a person's place on a poll's roll, or making one where the rules let people come.

People come as themselves (`standing`, `join`), with a paper code (`use_code`), by a list (`match`), or by the counter
(models/counter.py), where staff see the card. Nothing of this learns or tells how anybody votes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ballots.manifest import Level
from models import ballot_links, vote_notices
from models.key_room import KeyRoom
from models.people import Person
from models.poll_drafts import Rules, rules_of
from models.polls import NotAllowed, Poll
from models.roll import RollRow, locked_row, new_roll_id, row_of
from models.staff import WrongCode, too_many_tries
from models.vote_codes import VoteCode, plain_code
from models.voters import Voter, VoterAccount, tie, voter_for, voter_of

#: Answers to “ฉันมีสิทธิ์ไหม”. may: on the roll, or will be with the first ballot. again: has voted, may change it.
#: done: has voted, once. paper: was handed a paper ballot. village: has not said which village is his or hers.
#: elsewhere: another village votes. code, list, counter: must first use a code, be found on the list, come by.
#: early, over: the poll takes no ballots yet, or any more.
ANSWERS = ("may", "again", "done", "paper", "village", "elsewhere", "code", "list", "counter", "early", "over")


@dataclass(frozen=True)
class Standing:
    """How somebody stands to a poll: the answer, and the place on the roll where there is one."""

    answer: str
    row: RollRow | None = None

    @property
    def may_vote(self) -> bool:
        """Whether a ballot may be given out."""
        return self.answer in ("may", "again")


def voter(session: Session, keys: KeyRoom, person: Person, *, make: bool = False) -> Voter | None:
    """The voter behind a LINE user; with `make`, one is made where there is none. None: unknown, or forgotten."""
    if person.line_id is None:
        return None
    hashed = keys.hashed("line", person.line_id)
    return voter_for(session, hashed) if make else voter_of(session, hashed)


def standing(session: Session, keys: KeyRoom, poll: Poll, person: Person, now: datetime) -> Standing:
    """Whether this person may vote in this poll now, and if not, why or what is needed first. Writes nothing."""
    known = voter(session, keys, person)
    row = row_of(session, poll.id, known.id) if known is not None else None
    rules = rules_of(poll)
    answer = _when(poll, now) or (_of_row(row, rules) if row is not None else _without_row(rules, person))
    if row is not None and known is not None and answer in ("may", "again") and _unseen(row, known, rules):
        answer = "counter"
    return Standing(answer, row)


def _unseen(row: RollRow, known: Voter, rules: Rules) -> bool:
    """Whether the rules ask for the card to be seen, and this person stands on the roll by a list alone."""
    return rules.minimum == Level.COUNTER and row.level != Level.COUNTER.value and known.counter_by is None


def _when(poll: Poll, now: datetime) -> str:
    if poll.state != "open" or (poll.closes_at is not None and now >= poll.closes_at):
        return "early" if poll.state == "draft" else "over"
    return "" if poll.is_open(now) else "early"


def _of_row(row: RollRow, rules: Rules) -> str:
    if row.channel == "paper":
        return "paper"
    if not row.voted:
        return "may"
    return "again" if rules.revote else "done"


def _without_row(rules: Rules, person: Person) -> str:
    if rules.minimum not in (Level.OPEN, Level.DECLARED):
        return str(rules.minimum)
    if rules.minimum == Level.OPEN and not rules.moos and not rules.per_area:
        return "may"
    if person.moo is None:
        return "village"
    if rules.moos and person.moo not in rules.moos:
        return "elsewhere"
    return "may" if not rules.areas or rules.area_of(person.moo) else "elsewhere"


def join(session: Session, keys: KeyRoom, poll: Poll, person: Person, now: datetime) -> RollRow:
    """The person's place on the roll, made when the rules let people come by themselves. Raises NotAllowed with an
    answer of ANSWERS when the person may not vote now."""
    found = standing(session, keys, poll, person, now)
    if not found.may_vote:
        raise NotAllowed(found.answer)
    if found.row is not None:
        return found.row
    known = voter(session, keys, person, make=True)
    if known is None:
        raise NotAllowed("list")
    level = Level.OPEN if person.moo is None else Level.DECLARED
    area = rules_of(poll).area_of(person.moo)
    row = RollRow(poll_id=poll.id, roll_id=new_roll_id(), voter_id=known.id, area=area, level=level.value)
    session.add(row)
    session.flush()
    return row


# -- paper codes -------------------------------------------------------------------------------------------------------


def use_code(session: Session, keys: KeyRoom, poll: Poll, person: Person, typed: str, now: datetime) -> RollRow:
    """Take the place on the roll that a paper slip opens. Once used, a code opens nothing for anybody else.

    Raises NotAllowed: `tries` (too many wrong ones within the hour), `wrong_code` (unknown, used, revoked: the try is
    counted, so commit), `over`, `has_place` (this person has another place in this poll, or a ballot
    of an account that has not said whose it is).
    """
    _count_tries(session, person, now)
    if not poll.is_open(now):
        raise NotAllowed(_when(poll, now))
    code = session.get(VoteCode, keys.hashed("code", plain_code(typed)), with_for_update=True)
    row = locked_row(session, poll.id, code.roll_id) if code is not None and code.poll_id == poll.id else None
    known = voter(session, keys, person, make=True)
    if code is None or row is None or known is None or not _usable(code, row, known):
        _wrong(session, person, now)
        raise NotAllowed("wrong_code")
    mine = row_of(session, poll.id, known.id)
    if mine is not None and mine.roll_id != row.roll_id:
        raise NotAllowed("has_place")
    _take_place(session, keys, poll, person, row, known, now)
    code.state = "used"
    session.flush()
    return row


def _usable(code: VoteCode, row: RollRow, known: Voter) -> bool:
    """A fresh code, or one's own again (a lost link is not a lost vote)."""
    return code.state == "ready" or (code.state == "used" and row.voter_id == known.id)


def _take_place(
    session: Session, keys: KeyRoom, poll: Poll, person: Person, row: RollRow, known: Voter, now: datetime
) -> None:
    """The place is this person's: a bare slip's gets the voter, a named one ties the account to its voter."""
    if row.voter_id is None:
        row.voter_id = known.id
    elif row.voter_id != known.id and person.line_id is not None:
        hashed, owner = keys.hashed("line", person.line_id), session.get_one(Voter, row.voter_id)
        _move(session, keys, poll, person, hashed, owner, now)


def _count_tries(session: Session, person: Person, now: datetime) -> None:
    if too_many_tries(session, person.line_id or "", now):
        raise NotAllowed("tries")


def _wrong(session: Session, person: Person, now: datetime) -> None:
    session.add(WrongCode(chat_key=person.line_id or "", at=now))
    session.flush()


# -- the list ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Match:
    """Somebody found on the list: the place, and the LINE users who had it before (they are told)."""

    row: RollRow
    former: tuple[Person, ...]


def match(
    session: Session, keys: KeyRoom, poll: Poll, person: Person, number: str, birth_year: int, now: datetime
) -> Match:
    """Find the person on the poll's list by national id or telephone number, with the year of birth (B.E.), and tie the
    account to that voter. Nothing typed is stored but as keyed hashes that the list holds already.

    Raises NotAllowed: `tries`, `not_on_list` (the try is counted, so commit), `over`, `has_place`.
    """
    _count_tries(session, person, now)
    if not poll.is_open(now):
        raise NotAllowed(_when(poll, now))
    found = listed(session, keys, number, birth_year)
    row = row_of(session, poll.id, found.id, lock=True) if found is not None else None
    if found is None or row is None or person.line_id is None:
        _wrong(session, person, now)
        raise NotAllowed("not_on_list")
    hashed = keys.hashed("line", person.line_id)
    return Match(row, _move(session, keys, poll, person, hashed, found, now))


def _move(
    session: Session, keys: KeyRoom, poll: Poll, person: Person, hashed: bytes, found: Voter, now: datetime
) -> tuple[Person, ...]:
    """Tie this account to the voter; whoever voted with it before hears of it, and is returned. Ballot pages that were
    open for the voter, or on this account, are shut: the other account must not go on voting there.

    Raises NotAllowed("has_place") where the account has given a ballot by itself that may still be changed.
    """
    if _has_voted_by_itself(session, hashed, found):
        raise NotAllowed("has_place")
    ballot_links.shut(session, found.id, person.id)
    former = tuple(each for each in accounts(session, keys, found.id) if each.id != person.id)
    tie(session, hashed, found)
    for each in former:
        vote_notices.note(session, poll.id, each.id, "moved", now)
    return former


def _has_voted_by_itself(session: Session, hashed: bytes, found: Voter) -> bool:
    """Whether this account, as nobody in particular, has a ballot in a poll that is open: with another voter behind it
    the same telephone could vote there once more."""
    own = voter_of(session, hashed)
    if own is None or own.id == found.id:
        return False
    mine = select(RollRow.roll_id).join(Poll, Poll.id == RollRow.poll_id).where(RollRow.voter_id == own.id)
    by_itself = RollRow.level.in_((Level.OPEN.value, Level.DECLARED.value))
    return session.scalar(mine.where(RollRow.voted, by_itself, Poll.state == "open").limit(1)) is not None


def listed(session: Session, keys: KeyRoom, number: str, birth_year: int) -> Voter | None:
    """The voter with this national id or telephone number and year of birth (B.E.); None when there is not exactly
    one."""
    kind, value = list_value(number, birth_year)
    column = Voter.list_hash if kind == "list" else Voter.phone_hash
    rows = session.scalars(select(Voter).where(column == keys.hashed(kind, value)).limit(2)).all()
    return rows[0] if len(rows) == 1 else None


def list_value(number: str, birth_year: int) -> tuple[str, str]:
    """What is hashed of a list's line: (kind, value). Thirteen digits are a national id, others a telephone number."""
    digits = "".join(str(int(char)) for char in number if char.isdigit())
    return ("list" if len(digits) == 13 else "phone"), f"{digits}|{birth_year}"


def accounts(session: Session, keys: KeyRoom, voter_id: int) -> list[Person]:
    """The LINE users tied to a voter. The tie is a hash, so everybody's is tried: seldom needed, milliseconds."""
    hashes = set(session.scalars(select(VoterAccount.line_hash).where(VoterAccount.voter_id == voter_id)))
    if not hashes:
        return []
    people = session.scalars(select(Person).where(Person.line_id.is_not(None)))
    return [person for person in people if person.line_id and keys.hashed("line", person.line_id) in hashes]


def may_change(poll: Poll, now: datetime) -> bool:
    """Whether a ballot given now may still be changed."""
    return poll.is_open(now) and rules_of(poll).revote
