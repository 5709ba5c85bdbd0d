"""What is known of backups: the last good one and the last try, as bot/backup_nightly.py and `songsiang backup` left
them, and whether somebody has to do something about it."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from models.calendar import ZONE
from models.findings import Finding, bad, keep, kept, ok, warn

#: Looks under which the last good backup and the last try are kept.
GOOD, TRIED = "backup:good", "backup:tried"
#: A night may fail; after this the house would lose more than a day or two.
OLD = timedelta(days=2, hours=6)


def note_good(session: Session, where: str, size: int, lost: int, now: datetime) -> None:
    """A backup was made and has proved good. `where`: its path; `size` in bytes; `lost`: photos that it lacks because
    the store no longer has them."""
    here, megabytes = now.astimezone(ZONE), f"{size / 1e6:,.1f} MB"
    thai = f"สำรองล่าสุด {here.day}/{here.month}/{here.year + 543} {here:%H:%M} น. {megabytes} ที่ {where} ทดลองกู้แล้ว"
    english = f"last backup {here:%Y-%m-%d %H:%M}, {megabytes}, {where}, tried by restoring"
    found = ok("backup", thai, english)
    if lost:
        found = warn(
            "backup",
            f"{thai} แต่ไฟล์ {lost} ไฟล์ไม่อยู่ในที่เก็บ ตรวจดิสก์หรือ S3",
            f"{english}; but {lost} files are missing from the store: check the disk or the bucket",
        )
    keep(session, GOOD, [found], now)
    keep(session, TRIED, [], now)


def note_failed(session: Session, thai: str, english: str, now: datetime) -> None:
    """A backup could not be made; what was the matter."""
    found = bad("backup", f"สำรองข้อมูลไม่สำเร็จ: {thai}", f"the backup failed: {english}")
    keep(session, TRIED, [found], now)


def last_good(session: Session) -> datetime | None:
    """When the last good backup was made."""
    found = kept(session, GOOD)
    return found[0].at if found else None


def look_at_backups(session: Session, now: datetime) -> Finding:
    """Never made, failed, too old, or fine; each with what to do."""
    tried, good = kept(session, TRIED), kept(session, GOOD)
    if tried:
        return tried[0].finding
    if not good:
        return warn(
            "backup",
            "ยังไม่เคยสำรองข้อมูล ถ้าเครื่องเสีย ทุกเรื่องจะหาย ให้ผู้ดูแลระบบตั้ง BACKUP_TO และ BACKUP_KEY_FILE แล้วสั่ง songsiang backup",
            "no backup was ever made: set BACKUP_TO and BACKUP_KEY_FILE, then run songsiang backup",
        )
    if now - good[0].at > OLD:
        days = (now - good[0].at).days
        return bad(
            "backup",
            f"ไม่ได้สำรองข้อมูลมา {days} วัน ตรวจว่า worker ทำงานและดิสก์สำรองต่ออยู่ แล้วสั่ง songsiang backup",
            f"the last backup is {days} days old: see that the worker runs and the disk is there; songsiang backup",
        )
    return good[0].finding
