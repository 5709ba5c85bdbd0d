"""Backups: what was there comes back, value by value and byte by byte; nothing else is ever taken for a backup."""

from __future__ import annotations

import errno
import hashlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import Text, cast, func, select, text

from bot.backup import Busy, Source, backups, folder_of_ones_own, thin_out, write
from bot.backup_nightly import Nightly, back_up
from bot.backup_rows import LEFT_OUT, lines, tables
from bot.backup_stream import PIECE, BackupTrouble, Damaged, WrongKey
from bot.bucket import store_of
from bot.cli import main
from bot.config import Settings, read_settings
from bot.migrate import migrate
from bot.release import release
from bot.restore import look, restore
from models.backup_checks import look_at_backups, note_failed
from models.ballot_box import BallotEnvelope, PublishedBallot, SealedBallot
from models.database import Database, all_tables
from models.files import expect, path_of, small_name
from models.people import Person
from models.polls import Poll
from models.storage import Folder, note
from models.storage import keep as keep_file
from models.tickets import Ticket
from models.town import Department, put_setting
from tests.bucket import object_store
from tests.databases import hurried
from tests.door import settings as door_settings

KEY = bytes(range(32))
NOW = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)  # 03:00 in Bangkok
PAPER = b"%PDF-1.4\n" + b"x" * (2 * PIECE + 5)


@dataclass
class House:
    """A town with rows of many kinds and a stored file, its settings, and where its backups go."""

    settings: Settings
    database: Database
    store: Folder
    backups: Path

    def write(self, **more: Any) -> Path:
        self.backups.mkdir(exist_ok=True)
        return write(Source(self.database, self.store, **more), self.backups, KEY, NOW, lambda _half: None)


def settings_for(database: Database, folder: Path, **more: Any) -> Settings:
    return read_settings(
        database_url=database.engine.url.render_as_string(hide_password=False),
        line_channel_secret="s",
        line_channel_access_token="t",
        secret_key="k" * 40,
        data_dir=folder,
        backup_key=KEY.hex(),
        **more,
    )


def paper(database: Database, store: Folder) -> None:
    """A stored document and its row."""
    token = hashlib.sha256(b"token").hexdigest()[:32]
    raw = store.room / "raw"
    raw.parent.mkdir(parents=True, exist_ok=True)
    raw.write_bytes(PAPER)
    stored = keep_file(store, raw, token, "file")
    path = path_of(store.room, small_name(token))
    path.write_bytes(b"small")
    with database.begin() as session:
        row = expect(session, "m1", "U1", "image", NOW)
        row.token = token
        note(row, stored)
        row.kind = "image"


@pytest.fixture
def house(empty_database: Database, tmp_path: Path) -> House:
    release(empty_database)
    store = Folder(tmp_path / "data" / "files")
    paper(empty_database, store)
    with empty_database.begin() as session:
        put_setting(session, "town.name", "เทศบาลตำบลตัวอย่าง \u2028 'quoted'")
        person = Person(line_id="U" + "1" * 32, name="ยายคำ", created_at=NOW)
        session.add(person)
        for number in (1, 2):
            session.add(ticket(session.scalars(select(Department)).first(), number))
        poll = Poll(code="p1", state="draft", title="ไฟทาง", draft={"a": None}, created_at=NOW)
        session.add(poll)
        session.flush()
        session.add(BallotEnvelope(poll_id=poll.id, place=b"p" * 32, sealed=b"envelope"))
        session.add(SealedBallot(poll_id=poll.id, slot=b"s" * 32, c=b"sealed"))
        session.add(PublishedBallot(poll_id=poll.id, hash=b"\x00\xff" * 16, c=b"published"))
    return House(settings_for(empty_database, tmp_path / "data"), empty_database, store, tmp_path / "backups")


def ticket(where: Department | None, number: int) -> Ticket:
    more: dict[str, Any] = {"fiscal_year": 2570, "number": number, "kind": "complaint", "category": "other"}
    return Ticket(text="ไฟดับ\r\n", department=where, received_at=NOW, answer_by=NOW + timedelta(days=15), **more)


@pytest.fixture
def elsewhere(empty_database: Database, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Database]:
    """Another database without tables, of the same kind."""
    if empty_database.dialect == "sqlite":
        found = hurried(Database(f"sqlite:///{tmp_path / 'elsewhere' / 'songsiang.db'}"))
        yield found
        found.dispose()
        return
    with request.getfixturevalue("postgres").database("template0") as url:
        found = Database(url)
        yield found
        found.dispose()


def rows(database: Database) -> dict[str, list[bytes]]:
    """All that travels, as it lies there."""
    with database.read() as session:
        return {t.name: list(lines(session.connection(), t)) for t in tables(database.dialect)}


def bytes_under(folder: Path) -> dict[str, bytes]:
    found = (path for path in folder.rglob("*") if path.is_file() and ".half-made" not in path.parts)
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}


# -- there and back ----------------------------------------------------------------------------------------------------


def test_every_row_and_file_comes_back(house: House, elsewhere: Database, tmp_path: Path) -> None:
    file = house.write()
    there = Folder(tmp_path / "elsewhere" / "files")
    found = restore(file, KEY, elsewhere, there)
    before = rows(house.database)
    assert rows(elsewhere) == before
    assert found.rows == sum(map(len, before.values())) > 50
    assert bytes_under(there.room) == bytes_under(house.store.room)
    assert (found.files, found.lost) == (2, 0)


def test_a_json_null_stays_different_from_no_value(house: House, elsewhere: Database, tmp_path: Path) -> None:
    with house.database.begin() as session:
        session.add(Poll(code="p2", state="draft", title="ทางเท้า", draft={}, created_at=NOW))
        session.flush()
        session.execute(text("UPDATE polls SET result = 'null' WHERE code = 'p1'"))
        session.execute(text("UPDATE polls SET result = NULL WHERE code = 'p2'"))
    restore(house.write(), KEY, elsewhere, Folder(tmp_path / "files2"))
    wanted = select(cast(Poll.draft, Text), cast(Poll.result, Text))
    with house.database.read() as here, elsewhere.read() as there:
        before, after = here.execute(wanted.order_by(Poll.id)).all(), there.execute(wanted.order_by(Poll.id)).all()
    assert after == before
    assert [result for _, result in after] == ["null", None]


def test_ballots_that_are_not_published_stay_at_home(house: House, elsewhere: Database, tmp_path: Path) -> None:
    assert set(LEFT_OUT) <= all_tables().tables.keys()
    restore(house.write(), KEY, elsewhere, Folder(tmp_path / "files2"))
    with elsewhere.read() as session:
        assert session.scalar(select(func.count()).select_from(BallotEnvelope)) == 0
        assert session.scalar(select(func.count()).select_from(SealedBallot)) == 0
        assert session.scalars(select(PublishedBallot.c)).all() == [b"published"]


def test_the_restored_house_works_on_and_refuses_as_before(house: House, elsewhere: Database, tmp_path: Path) -> None:
    restore(house.write(), KEY, elsewhere, Folder(tmp_path / "files2"))
    with elsewhere.begin() as session:
        session.add(ticket(session.scalars(select(Department)).first(), 3))
    with elsewhere.read() as session:
        assert session.scalar(select(func.count()).select_from(Ticket)) == 3
    with pytest.raises(Exception, match="published_ballots only grows"), elsewhere.begin() as session:
        session.execute(text("DELETE FROM published_ballots"))
    with pytest.raises(Exception, match=r"(?i)foreign key"), elsewhere.begin() as session:
        session.execute(text("UPDATE tickets SET department_id = 99999"))


def test_what_is_written_meanwhile_is_there_whole_or_not_at_all(
    house: House, elsewhere: Database, tmp_path: Path
) -> None:
    stop, written = threading.Event(), threading.Event()

    def go_on_writing() -> None:
        number = 10
        while not stop.is_set():
            with house.database.begin() as session:  # always two at a time
                where = session.scalars(select(Department)).first()
                session.add_all([ticket(where, number), ticket(where, number + 1)])
            number += 2
            written.set()

    writer = threading.Thread(target=go_on_writing)
    writer.start()
    try:
        assert written.wait(60)
        file = house.write()
        written.clear()
        assert written.wait(60)
    finally:
        stop.set()
        writer.join()
    restore(file, KEY, elsewhere, Folder(tmp_path / "files2"))
    with elsewhere.read() as session:
        numbers = set(session.scalars(select(Ticket.number)))
    assert len(numbers) % 2 == 0
    assert numbers < {1, 2, *range(10, 1_000_000)}
    before = rows(house.database)["tickets"]
    assert rows(elsewhere)["tickets"] == before[: len(numbers)]
    assert len(numbers) < len(before)


def test_files_travel_from_a_folder_to_a_bucket_and_back(house: House, elsewhere: Database, tmp_path: Path) -> None:
    with object_store() as shelf:
        given = door_settings("sqlite://", data_dir=tmp_path / "bucket", **shelf.settings())
        bucket = store_of(given)
        restore(house.write(), KEY, elsewhere, bucket)
        again = write(Source(elsewhere, bucket), house.backups, KEY, NOW + timedelta(hours=1), lambda _half: None)
    found = look(again, KEY, house.store)
    assert (found.files, found.lost) == (2, 0)


def test_nothing_is_restored_over_what_is_there(house: House, elsewhere: Database, tmp_path: Path) -> None:
    file = house.write()
    before = rows(house.database)
    with pytest.raises(BackupTrouble, match="the database is not empty"):
        restore(file, KEY, house.database, Folder(tmp_path / "files2"))
    with pytest.raises(BackupTrouble, match="the folder of files is not empty"):
        restore(file, KEY, elsewhere, house.store)
    assert rows(house.database) == before


def test_the_keys_of_polls_are_in_no_backup(house: House) -> None:
    house.settings.key_room.mkdir(parents=True)
    (house.settings.key_room / "identity.key").write_bytes(b"K" * 32)
    file = house.write()
    assert look(file, KEY, house.store).files == 2
    assert "keys" in os.listdir(house.settings.data_dir)


# -- what is no good ---------------------------------------------------------------------------------------------------


def test_another_key_opens_nothing(house: House, elsewhere: Database, tmp_path: Path) -> None:
    with pytest.raises(WrongKey):
        restore(house.write(), bytes(32), elsewhere, Folder(tmp_path / "files2"))
    assert not bytes_under(tmp_path / "files2")


@pytest.mark.parametrize("place", ["first", "middle", "last", "cut", "piece", "added", "empty"])
def test_a_damaged_file_is_refused_before_anything_is_written(
    house: House, elsewhere: Database, tmp_path: Path, place: str
) -> None:
    file = house.write()
    whole = file.read_bytes()
    at = {"first": 0, "middle": len(whole) // 2, "last": len(whole) - 1}.get(place)
    broken = {"cut": whole[:-1], "piece": whole[: 19 + 8 + 24], "added": whole + b"x", "empty": b""}.get(place)
    if at is not None:
        broken = whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :]
    file.write_bytes(broken or b"")
    with pytest.raises(Damaged):
        restore(file, KEY, elsewhere, Folder(tmp_path / "files2"))
    assert not bytes_under(tmp_path / "files2")
    with elsewhere.read() as session:
        assert not session.connection().dialect.get_table_names(session.connection())


def test_a_file_that_changed_in_the_store_is_noticed(house: House) -> None:
    (kept,) = (path for path in house.store.room.rglob("*") if path.is_file() and path.stat().st_size > PIECE)
    kept.write_bytes(b"rotten")
    with pytest.raises(Damaged):
        look(house.write(), KEY, house.store)
    kept.unlink()
    assert look(house.write(), KEY, house.store).lost == 1


# -- making them -------------------------------------------------------------------------------------------------------


def test_a_full_disk_leaves_the_old_backup_and_is_told(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    old, _ = back_up(house.settings, house.database, house.backups, NOW)
    content = old.read_bytes()

    def full(_file: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("bot.backup.os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        back_up(house.settings, house.database, house.backups, NOW + timedelta(days=1))
    assert backups(house.backups) == [old]
    assert old.read_bytes() == content
    assert not list(house.backups.glob(".*.part"))
    with house.database.read() as session:
        found = look_at_backups(session, NOW + timedelta(days=1))
    assert found.level == "bad"
    assert "No space left" in found.english


def test_a_backup_that_does_not_prove_good_is_not_kept(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_good(*_: object) -> None:
        raise Damaged("เสีย", "broken")

    monkeypatch.setattr("bot.backup_nightly.look", no_good)
    with pytest.raises(Damaged):
        back_up(house.settings, house.database, house.backups, NOW)
    assert backups(house.backups) == []


def test_killed_in_the_middle_the_old_backup_stays(house: House) -> None:
    old = house.write()
    content = old.read_bytes()
    program = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from bot.backup import Source, folder_of_ones_own, write
from models.database import Database
from models.storage import Folder
import time
database = Database(sys.argv[1])
def wait(_):
    print("half", flush=True)
    time.sleep(600)
with folder_of_ones_own(Path(sys.argv[3])):
    write(Source(database, Folder(Path(sys.argv[2]))), Path(sys.argv[3]), bytes(range(32)), datetime.now(UTC), wait)
"""
    command = [sys.executable, "-c", program, house.settings.database_url, str(house.store.path), str(house.backups)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(__file__).parent.parent) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"half\n"
        with pytest.raises(Busy), folder_of_ones_own(house.backups):
            pass
        process.send_signal(signal.SIGKILL)
    assert backups(house.backups) == [old]
    assert old.read_bytes() == content
    assert list(house.backups.glob(".*.part"))
    back_up(house.settings, house.database, house.backups, NOW + timedelta(hours=1))
    assert len(backups(house.backups)) == 2
    assert not list(house.backups.glob(".*.part"))


def test_a_stopping_process_leaves_nothing(house: House) -> None:
    with pytest.raises(BackupTrouble, match="stopping"):
        house.write(stopping=lambda: True)
    assert not list(house.backups.iterdir())
    with pytest.raises(BackupTrouble, match="stopping"):
        look(house.write(), KEY, house.store, lambda: True)
    assert not list((house.store.room / ".half-made").iterdir())


def test_only_the_latest_are_kept_and_nobody_else_may_read_them(house: House) -> None:
    settings = settings_for(house.database, house.settings.data_dir, backup_keep=2)
    made = [back_up(settings, house.database, house.backups, NOW + timedelta(days=day))[0] for day in range(3)]
    assert backups(house.backups) == [made[2], made[1]]
    assert made[2].stat().st_mode & 0o077 == 0
    (house.backups / "other.txt").write_text("เอกสารอื่น")
    assert thin_out(house.backups, 1) == [made[1]]
    assert (house.backups / "other.txt").exists()


# -- every night -------------------------------------------------------------------------------------------------------


def test_the_worker_makes_one_each_night(house: House) -> None:
    now = [NOW]
    settings = settings_for(house.database, house.settings.data_dir, backup_to=str(house.backups))
    nightly = Nightly(settings, house.database, lambda: now[0])
    now[0] = NOW.replace(hour=18)  # one in the morning in Bangkok
    assert not nightly.work()
    now[0] = NOW
    assert nightly.work()
    assert not nightly.work()
    now[0] += timedelta(hours=8)
    assert not nightly.work()
    now[0] = NOW + timedelta(days=1)
    assert nightly.work()
    assert len(backups(house.backups)) == 2


def test_one_that_fails_is_tried_again_after_an_hour(house: House) -> None:
    now = [NOW]
    house.backups.write_text("no folder")
    settings = settings_for(house.database, house.settings.data_dir, backup_to=str(house.backups))
    nightly = Nightly(settings, house.database, lambda: now[0])
    assert not nightly.work()
    with house.database.read() as session:
        assert look_at_backups(session, now[0]).level == "bad"
    house.backups.unlink()
    now[0] += timedelta(minutes=30)
    assert not nightly.work()
    now[0] += timedelta(minutes=31)
    assert nightly.work()
    with house.database.read() as session:
        found = look_at_backups(session, now[0])
    assert found.level == "ok"
    assert str(house.backups) in found.thai


def test_without_a_folder_no_backup_is_made(house: House) -> None:
    assert not Nightly(house.settings, house.database, lambda: NOW).work()


def test_what_the_console_says(house: House) -> None:
    with house.database.read() as session:
        assert look_at_backups(session, NOW).level == "warn"
        assert "ยังไม่เคยสำรองข้อมูล" in look_at_backups(session, NOW).thai
    back_up(house.settings, house.database, house.backups, NOW)
    with house.database.read() as session:
        assert look_at_backups(session, NOW + timedelta(days=2)).level == "ok"
        old = look_at_backups(session, NOW + timedelta(days=3))
        assert (old.level, "3 วัน" in old.thai) == ("bad", True)
    with house.database.begin() as session:
        note_failed(session, "ดิสก์เต็ม", "the disk is full", NOW)
        assert look_at_backups(session, NOW).level == "bad"


# -- commands ----------------------------------------------------------------------------------------------------------


def test_the_commands(house: House, elsewhere: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def run(*arguments: str) -> tuple[int, str]:
        found = CliRunner().invoke(main, arguments)
        return found.exit_code, found.output

    for name in ("LINE_CHANNEL_SECRET", "LINE_CHANNEL_ACCESS_TOKEN", "SECRET_KEY"):
        monkeypatch.setenv(name, "k" * 40)
    monkeypatch.setenv("DATABASE_URL", house.settings.database_url)
    monkeypatch.setenv("DATA_DIR", str(house.settings.data_dir))
    assert run("backup", "--to", str(house.backups))[0] == 1
    key = tmp_path / "backup.key"
    assert run("backup", "--new-key", str(key))[0] == 0
    assert key.stat().st_mode & 0o077 == 0
    assert run("backup", "--new-key", str(key))[0] == 1
    monkeypatch.setenv("BACKUP_KEY_FILE", str(key))
    assert run("backup")[0] == 2
    code, said = run("backup", "--to", str(house.backups))
    assert (code, "สำรองแล้ว" in said) == (0, True)
    (file,) = backups(house.backups)
    assert run("backup", "--check", str(file))[0] == 0
    assert run("restore", str(file))[0] == 1
    monkeypatch.setenv("DATABASE_URL", elsewhere.engine.url.render_as_string(hide_password=False))
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "other"))
    code, said = run("restore", str(file))
    assert (code, "กู้ข้อมูลของ" in said) == (0, True), said
    there, here = rows(elsewhere), rows(house.database)
    assert {n for n in here if there[n] != here[n]} <= {"findings"}  # noted after the snapshot
    key.write_text("00" * 32)
    assert "กุญแจไม่ตรง" in run("backup", "--check", str(file))[1]
    monkeypatch.setenv("BACKUP_KEY_FILE", "")
    monkeypatch.setenv("BACKUP_KEY", "short")
    assert "BACKUP_KEY" in run("backup")[1]


def test_a_backup_of_sqlite_fills_either_database(
    quick_database: Database, empty_database: Database, tmp_path: Path
) -> None:
    store = Folder(tmp_path / "data" / "files")
    paper(quick_database, store)
    folder = tmp_path / "backups"
    folder.mkdir()
    file = write(Source(quick_database, store), folder, KEY, NOW, lambda _: None)
    migrate(empty_database)  # tables without rows are as good as none
    restore(file, KEY, empty_database, Folder(tmp_path / "files2"))
    assert rows(empty_database) == rows(quick_database)
