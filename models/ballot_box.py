"""The ballot box: three tables in which no row tells whose it is, when it came, or after which other.

`ballot_envelopes` holds what came in since the last checkpoint. Each row is a ballot and its slot, sealed once more
with a key derived from `K_link`, which lies outside the database: whoever reads the database (its files, its log, its
transaction numbers, the order of its pages) can tell which envelope a voter wrote, but nothing of what is inside.
A checkpoint opens the envelopes, mixes them, and writes `sealed_ballots` anew as a whole, every slot under a new name;
then the envelopes are gone. `published_ballots` holds a closed poll's ballots without any slot. (docs/decisions.md)
"""

from __future__ import annotations

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class BallotEnvelope(Base):
    """A ballot cast since the last checkpoint. `place` is a keyed hash of the roll's row and the round: casting again
    in the same round finds the same place. `sealed`: slot and ballot, of one length for all ballots of a poll."""

    __tablename__ = "ballot_envelopes"
    __table_args__ = ({"sqlite_with_rowid": False},)

    poll_id: Mapped[int] = mapped_column(ForeignKey("polls.id"), primary_key=True)
    place: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class SealedBallot(Base):
    """A ballot on the board. `slot` is a keyed hash of the roll's row and the round, `c` the ballot as it was sealed
    to the poll's key."""

    __tablename__ = "sealed_ballots"
    __table_args__ = ({"sqlite_with_rowid": False},)

    poll_id: Mapped[int] = mapped_column(ForeignKey("polls.id"), primary_key=True)
    slot: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    c: Mapped[bytes] = mapped_column(LargeBinary)


class PublishedBallot(Base):
    """A ballot of a closed poll, under the SHA-256 of itself: what the world downloads."""

    __tablename__ = "published_ballots"
    __table_args__ = ({"sqlite_with_rowid": False},)

    poll_id: Mapped[int] = mapped_column(ForeignKey("polls.id"), primary_key=True)
    hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    c: Mapped[bytes] = mapped_column(LargeBinary)
