"""Commands for backups: make one, try one, bring one back."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

import click
from sqlalchemy.exc import SQLAlchemyError

from bot.config import Settings
from bot.start import database_or_exit, settings_or_exit

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
NEW = click.Path(exists=False, path_type=Path)


@click.command()
@click.option("--to", "folder", type=click.Path(file_okay=False, path_type=Path), help="Folder; else BACKUP_TO.")
@click.option("--check", "file", type=FILE, help="Only try FILE: restore it into a scratch place and compare.")
@click.option("--new-key", "new_key", type=NEW, help="Only make a key in this new file, for BACKUP_KEY_FILE.")
def backup(folder: Path | None, file: Path | None, new_key: Path | None) -> None:
    """สำรองข้อมูล: write a sealed backup of all rows and files, while the house works, and try it by restoring."""
    if new_key is not None:
        _make_key(new_key)
        return
    settings = _with_key()
    if file is not None:
        _check(settings, file)
        return
    where = folder or (Path(settings.backup_to) if settings.backup_to else None)
    if where is None:
        raise click.UsageError("ระบุโฟลเดอร์ด้วย --to หรือตั้ง BACKUP_TO (say where with --to, or set BACKUP_TO)")
    _back_up(settings, where)


@click.command()
@click.argument("file", type=FILE)
def restore(file: Path) -> None:
    """กู้ข้อมูล: bring backup FILE into an empty database and data folder; it is tried before anything is written."""
    from bot.bucket import store_of
    from bot.restore import restore as bring_back

    settings = _with_key()
    database = database_or_exit(settings)
    try:
        with _explained():
            found = bring_back(file, bytes.fromhex(settings.backup_key), database, store_of(settings))
    finally:
        database.dispose()
    click.echo(
        f"กู้ข้อมูลของ {found.made_at:%Y-%m-%d %H:%M} UTC แล้ว {found.rows} แถว {found.files} ไฟล์"
        f" (restored: {found.rows} rows, {found.files} files)"
    )
    for code in found.polls:
        click.echo(
            f"การลงคะแนน {code} เปิดอยู่ตอนสำรอง บัตรไม่ถูกสำรอง ต้องยกเลิกแล้วลงใหม่ (poll {code}: cancel it, hold it again)"
        )


def _with_key() -> Settings:
    settings = settings_or_exit()
    if not settings.backup_key:
        raise click.ClickException(
            "ยังไม่มีกุญแจ ตั้ง BACKUP_KEY_FILE (set BACKUP_KEY_FILE; make a key: songsiang backup --new-key FILE)"
        )
    return settings


def _make_key(path: Path) -> None:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise click.ClickException(f"เขียน {path} ไม่ได้ (cannot be written: {error.strerror})") from None
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_hex(32) + "\n")
    click.echo(f"เขียนกุญแจที่ {path} แล้ว พิมพ์เก็บไว้นอกเครื่องนี้ด้วย (keep a copy away from this machine)")


def _check(settings: Settings, file: Path) -> None:
    from bot.bucket import store_of
    from bot.restore import look

    with _explained():
        found = look(file, bytes.fromhex(settings.backup_key), store_of(settings))
    click.echo(
        f"ใช้ได้: {found.rows} แถว {found.files} ไฟล์ ของ {found.made_at:%Y-%m-%d %H:%M} UTC"
        f" (good: {found.rows} rows, {found.files} files, {found.lost} files missing)"
    )


def _back_up(settings: Settings, folder: Path) -> None:
    from bot.backup_nightly import back_up

    database = database_or_exit(settings)
    try:
        with _explained():
            path, found = back_up(settings, database, folder, datetime.now(UTC))
    finally:
        database.dispose()
    click.echo(
        f"สำรองแล้วที่ {path} ({path.stat().st_size / 1e6:,.1f} MB) {found.rows} แถว {found.files} ไฟล์ ทดลองกู้แล้ว"
        f" (backed up and tried: {found.rows} rows, {found.files} files, {found.lost} files missing)"
    )


@contextmanager
def _explained() -> Iterator[None]:
    """Trouble as the line of a command, in both languages."""
    from bot.backup_stream import BackupTrouble

    try:
        yield
    except (BackupTrouble, OSError, SQLAlchemyError) as error:
        _fail(error)


def _fail(error: Exception) -> NoReturn:
    from bot.backup_nightly import explain

    thai, english = explain(error)
    raise click.ClickException(f"{thai} ({english})") from None
