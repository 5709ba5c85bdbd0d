"""Voters (ผู้มีสิทธิ): human beings as the vote office knows them. No names, no numbers: keyed hashes only.

A LINE account is tied to a voter by a keyed hash of its id, and may be tied anew (a lost phone): the vote follows the
person. The key (`K_id`) lies outside the database, so a stolen copy of it cannot be tried against lists of national
ids, of which there are few enough to guess (voting.md §4.1).
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base, Key

#: The text about what becomes of a vote, to which voters agree (ballot.consent_lines): another text, another name.
CONSENT = "2569-1"


class Voter(Base):
    """Somebody who may vote in some poll. `counter_by`: the member of staff who saw the card; `list_hash`: the keyed
    hash of national id and year of birth, `phone_hash` of the telephone number, as they stand on a list."""

    __tablename__ = "voters"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    list_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True)
    phone_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32), index=True)
    counter_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))


class VoterAccount(Base):
    """The LINE account with which a voter votes, as a keyed hash of LINE's user id; one account, one voter."""

    __tablename__ = "voter_accounts"

    line_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    voter_id: Mapped[int] = mapped_column(ForeignKey("voters.id"), index=True)


class VoteConsent(Base):
    """The explicit consent given before the first vote (PDPA s.26, as if a preference were a political opinion).

    `version` names the text that was agreed to. `withdrawn_at`: taken back; asked again before the next vote.
    """

    __tablename__ = "vote_consents"

    voter_id: Mapped[int] = mapped_column(ForeignKey("voters.id"), primary_key=True)
    version: Mapped[str] = mapped_column(String(20))
    given_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


def voter_of(session: Session, line_hash: bytes) -> Voter | None:
    """The voter of this LINE account, if there is one."""
    tied = select(Voter).join(VoterAccount, VoterAccount.voter_id == Voter.id)
    return session.scalar(tied.where(VoterAccount.line_hash == line_hash))


def voter_for(session: Session, line_hash: bytes) -> Voter:
    """The same; made when this account has none yet."""
    found = voter_of(session, line_hash)
    if found is None:
        found = Voter()
        session.add(found)
        session.flush()
        session.add(VoterAccount(line_hash=line_hash, voter_id=found.id))
        session.flush()
    return found


def tie(session: Session, line_hash: bytes, voter: Voter) -> None:
    """This account votes as this voter from now on; other accounts of the voter and other ties of it are undone."""
    for other in session.scalars(select(VoterAccount).where(VoterAccount.voter_id == voter.id)):
        if other.line_hash != line_hash:
            session.delete(other)
    mine = session.get(VoterAccount, line_hash)
    if mine is None:
        session.add(VoterAccount(line_hash=line_hash, voter_id=voter.id))
    else:
        mine.voter_id = voter.id
    session.flush()


def consents(session: Session, voter_id: int, version: str) -> bool:
    """Whether this voter has agreed to this version of the text, and not taken it back."""
    row = session.get(VoteConsent, voter_id)
    return row is not None and row.version == version and row.withdrawn_at is None


def consent(session: Session, voter_id: int, version: str, now: datetime) -> None:
    """Note that this voter agrees."""
    session.merge(VoteConsent(voter_id=voter_id, version=version, given_at=now, withdrawn_at=None))
    session.flush()


def withdraw_consent(session: Session, voter_id: int, now: datetime) -> None:
    """Take it back: the next vote asks again. Ballots already cast are nobody's and stay."""
    row = session.get(VoteConsent, voter_id)
    if row is not None:
        row.withdrawn_at = now
