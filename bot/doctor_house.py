"""What the doctor looks at in the house: settings, disk, database, and what lies there undone (models/checks.py)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from bot.bucket import store_of
from bot.config import Settings
from bot.migrate import current, head
from models.checks import look_at_house, look_at_room, look_at_sqlite
from models.database import Database
from models.findings import Finding, bad, ok, warn
from models.storage import new_token, read, workshop


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
    """Whether the folder can be written, and how much room there is."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / ".doctor").write_bytes(b"")
        (folder / ".doctor").unlink()
    except OSError as error:
        thai, english = f"เขียนลง DATA_DIR ไม่ได้ ตรวจสิทธิ์ของโฟลเดอร์ ({error.strerror})", f"({error.strerror})"
        yield bad("disk", thai, f"DATA_DIR cannot be written, check its permissions {english}")
        return
    yield look_at_room(folder)


def look_at_store(settings: Settings) -> Iterator[Finding]:
    """Whether photos can be kept: a small file is written, read and removed again. Nothing is said of a folder, which
    `look_at_disk` has tried.
    """
    if not settings.s3_bucket:
        return
    store, name = store_of(settings), f"doctor-{new_token()}"
    try:
        with workshop(store) as room:
            (room / name).write_bytes(name.encode())
            store.put(room / name, name)
        same = read(store, name) == name.encode()
        store.remove(name)
    except OSError as error:
        yield bad(
            "store",
            f"ที่เก็บรูป (S3) ใช้ไม่ได้ ตรวจค่า S3_… และสิทธิ์ของกุญแจ: เขียน อ่าน ลบ ({error.strerror})",
            f"the object store cannot be used: check S3_… and that the key may write, read, delete ({error.strerror})",
        )
        return
    if same:
        yield ok("store", "ที่เก็บรูป (S3) เขียน อ่าน ลบได้", "the object store can be written, read and cleared")
    else:
        yield bad("store", "ที่เก็บรูป (S3) คืนไฟล์ไม่ตรงกับที่ส่งไป", "the object store returned other bytes than were sent")


def look_at_database(database: Database, now: datetime) -> Iterator[Finding]:
    """The database and what it tells; nothing more is asked when it does not answer or has other tables."""
    try:
        with database.read() as session:
            yield from look_at_tables(database, session)
            if current(session.connection()) == head():
                yield from look_at_house(session, now)
    except SQLAlchemyError as error:  # its text may hold an address or a password
        kind = type(getattr(error, "orig", None) or error).__name__
        yield bad(
            "database",
            f"ติดต่อฐานข้อมูลไม่ได้ ตรวจ DATABASE_URL และเครื่องฐานข้อมูล ({kind})",
            f"the database does not answer: check DATABASE_URL and the server ({kind})",
        )


def look_at_tables(database: Database, session: Session) -> Iterator[Finding]:
    """Whether the file is sound and its tables are of this version. Reads all of a SQLite file: not for a page."""
    if database.dialect == "sqlite":
        yield from look_at_sqlite(session)
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
