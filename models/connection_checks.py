"""Checks of the connections with other systems, for the doctor and the console's page of what went wrong: addresses
that are not told any more, tokens that end soon, and what Traffy Fondue says.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.api_tokens import ApiToken
from models.findings import Finding, bad, warn
from models.hooks import Delivery, Hook
from models.town import setting
from models.traffy import TraffyJob, TraffyMeter

#: A token that ends within this time is worth a word, and a delivery that failed within that.
SOON, LATELY = timedelta(days=14), timedelta(days=7)
#: Below this part of the month's calls somebody should know.
FEW = 0.1


def look_at_connections(session: Session, now: datetime) -> Iterator[Finding]:
    """What somebody should look at; nothing where all is well or nothing is connected."""
    yield from _hooks(session, now)
    yield from _tokens(session, now)
    if setting(session, "traffy.on"):
        yield from _traffy(session)


def _hooks(session: Session, now: datetime) -> Iterator[Finding]:
    stopped = select(Hook.name).where(Hook.disabled_why.in_(("failing", "gone")), Hook.deleted_at.is_(None))
    for name in session.scalars(stopped.where(Hook.disabled_at.is_not(None)).order_by(Hook.id)):
        yield bad(
            "connections",
            f"เว็บฮุก “{name}” หยุดส่งแล้วเพราะปลายทางไม่รับ ตรวจปลายทางแล้วกด “เริ่มส่งอีกครั้ง” ที่หน้าเชื่อมต่อกับระบบอื่น",
            f"the webhook “{name}” is not told any more: mend its receiver, then begin again under Connections",
        )
    failed = select(func.count()).select_from(Delivery).join(Hook).where(Hook.deleted_at.is_(None))
    count = session.scalar(failed.where(Delivery.state == "failed", Delivery.done_at > now - LATELY)) or 0
    if count:
        yield warn(
            "connections",
            f"เว็บฮุกส่งไม่ถึง {count} รายการใน 7 วัน ส่งซ้ำได้ที่หน้าเชื่อมต่อกับระบบอื่น",
            f"{count} webhook deliveries failed within a week: send them again under Connections",
        )


def _tokens(session: Session, now: datetime) -> Iterator[Finding]:
    ending = (ApiToken.revoked_at.is_(None), ApiToken.expires_at > now, ApiToken.expires_at <= now + SOON)
    for name in session.scalars(select(ApiToken.name).where(*ending).order_by(ApiToken.expires_at)):
        yield warn(
            "connections",
            f"โทเคน “{name}” ใกล้หมดอายุ สร้างใหม่แล้วเปลี่ยนในระบบที่ใช้ก่อนถึงวัน",
            f"the token “{name}” ends soon: make a new one and put it into the system that uses it",
        )


def _traffy(session: Session) -> Iterator[Finding]:
    row = session.get(TraffyMeter, 1)
    if row is not None and row.trouble:
        yield warn(
            "connections",
            f"Traffy Fondue มีปัญหา ({row.trouble}) ระบบจะลองใหม่เอง งานอื่นไม่หยุด",
            f"trouble with Traffy Fondue ({row.trouble}); it is tried again, nothing else waits for it",
        )
    if row is not None and row.balance is not None and row.quota and row.balance < FEW * row.quota:
        yield warn(
            "connections",
            f"โควตา Traffy Fondue เดือนนี้เหลือ {row.balance} ครั้ง หยุดดูเรื่องใหม่จนถึงวันที่ 1 หรือขอเพิ่ม",
            f"{row.balance} calls to Traffy Fondue are left this month: looking for news stops until the first",
        )
    stuck = (
        select(TraffyJob.state, func.count()).where(TraffyJob.state.in_(("failed", "held"))).group_by(TraffyJob.state)
    )
    for state, count in session.execute(stuck):
        level, thai, english = _STUCK[state]
        said = f"Traffy Fondue: {count} รายการ{thai} ดูที่หน้าเชื่อมต่อกับระบบอื่น"
        yield level("connections", said, f"Traffy Fondue: {count} job(s) {english}: see Connections")


_STUCK = {
    "held": (bad, "หยุดไว้เพราะสองระบบตอบโต้กันเอง", "held, two systems echo each other"),
    "failed": (warn, "ส่งไม่สำเร็จ", "failed"),
}
