"""Commands about the town: departments and their groups, staff, villages and places, settings."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.start import database_or_exit, settings_or_exit
from models import staff as people
from models.staff import ROLES, Staff
from models.town import DEFAULTS, Department, KnownPlace, Village, put_setting, setting


def _department(session: Session, code: str) -> Department:
    found = session.scalar(select(Department).where(Department.code == code.upper()))
    if found is None:
        known = ", ".join(session.scalars(select(Department.code).order_by(Department.id)))
        raise click.ClickException(
            f"ไม่มีกองรหัส {code} (no such department; known: {known or 'none, run migrate first'})"
        )
    return found


@click.group()
def staff() -> None:
    """เจ้าหน้าที่: invite, list and end access."""


@staff.command()
@click.argument("name")
@click.option("--department", "-d", help="Code of the department, e.g. ENG (see: songsiang department list).")
@click.option("--role", type=click.Choice(ROLES), default="crew", show_default=True)
@click.option("--confidential", is_flag=True, help="An appointed receiver of sensitive reports.")
@click.option("--minutes", default=15, show_default=True, help="How long the code lives.")
def invite(name: str, department: str | None, role: str, confidential: bool, minutes: int) -> None:
    """Print a one-use code with which NAME links a LINE account."""
    settings = settings_or_exit()
    database = database_or_exit(settings)
    now = datetime.now(UTC)
    with database.begin() as session:
        if department is None and role in ("crew", "head"):
            raise click.ClickException("ระบุกองด้วย --department (crew and heads belong to a department)")
        where = _department(session, department) if department else None
        member = session.scalar(select(Staff).where(Staff.name == name, Staff.active))
        if member is None:
            member = Staff(name=name, role=role, department=where, confidential=confidential, created_at=now)
            session.add(member)
        else:
            member.role, member.department, member.confidential = role, where, confidential
        session.flush()
        code = people.invite(session, settings.secret_key, now, staff=member, minutes=minutes)
    click.echo(f"รหัสของ {name}: {code} (ใช้ได้ครั้งเดียว ภายใน {minutes} นาที)")
    click.echo(f"ให้ {name} พิมพ์ในแชตส่วนตัวกับบอตว่า: เจ้าหน้าที่ {code}")


@staff.command("list")
def list_staff() -> None:
    """Who has access."""
    database = database_or_exit(settings_or_exit())
    with database.read() as session:
        for member in session.scalars(select(Staff).order_by(Staff.id)):
            where = member.department.code if member.department else "-"
            state = "ปิดสิทธิ" if not member.active else "ผูกแล้ว" if member.person_id else "ยังไม่ผูก"
            click.echo(f"{member.id}\t{member.name}\t{member.role}\t{where}\t{state}")


@staff.command()
@click.argument("number", type=int)
def end(number: int) -> None:
    """End the access of the member of staff with this NUMBER (see: staff list)."""
    database = database_or_exit(settings_or_exit())
    with database.begin() as session:
        member = session.get(Staff, number)
        if member is None:
            raise click.ClickException(f"ไม่มีเจ้าหน้าที่หมายเลข {number} (no such member of staff)")
        member.active, member.person_id = False, None
        click.echo(f"ปิดสิทธิของ {member.name} แล้ว")


@click.group()
def department() -> None:
    """กอง: list, bind a LINE group, open, close, add."""


@department.command("list")
def list_departments() -> None:
    """All departments, whether they are in use, and their LINE groups."""
    database = database_or_exit(settings_or_exit())
    with database.read() as session:
        for row in session.scalars(select(Department).order_by(Department.id)):
            groups = ", ".join(g.name or g.key[:6] for g in people.groups_of(session, row.id)) or "-"
            state = "ใช้งาน" if row.active else f"ปิด → {row.fallback or 'CLERK'}"
            click.echo(f"{row.code}\t{row.name}\t{state}\tกลุ่ม: {groups}")


@department.command()
@click.argument("code")
@click.option("--minutes", default=15, show_default=True, help="How long the code lives.")
def group(code: str, minutes: int) -> None:
    """Print a one-use code that binds a LINE group to department CODE."""
    settings = settings_or_exit()
    database = database_or_exit(settings)
    with database.begin() as session:
        where = _department(session, code)
        number = people.invite(session, settings.secret_key, datetime.now(UTC), department=where, minutes=minutes)
        click.echo(f"รหัสผูกกลุ่ม {where.name}: {number} (ใช้ได้ครั้งเดียว ภายใน {minutes} นาที)")
        click.echo(f"เชิญบอตเข้ากลุ่ม แล้วพิมพ์ในกลุ่มว่า: ผูกกลุ่ม {number}")


@department.command()
@click.argument("code")
@click.argument("name")
@click.option("--short", default="", help="A short name for buttons (20 characters at most).")
@click.option("--fallback", default="CLERK", show_default=True)
def add(code: str, name: str, short: str, fallback: str) -> None:
    """Add a department, or rename one."""
    database = database_or_exit(settings_or_exit())
    with database.begin() as session:
        row = session.scalar(select(Department).where(Department.code == code.upper()))
        if row is None:
            row = Department(code=code.upper(), fallback=fallback.upper())
            session.add(row)
        row.name, row.short, row.active = name, short or name[:20], True
    click.echo(f"บันทึก {code.upper()} {name} แล้ว")


@department.command()
@click.argument("code")
def close(code: str) -> None:
    """Close department CODE: its work goes to its fall-back (a small อบต. keeps only a few)."""
    _set_active(code, active=False)


@department.command("open")
@click.argument("code")
def open_department(code: str) -> None:
    """Open department CODE again."""
    _set_active(code, active=True)


def _set_active(code: str, *, active: bool) -> None:
    database = database_or_exit(settings_or_exit())
    with database.begin() as session:
        row = _department(session, code)
        if row.code == "CLERK" and not active:
            raise click.ClickException("ปิดสำนักปลัดไม่ได้ เพราะทุกเรื่องที่ไม่มีกองรับมาลงที่นี่ (every fall-back ends here)")
        row.active = active
        click.echo(f"{row.name}: {'เปิด' if active else 'ปิด'}แล้ว")


@click.group()
def town() -> None:
    """ข้อมูลของเมือง: settings, villages, places."""


@town.command()
def show() -> None:
    """All settings with their values."""
    database = database_or_exit(settings_or_exit())
    with database.read() as session:
        for name in sorted(DEFAULTS):
            click.echo(f"{name} = {json.dumps(setting(session, name), ensure_ascii=False)}")


@town.command("set")
@click.argument("name")
@click.argument("value")
def set_value(name: str, value: str) -> None:
    """Set NAME (see: town show) to VALUE."""
    if name not in DEFAULTS:
        raise click.ClickException(f"ไม่มีค่าชื่อ {name} (no such setting; see: songsiang town show)")
    database = database_or_exit(settings_or_exit())
    default = DEFAULTS[name]
    try:
        typed = value if isinstance(default, str) else int(value) if isinstance(default, int) else float(value)
        with database.begin() as session:
            put_setting(session, name, typed)
    except ValueError as error:
        raise click.ClickException(f"ค่าของ {name} ใช้ไม่ได้ (wrong value: {error})") from None
    click.echo(f"{name} = {value}")


@town.command()
@click.argument("moo", type=click.IntRange(1, 999))
@click.argument("name", default="")
@click.option("--lat", type=click.FloatRange(-90, 90))
@click.option("--lon", type=click.FloatRange(-180, 180))
def village(moo: int, name: str, lat: float | None, lon: float | None) -> None:
    """Add or change village MOO (หมู่ที่) with its NAME and, if known, its middle."""
    database = database_or_exit(settings_or_exit())
    with database.begin() as session:
        row = session.get(Village, moo) or Village(moo=moo)
        row.name, row.lat, row.lon = name, lat, lon
        session.add(row)
    click.echo(f"หมู่ {moo} {name}")


@town.command()
@click.argument("name")
@click.option("--alias", multiple=True, help="Another name people use; may be given several times.")
@click.option("--moo", type=int)
@click.option("--lat", type=click.FloatRange(-90, 90))
@click.option("--lon", type=click.FloatRange(-180, 180))
def place(name: str, alias: tuple[str, ...], moo: int | None, lat: float | None, lon: float | None) -> None:
    """Add or change a place people NAME (temple, market, school …)."""
    database = database_or_exit(settings_or_exit())
    with database.begin() as session:
        if moo is not None and session.get(Village, moo) is None:
            raise click.ClickException(f"ยังไม่มีหมู่ {moo} (add it with: songsiang town village {moo})")
        row = session.scalar(select(KnownPlace).where(KnownPlace.name == name)) or KnownPlace(name=name)
        row.aliases, row.moo, row.lat, row.lon = list(alias), moo, lat, lon
        session.add(row)
    click.echo(name)
