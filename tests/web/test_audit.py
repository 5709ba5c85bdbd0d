"""Promises of the audit: it only grows, it shows any tampering, and pages and commands write into it."""

from __future__ import annotations

import contextlib
import csv
import io
import threading
from collections.abc import Callable

import pytest
from click.testing import CliRunner
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from bot.commands_audit import audit as command
from models import audit
from models.audit import Actor, AuditHead, AuditRow
from models.database import Database
from tests.web.office import START, Office

CLERK = Actor(7, "วันดี ตั้งใจ", "clerk", "web", "192.0.2.1")


def write(database: Database, count: int) -> None:
    """Put some rows into the audit, one transaction each."""
    for number in range(count):
        with database.begin() as session:
            audit.record(session, CLERK, "ticket.moved", f"ticket:{number}", {"state": "new"}, {"state": "done"}, START)


def unguard(session: Session) -> None:
    """What somebody with the database in hands would do first."""
    if session.get_bind().dialect.name == "sqlite":
        for verb in ("update", "delete"):
            session.execute(text(f"DROP TRIGGER audit_no_{verb}"))
    else:
        session.execute(text("DROP TRIGGER audit_no_change ON audit_rows"))


def verdict(database: Database) -> audit.Verdict:
    with database.read() as session:
        return audit.verify(session)


def test_an_untouched_audit_is_sound(database: Database) -> None:
    assert verdict(database) == audit.Verdict(0, audit.BEGINNING, None)
    write(database, 5)
    found = verdict(database)
    assert (found.rows, found.broken) == (5, None)
    with database.read() as session:
        assert session.get_one(AuditHead, 1).hash == found.hash
        row = session.get_one(AuditRow, 1)
    assert (row.name, row.address, row.before, row.after) == (
        CLERK.name,
        "192.0.2.1",
        {"state": "new"},
        {"state": "done"},
    )


def _change(session: Session) -> None:
    session.execute(text("UPDATE audit_rows SET name = 'ใครก็ไม่รู้' WHERE id = 3"))


def _remove(session: Session) -> None:
    session.execute(text("DELETE FROM audit_rows WHERE id = 3"))


def _remove_last(session: Session) -> None:
    session.execute(text("DELETE FROM audit_rows WHERE id = 5"))


def _remove_and_close(session: Session) -> None:
    _remove(session)
    session.execute(text("UPDATE audit_rows SET id = id - 1 WHERE id > 3"))


def _swap(session: Session) -> None:
    for old, new in ((3, 90), (4, 3), (90, 4)):
        session.execute(text("UPDATE audit_rows SET id = :new WHERE id = :old"), {"old": old, "new": new})


@pytest.mark.parametrize(
    ("tamper", "broken"),
    [(_change, 3), (_remove, 3), (_remove_last, 5), (_remove_and_close, 3), (_swap, 3)],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_tampering_shows(database: Database, tamper: Callable[[Session], None], broken: int) -> None:
    write(database, 5)
    with database.begin() as session:
        unguard(session)
        tamper(session)
    assert verdict(database).broken == broken


def test_rewriting_everything_shows_on_paper(database: Database) -> None:
    write(database, 5)
    kept = verdict(database).hash
    with database.begin() as session:
        unguard(session)
        _change(session)
        previous = audit.BEGINNING
        for row in session.scalars(select(AuditRow).order_by(AuditRow.id)):
            row.hash = previous = audit.seal(row, previous)
        session.get_one(AuditHead, 1).hash = previous
    assert verdict(database).sound
    assert verdict(database).hash != kept


@pytest.mark.parametrize("statement", ["UPDATE audit_rows SET name = ''", "DELETE FROM audit_rows"])
def test_the_database_itself_refuses(database: Database, statement: str) -> None:
    write(database, 1)
    with pytest.raises(DatabaseError, match="append-only"), database.begin() as session:
        session.execute(text(statement))
    assert verdict(database).sound


def test_a_rolled_back_change_leaves_no_gap(database: Database) -> None:
    write(database, 1)
    with contextlib.suppress(ZeroDivisionError), database.begin() as session:
        audit.record(session, CLERK, "ticket.moved", "ticket:9", None, None, START)
        raise ZeroDivisionError
    assert verdict(database).rows == 1
    write(database, 1)
    assert (verdict(database).rows, verdict(database).broken) == (2, None)


def test_many_writers_make_one_chain(database: Database) -> None:
    threads = [threading.Thread(target=write, args=(database, 10)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = verdict(database)
    assert (found.rows, found.broken) == (40, None)


# -- pages -------------------------------------------------------------------------------------------------------------


def test_the_page_shows_the_newest_first_and_narrows_down(office: Office) -> None:
    write(office.database, 60)
    auditor = office.sign_in("auditor")
    page = auditor.get("/console/audit/").text
    assert page.index("#59<") < page.index("#58<")
    assert "#9<" not in page
    assert "#9<" in auditor.get("/console/audit/?below=11").text
    found = auditor.get("/console/audit/?q=ticket:42").text
    assert "#42<" in found
    assert "#41<" not in found
    assert "ไม่พบบันทึก" in auditor.get("/console/audit/?since=2030-01-01").text
    assert "#59<" in auditor.get("/console/audit/?since=2026-11-20&until=2026-11-20&door=web").text
    assert "#59<" in auditor.get("/console/audit/?since=nonsense&staff=x&door=y").text


def test_a_part_of_the_page_for_htmx(office: Office) -> None:
    write(office.database, 1)
    part = office.sign_in("auditor").get("/console/audit/", headers={"HX-Request": "true"}).text
    assert "#0<" in part
    assert "<html" not in part


def test_a_row_shows_before_and_after(office: Office) -> None:
    write(office.database, 1)
    page = office.sign_in("dpo").get("/console/audit/1").text
    assert "new" in page
    assert "done" in page
    assert office.sign_in("dpo").get("/console/audit/2").status_code == 404


def test_taking_the_audit_out_is_written_into_it(office: Office) -> None:
    with office.database.begin() as session:
        audit.record(session, Actor(1, "=HYPERLINK(1)", "clerk"), "ticket.moved", "ticket:1", None, {"ก": "ข"}, START)
    page = office.sign_in("auditor").get("/console/audit/audit.csv")
    assert page.text.startswith("\ufeffid,at,")
    lines = list(csv.DictReader(io.StringIO(page.text[1:])))
    assert lines[0]["name"] == "'=HYPERLINK(1)"  # no spreadsheet runs it
    assert lines[0]["after"] == '{"ก": "ข"}'
    with office.database.read() as session:
        newest = session.scalars(select(AuditRow).order_by(AuditRow.id.desc())).first()
    assert newest is not None
    assert (newest.action, newest.name) == ("audit.exported", office.staff("auditor").name)
    assert verdict(office.database).sound


def test_the_check_is_a_page_and_a_command(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    write(office.database, 3)
    assert "ครบถ้วน 3 บรรทัด" in office.sign_in("auditor").get("/console/audit/verify").text
    for name in ("line_channel_secret", "line_channel_access_token", "secret_key", "database_url"):
        monkeypatch.setenv(name.upper(), getattr(office.settings, name))
    fine = CliRunner().invoke(command, ["verify"])
    assert (fine.exit_code, verdict(office.database).hash in fine.output) == (0, True)
    with office.database.begin() as session:
        unguard(session)
        session.execute(text("UPDATE audit_rows SET action = 'x' WHERE id = 2"))
    assert "บรรทัดที่ 2" in office.sign_in("auditor").get("/console/audit/verify").text
    broken = CliRunner().invoke(command, ["verify"])
    assert broken.exit_code == 1
    assert "บันทึกที่ 2" in broken.output
