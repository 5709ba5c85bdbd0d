"""What the doctor looks at in the house: settings, disk, database, worker, and what lies there undone."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from bot.config import Settings
from bot.findings import Finding, bad, ok, warn
from bot.migrate import current, head
from bot.photos import KEEP_FREE
from models.database import Database, sqlite_is_sound
from models.files import File
from models.heartbeat import Heartbeat
from models.incoming import CLAIMED, POISONED, Incoming
from models.post import WORDS, undelivered

#: Bytes below which the disk is worth a warning.
ROOMY = 2_000_000_000
#: A worker leaves a sign of life every ten seconds; after this long without one it is not running.
SILENT = timedelta(seconds=60)
#: An event is answered within a second; one that has waited this long tells of trouble.
PATIENT = timedelta(seconds=60)


def look_at_settings(settings: Settings) -> Iterator[Finding]:
    """Addresses that are right for trying, and wrong for real use."""
    public = urlsplit(settings.public_url)
    if public.scheme != "https" or public.hostname in ("localhost", "127.0.0.1"):
        yield warn(
            "settings",
            "PUBLIC_URL ต้องเป็น https และเข้าถึงได้จากอินเทอร์เน็ต ไม่เช่นนั้นรูปและลิงก์ในแชตจะเปิดไม่ได้",
            "PUBLIC_URL must be https and reachable from the internet, or pictures and links in chats will not open",
        )
    elif urlsplit(settings.line_api_url).hostname != "api.line.me":
        yield warn(
            "settings",
            "LINE_API_URL ไม่ใช่ของ LINE จริง ใช้เฉพาะตอนทดลอง",
            "LINE_API_URL is not LINE's own: for trying only",
        )
    else:
        yield ok("settings", "ตั้งค่าครบ", "all settings are there")


def look_at_disk(folder: Path) -> Iterator[Finding]:
    """Room for the database and the photos."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / ".doctor").write_bytes(b"")
        (folder / ".doctor").unlink()
    except OSError as error:
        thai, english = f"เขียนลง DATA_DIR ไม่ได้ ตรวจสิทธิ์ของโฟลเดอร์ ({error.strerror})", f"({error.strerror})"
        yield bad("disk", thai, f"DATA_DIR cannot be written, check its permissions {english}")
        return
    free = shutil.disk_usage(folder).free
    gigabytes = f"{free / 1e9:.1f} GB"
    if free < KEEP_FREE:
        yield bad(
            "disk",
            f"ดิสก์เหลือ {gigabytes} หยุดรับรูปแล้ว ลบไฟล์ที่ไม่ใช้หรือเพิ่มพื้นที่",
            f"{gigabytes} left: photos are not taken any more; remove files or add room",
        )
    elif free < ROOMY:
        yield warn("disk", f"ดิสก์เหลือ {gigabytes} ควรเพิ่มพื้นที่", f"{gigabytes} left on the disk: add room soon")
    else:
        yield ok("disk", f"ดิสก์เหลือ {gigabytes}", f"{gigabytes} left on the disk")


def look_at_database(database: Database, now: datetime) -> Iterator[Finding]:
    """The database and what it tells; nothing more is asked when it does not answer or has other tables."""
    try:
        with database.read() as session:
            yield from _tables(database, session)
            if current(session.connection()) == head():
                yield from _house(session, now)
    except SQLAlchemyError as error:  # its text may hold an address or a password
        kind = type(getattr(error, "orig", None) or error).__name__
        yield bad(
            "database",
            f"ติดต่อฐานข้อมูลไม่ได้ ตรวจ DATABASE_URL และเครื่องฐานข้อมูล ({kind})",
            f"the database does not answer: check DATABASE_URL and the server ({kind})",
        )


def _house(session: Session, now: datetime) -> Iterator[Finding]:
    yield from _worker(session, now)
    yield from _events(session, now)
    yield from _letters(session, now)
    yield from _files(session)


def _tables(database: Database, session: Session) -> Iterator[Finding]:
    if database.dialect == "sqlite":
        yield from _sqlite(session)
    damage = session.execute(text("PRAGMA quick_check(1)")).scalar() if database.dialect == "sqlite" else "ok"
    if damage != "ok":
        yield bad("database", "ไฟล์ฐานข้อมูลเสียหาย กู้จากสำเนาสำรอง", "the database file is damaged: restore a backup")
    elif current(session.connection()) != head():
        yield bad(
            "database",
            "ตารางไม่ตรงกับรุ่นของโปรแกรม สั่ง songsiang migrate",
            "the tables are of another version: run songsiang migrate",
        )
    else:
        yield ok("database", "ฐานข้อมูลพร้อม", "the database is ready")


def _sqlite(session: Session) -> Iterator[Finding]:
    version = str(session.execute(text("SELECT sqlite_version()")).scalar())
    if not sqlite_is_sound(tuple(map(int, version.split(".")))):
        yield warn(
            "database",
            f"SQLite {version} มีข้อบกพร่องเรื่อง WAL ควรใช้ 3.51.3 ขึ้นไป หรือ PostgreSQL",
            f"SQLite {version} has the WAL-reset bug: use 3.51.3 or later, or PostgreSQL",
        )


def _worker(session: Session, now: datetime) -> Iterator[Finding]:
    last = session.scalar(select(Heartbeat.at).where(Heartbeat.name == "worker"))
    if last is None or now - last > SILENT:
        yield bad(
            "worker",
            "worker ไม่ทำงาน จะไม่มีการตอบประชาชน สั่ง songsiang worker",
            "no worker is running, so nobody is answered: start songsiang worker",
        )
    else:
        yield ok("worker", "worker ทำงานอยู่", "the worker is at work")


def _events(session: Session, now: datetime) -> Iterator[Finding]:
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


def _letters(session: Session, now: datetime) -> Iterator[Finding]:
    late = undelivered(session, now)
    if not late:
        yield ok("letters", "ส่งข้อความครบ", "all letters have arrived")
    for why, count in Counter(item.why for item in late).most_common():
        english = next((code for code, words in WORDS.items() if words == why), "being tried again")
        yield warn("letters", f"ยังส่งไม่ถึง {count} ข้อความ: {why}", f"{count} letter(s) not delivered: {english}")


def _files(session: Session) -> Iterator[Finding]:
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
