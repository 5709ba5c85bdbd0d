"""Groups that may own proposals (ประชาคมหมู่บ้าน, schools, อสม., clubs): made in the console, joined with a code in chat.

A member proposes in the group's name and hears of the group's proposals. Membership gives no other right.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from models.base import Base, Key
from models.people import Person
from models.staff import WrongCode, too_many_tries

#: village: ประชาคมหมู่บ้าน. school: โรงเรียน/สถานศึกษา. volunteers: อสม. และจิตอาสา. club: กลุ่มอาชีพ ชมรม.
GROUP_KINDS = ("village", "school", "volunteers", "club", "other")
#: A code is told at a meeting and used by many; so it lives for days, and no longer.
CODE_LIVES = timedelta(days=7)


class Group(Base):
    """A group of residents. `code_hash` is the keyed hash of the code with which members join until `code_until`."""

    __tablename__ = "resident_groups"
    __table_args__ = (CheckConstraint(f"kind IN {GROUP_KINDS!r}", name="kind"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    kind: Mapped[str] = mapped_column(String(10))
    moo: Mapped[int | None]
    active: Mapped[bool] = mapped_column(default=True, server_default="1")
    code_hash: Mapped[str | None] = mapped_column(String(64), index=True)
    code_until: Mapped[datetime | None]
    created_at: Mapped[datetime]

    members: Mapped[list[Member]] = relationship(back_populates="group", order_by="Member.id")


class Member(Base):
    """One person in one group, once."""

    __tablename__ = "group_members"
    __table_args__ = (UniqueConstraint("group_id", "person_id"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("resident_groups.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    since: Mapped[datetime]

    group: Mapped[Group] = relationship(back_populates="members")
    person: Mapped[Person] = relationship()


def _hash(code: str, key: str) -> str:
    return hmac.new(key.encode(), b"group:" + code.encode(), hashlib.sha256).hexdigest()


def new_code(group: Group, key: str, now: datetime) -> str:
    """A fresh six-digit code for joining the group; the one before is worth nothing any more. Stored hashed only."""
    code = str(100_000 + secrets.randbelow(900_000))
    group.code_hash, group.code_until = _hash(code, key), now + CODE_LIVES
    return code


def end_code(group: Group) -> None:
    """Nobody else joins with the code that was told."""
    group.code_hash = group.code_until = None


def join(session: Session, code: str, person: Person, chat_key: str, key: str, now: datetime) -> Group | None:
    """Make the person a member of the group with this code; None for a wrong, old or too often tried one.

    A wrong code is counted with those of staff (models/staff.too_many_tries).
    """
    if too_many_tries(session, chat_key, now):
        return None
    fits = (Group.code_hash == _hash(code, key), Group.code_until > now, Group.active)
    group = session.scalar(select(Group).where(*fits).limit(1))
    if group is None:
        session.add(WrongCode(chat_key=chat_key, at=now))
        return None
    if not is_member(session, group.id, person):
        session.add(Member(group_id=group.id, person_id=person.id, since=now))
        session.flush()
    return group


def is_member(session: Session, group_id: int | None, person: Person | None) -> bool:
    """Whether this person belongs to the group."""
    if person is None or group_id is None:
        return False
    found = select(Member.id).where(Member.group_id == group_id, Member.person_id == person.id)
    return session.scalar(found) is not None


def groups_with(session: Session, person: Person | None) -> list[Group]:
    """The active groups of a person, by name."""
    if person is None:
        return []
    found = select(Group).join(Member).where(Member.person_id == person.id, Group.active)
    return list(session.scalars(found.order_by(Group.name)))


def members_of(session: Session, group_id: int) -> list[Person]:
    """The people of a group, in the order in which they joined."""
    found = select(Person).join(Member, Member.person_id == Person.id).where(Member.group_id == group_id)
    return list(session.scalars(found.order_by(Member.id)))


def sizes(session: Session) -> dict[int, int]:
    """How many members each group has, by the group's id."""
    counted = select(Member.group_id, func.count()).group_by(Member.group_id)
    return {row[0]: row[1] for row in session.execute(counted)}


def leave(session: Session, member_id: int) -> None:
    """Take somebody out of a group. Raises LookupError for a membership that is not there."""
    member = session.get(Member, member_id)
    if member is None:
        raise LookupError(f"no member {member_id}")
    session.delete(member)
