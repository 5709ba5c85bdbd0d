"""Staff: who may act for the office, and the one-use codes with which they link a LINE account or a group."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from sqlalchemy import CheckConstraint, ForeignKey, String, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from models.base import Base, Key
from models.helpers import Helper
from models.people import Chat, Person
from models.town import Department

#: clerk: ธุรการ, sees all departments. crew: ช่าง/เจ้าหน้าที่กอง. head: ผอ.กอง. The rest serve the console.
ROLES = ("clerk", "crew", "head", "admin", "poll_officer", "auditor", "dpo")

#: Wrong codes a chat may try within an hour; with 900,000 codes of a quarter of an hour, guessing is hopeless.
TRIES_PER_HOUR = 5


class Staff(Base):
    """A member of staff. `person_id` is the linked LINE user; `confidential` marks the appointed receivers of
    sensitive reports (ผู้รับเรื่องที่ได้รับแต่งตั้ง)."""

    __tablename__ = "staff"
    __table_args__ = (CheckConstraint(f"role IN {ROLES!r}", name="role"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    role: Mapped[str] = mapped_column(String(20))
    department_id: Mapped[int | None] = mapped_column(ForeignKey("departments.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), unique=True)
    confidential: Mapped[bool] = mapped_column(default=False, server_default="0")
    active: Mapped[bool] = mapped_column(default=True, server_default="1")
    created_at: Mapped[datetime]

    department: Mapped[Department | None] = relationship()
    person: Mapped[Person | None] = relationship()

    def may_act_for(self, department_id: int | None) -> bool:
        """Whether this person may move the cases of that department: clerks and admins all, others their own."""
        if not self.active or self.role in ("auditor", "dpo", "poll_officer"):
            return False
        return self.role in ("clerk", "admin") or self.department_id == department_id


class Invitation(Base):
    """A one-use code: links a LINE account to a member of staff or to a helper, or a LINE group to a department.

    Only a keyed hash of the code is stored.
    """

    __tablename__ = "invitations"
    __table_args__ = (
        CheckConstraint(
            "CASE WHEN staff_id IS NULL THEN 0 ELSE 1 END + CASE WHEN department_id IS NULL THEN 0 ELSE 1 END"
            " + CASE WHEN helper_id IS NULL THEN 0 ELSE 1 END = 1",
            name="one_subject",
        ),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    code_hash: Mapped[str] = mapped_column(String(64), index=True)
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    department_id: Mapped[int | None] = mapped_column(ForeignKey("departments.id"))
    helper_id: Mapped[int | None] = mapped_column(ForeignKey("helpers.id"))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    used_by: Mapped[str | None] = mapped_column(String(64))

    staff: Mapped[Staff | None] = relationship()
    department: Mapped[Department | None] = relationship()
    helper: Mapped[Helper | None] = relationship()


class WrongCode(Base):
    """A wrong code somebody typed: enough of them and the chat must wait."""

    __tablename__ = "wrong_codes"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    chat_key: Mapped[str] = mapped_column(String(64), index=True)
    at: Mapped[datetime]


def _hash(code: str, key: str) -> str:
    return hmac.new(key.encode(), b"invitation:" + code.encode(), hashlib.sha256).hexdigest()


def invite(
    session: Session,
    key: str,
    now: datetime,
    *,
    staff: Staff | None = None,
    department: Department | None = None,
    helper: Helper | None = None,
    minutes: int = 15,
) -> str:
    """A fresh six-digit code for one of `staff`, `department` and `helper`. It is told once and stored hashed."""
    code = str(100_000 + secrets.randbelow(900_000))
    session.add(
        Invitation(
            code_hash=_hash(code, key),
            staff_id=staff.id if staff else None,
            department_id=department.id if department else None,
            helper_id=helper.id if helper else None,
            expires_at=now + timedelta(minutes=minutes),
        )
    )
    session.flush()
    return code


def too_many_tries(session: Session, chat_key: str, now: datetime) -> bool:
    """Whether this chat has typed too many wrong codes within the last hour."""
    since = now - timedelta(hours=1)
    count = session.scalar(
        select(func.count()).select_from(WrongCode).where(WrongCode.chat_key == chat_key, WrongCode.at > since)
    )
    return (count or 0) >= TRIES_PER_HOUR


def redeem(session: Session, key: str, code: str, chat_key: str, now: datetime, *, group: bool) -> Invitation | None:
    """Use the code, once; None when it is wrong, used, expired or of the other kind (the attempt is counted)."""
    invitation = session.scalar(
        select(Invitation)
        .where(
            Invitation.code_hash == _hash(code, key),
            Invitation.used_at.is_(None),
            Invitation.expires_at > now,
            Invitation.department_id.is_not(None) if group else Invitation.department_id.is_(None),
        )
        .with_for_update()
    )
    if invitation is None:
        session.add(WrongCode(chat_key=chat_key, at=now))
        return None
    invitation.used_at, invitation.used_by = now, chat_key
    return invitation


def staff_of(session: Session, person: Person | None) -> Staff | None:
    """The active member of staff linked to this person, if any."""
    if person is None:
        return None
    return session.scalar(select(Staff).where(Staff.person_id == person.id, Staff.active))


def link(session: Session, staff: Staff, person: Person) -> None:
    """Tie a LINE user to a member of staff; an older tie of either is undone."""
    for other in session.scalars(select(Staff).where(Staff.person_id == person.id)):
        other.person_id = None
    session.flush()
    staff.person_id = person.id


def groups_of(session: Session, department_id: int) -> list[Chat]:
    """The LINE groups bound to a department that the bot is still in."""
    return list(
        session.scalars(
            select(Chat).where(Chat.department_id == department_id, Chat.gone_at.is_(None)).order_by(Chat.id)
        )
    )
