"""Helpers (ผู้แจ้งแทน): headmen, health volunteers and others of the villages who report for those without LINE.

An admin names one in the console; with a one-use code they tie their own LINE account, as staff do (models/staff.py).
They are no staff: they see nothing but what they filed, and get the news of it, to pass it on.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from models.base import Base, Key
from models.people import Person

#: headman: ผู้ใหญ่บ้านและผู้ช่วย. kamnan: กำนัน. volunteer: อสม. council: สมาชิกสภา. leader: ประธานชุมชน ครู ผู้นำกลุ่ม.
OFFICES = ("headman", "kamnan", "volunteer", "council", "leader")
#: For whom: a villager (ลูกบ้าน), or somebody of the family (ญาติ).
FOR_WHOM = ("villager", "relative")


class Helper(Base):
    """Somebody who may file for others. `moo` is the village they serve, if one; `person_id` their LINE account."""

    __tablename__ = "helpers"
    __table_args__ = (CheckConstraint(f"office IN {OFFICES!r}", name="office"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    office: Mapped[str] = mapped_column(String(10))
    moo: Mapped[int | None]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), unique=True)
    active: Mapped[bool] = mapped_column(default=True, server_default="1")
    created_at: Mapped[datetime]

    person: Mapped[Person | None] = relationship()


def helper_of(session: Session, person: Person | None) -> Helper | None:
    """The active helper whose account this is, if any."""
    if person is None:
        return None
    return session.scalar(select(Helper).where(Helper.person_id == person.id, Helper.active))


def link(session: Session, helper: Helper, person: Person) -> None:
    """Tie a LINE user to a helper; an older tie of either is undone. The village is the person's own from now on, where
    none was told."""
    for other in session.scalars(select(Helper).where(Helper.person_id == person.id)):
        other.person_id = None
    session.flush()
    helper.person_id = person.id
    person.moo = person.moo if person.moo is not None else helper.moo
