"""Checks of the house that are quick enough for a page: disk, worker, and what lies there undone.

`songsiang doctor` and the console's page of what went wrong ask the same questions here.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from models.backup_checks import look_at_backups
from models.connection_checks import look_at_connections
from models.database import sqlite_is_sound
from models.files import File
from models.findings import Finding, bad, ok, warn
from models.heartbeat import Heartbeat
from models.incoming import CLAIMED, POISONED, Incoming
from models.people import Chat
from models.post import WORDS, undelivered
from models.staff import Staff
from models.storage import KEEP_FREE
from models.tickets import OPEN, Ticket
from models.town import DEFAULTS, setting

#: Bytes below which the disk is worth a warning.
ROOMY = 2_000_000_000
#: A worker leaves a sign of life every ten seconds; after this long without one it is not running.
SILENT = timedelta(seconds=60)
#: An event is answered within a second; one that has waited this long tells of trouble.
PATIENT = timedelta(seconds=60)


def look_at_room(folder: Path) -> Finding:
    """Room for the database and the photos. `folder` exists."""
    free = shutil.disk_usage(folder).free
    gigabytes = f"{free / 1e9:.1f} GB"
    if free < KEEP_FREE:
        return bad(
            "disk",
            f"ดิสก์เหลือ {gigabytes} หยุดรับรูปแล้ว ลบไฟล์ที่ไม่ใช้หรือเพิ่มพื้นที่",
            f"{gigabytes} left: photos are not taken any more; remove files or add room",
        )
    if free < ROOMY:
        return warn("disk", f"ดิสก์เหลือ {gigabytes} ควรเพิ่มพื้นที่", f"{gigabytes} left on the disk: add room soon")
    return ok("disk", f"ดิสก์เหลือ {gigabytes}", f"{gigabytes} left on the disk")


def look_at_sqlite(session: Session) -> Iterator[Finding]:
    """Whether this SQLite is one to trust; call it on SQLite only."""
    version = str(session.execute(text("SELECT sqlite_version()")).scalar())
    if not sqlite_is_sound(tuple(map(int, version.split(".")))):
        yield warn(
            "database",
            f"SQLite {version} มีข้อบกพร่องเรื่อง WAL ควรใช้ 3.51.3 ขึ้นไป หรือ PostgreSQL",
            f"SQLite {version} has the WAL-reset bug: use 3.51.3 or later, or PostgreSQL",
        )


def look_at_house(session: Session, now: datetime) -> Iterator[Finding]:
    """The worker, events, letters, files and backups."""
    yield look_at_worker(session, now)
    yield from look_at_events(session, now)
    yield from look_at_letters(session, now)
    yield from look_at_files(session)
    yield from look_at_people(session)
    yield from look_at_town(session)
    yield from look_at_connections(session, now)
    yield look_at_backups(session, now)


def look_at_town(session: Session) -> Iterator[Finding]:
    """Whether the bot can say whose it is, and give a telephone number to who is in a hurry."""
    unset = setting(session, "town.name") == DEFAULTS["town.name"]
    if unset:
        yield warn(
            "town",
            "ยังไม่ได้ตั้งชื่อหน่วยงาน ตั้งที่หน้า “ตั้งค่า” หรือสั่ง songsiang town set town.name",
            "the town has no name yet: set it in the console or with songsiang town set town.name",
        )
    if not setting(session, "town.phone"):
        yield warn(
            "town",
            "ยังไม่มีเบอร์โทรสำนักงานให้บอตบอกประชาชน ตั้งที่หน้า “ตั้งค่า” หรือสั่ง songsiang town set town.phone",
            "there is no office telephone to tell people: set it in the console or with songsiang town set town.phone",
        )
    elif not unset:
        yield ok("town", "มีชื่อและเบอร์โทรของหน่วยงาน", "the town's name and telephone are set")


def look_at_worker(session: Session, now: datetime) -> Finding:
    """Whether somebody answers."""
    last = session.scalar(select(Heartbeat.at).where(Heartbeat.name == "worker"))
    if last is None or now - last > SILENT:
        return bad(
            "worker",
            "worker ไม่ทำงาน จะไม่มีการตอบประชาชน สั่ง songsiang worker",
            "no worker is running, so nobody is answered: start songsiang worker",
        )
    return ok("worker", "worker ทำงานอยู่", "the worker is at work")


def look_at_events(session: Session, now: datetime) -> Iterator[Finding]:
    """Events that were put aside, and those that wait too long."""
    poisoned = session.scalar(select(func.count()).select_from(Incoming).where(Incoming.state == POISONED)) or 0
    oldest = session.scalar(select(func.min(Incoming.received_at)).where(Incoming.state <= CLAIMED))
    if poisoned:
        yield bad(
            "events",
            f"มี {poisoned} เหตุการณ์ที่ทำไม่สำเร็จ ดูด้วย songsiang replay",
            f"{poisoned} event(s) could not be handled: see songsiang replay",
        )
    if oldest is not None and now - oldest > PATIENT:
        minutes = round((now - oldest).total_seconds() / 60)
        yield warn(
            "events",
            f"มีข้อความรอนาน {minutes} นาที ตรวจว่า worker ทำงาน",
            f"a message has been waiting for {minutes} min: is the worker running?",
        )
    elif not poisoned:
        yield ok("events", "ไม่มีข้อความค้าง", "no message is waiting")


def look_at_letters(session: Session, now: datetime) -> Iterator[Finding]:
    """Letters that did not arrive, by the reason why."""
    late = undelivered(session, now)
    if not late:
        yield ok("letters", "ส่งข้อความครบ", "all letters have arrived")
    for why, count in Counter(item.why for item in late).most_common():
        english = next((code for code, words in WORDS.items() if words == why), "being tried again")
        yield warn("letters", f"ยังส่งไม่ถึง {count} ข้อความ: {why}", f"{count} letter(s) not delivered: {english}")


def look_at_files(session: Session) -> Iterator[Finding]:
    """Photos and files that could not be fetched, or not written."""
    failed = session.scalar(select(func.count()).select_from(File).where(File.state == "failed")) or 0
    stuck = File.error.like("disk%")
    full = session.scalar(select(func.count()).select_from(File).where(File.state == "waiting", stuck)) or 0
    if failed:
        yield warn(
            "files",
            f"รับไฟล์ไม่สำเร็จ {failed} ไฟล์ (ชนิดหรือขนาดที่รับไม่ได้ หรือ LINE ไม่ส่งให้)",
            f"{failed} file(s) could not be taken (kind, size, or LINE did not hand them out)",
        )
    if full:
        yield bad(
            "files",
            f"มี {full} ไฟล์รอเพราะเขียนดิสก์ไม่ได้ ก่อน LINE ลบให้รีบเพิ่มพื้นที่",
            f"{full} file(s) wait because the disk cannot be written: make room before LINE deletes them",
        )
    if not failed and not full:
        yield ok("files", "รับรูปและไฟล์ครบ", "all photos and files were fetched")


def look_at_people(session: Session) -> Iterator[Finding]:
    """Whether anybody hears of what residents tell: a group or linked staff, and an appointed receiver."""
    linked = select(Staff.id).where(Staff.active, Staff.person_id.is_not(None))
    bound = select(Chat.id).where(Chat.department_id.is_not(None), Chat.gone_at.is_(None))
    if session.scalar(linked.limit(1)) is None and session.scalar(bound.limit(1)) is None:
        yield warn(
            "people",
            "ยังไม่มีเจ้าหน้าที่หรือกลุ่มใดรับเรื่อง สั่ง songsiang staff invite หรือ songsiang department group",
            "nobody hears of new cases: songsiang staff invite, or songsiang department group",
        )
    elif session.scalar(linked.where(Staff.confidential).limit(1)) is not None:
        yield ok("people", "มีผู้รับเรื่อง", "somebody hears of new cases")
    if session.scalar(linked.where(Staff.confidential).limit(1)) is not None:
        return
    waiting = select(func.count()).select_from(Ticket).where(Ticket.sensitive, Ticket.state.in_(OPEN))
    count = session.scalar(waiting) or 0
    if count:
        yield bad(
            "people",
            f"มีเรื่องลับ {count} เรื่อง แต่ไม่มีผู้รับที่ได้รับแต่งตั้ง สั่ง songsiang staff invite ชื่อ --confidential",
            f"{count} confidential case(s) and no appointed receiver: songsiang staff invite NAME --confidential",
        )
    else:
        yield warn(
            "people",
            "ยังไม่มีผู้รับเรื่องลับที่ได้รับแต่งตั้ง สั่ง songsiang staff invite ชื่อ --confidential",
            "no receiver of confidential cases is appointed: songsiang staff invite NAME --confidential",
        )
