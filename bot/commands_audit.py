"""Commands about the console: check the audit, open it from a shell, clear a lost second factor."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.commands_town import staff
from bot.start import database_or_exit, settings_or_exit
from models import sessions
from models.audit import Actor, record
from models.audit import verify as follow
from models.staff import Staff

#: Whoever has a shell on the machine has everything anyway; the audit says so.
SHELL = Actor(None, "", "", "shell")


def _member(session: Session, name: str) -> Staff:
    found = session.scalars(select(Staff).where(Staff.name == name, Staff.active)).all()
    if len(found) != 1:
        reason = "ไม่มีเจ้าหน้าที่ชื่อ" if not found else "มีเจ้าหน้าที่มากกว่าหนึ่งคนชื่อ"
        raise click.ClickException(f"{reason} {name} (no such member of staff, or several; see: songsiang staff list)")
    return found[0]


@staff.command("link")
@click.argument("name")
def link_staff(name: str) -> None:
    """Print a one-use link of five minutes with which NAME opens the console (for a machine without LINE)."""
    settings = settings_or_exit()
    now = datetime.now(UTC)
    with database_or_exit(settings).begin() as session:
        member = _member(session, name)
        token, code = sessions.make_link(session, member, settings.secret_key, now)
        record(session, SHELL, "link.made", f"staff:{member.id}", None, None, now)
    click.echo(f"{settings.public_url}/console/enter/{token}")
    click.echo(f"รหัส {code[:4]} {code[4:]} (ใช้ได้ครั้งเดียว ภายใน 5 นาที; works once, within 5 minutes)")


@staff.command()
@click.argument("name")
def unlock(name: str) -> None:
    """Remove the second factors of NAME, who lost telephone and recovery codes, and end their sessions."""
    now = datetime.now(UTC)
    with database_or_exit(settings_or_exit()).begin() as session:
        member = _member(session, name)
        count = sessions.forget_factors(session, member.id)
        sessions.end_all(session, member.id, now)
        record(session, SHELL, "second.forgotten", f"staff:{member.id}", {"count": count}, None, now)
    click.echo(f"ล้างการยืนยันตัวขั้นที่สองของ {name} แล้ว {count} รายการ (second factors removed: {count})")


@click.group()
def audit() -> None:
    """บันทึกการใช้งาน: check that nothing in it was changed."""


@audit.command()
def verify() -> None:
    """Follow the chain of hashes. Prints the last hash, to be kept on paper; exit code 1 at a broken row."""
    with database_or_exit(settings_or_exit()).read() as session:
        verdict = follow(session)
    if not verdict.sound:
        click.echo(f"บันทึกที่ {verdict.broken} ถูกแก้ ลบ หรือแทรก (row {verdict.broken} was changed, removed or put in)")
        sys.exit(1)
    click.echo(f"ครบถ้วน {verdict.rows} บรรทัด (sound: {verdict.rows} rows)\n{verdict.hash}")
