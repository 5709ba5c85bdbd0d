"""The doctor: says what is wrong and what to do, in Thai and English, and never shows a secret."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.checkup import Checkup, note_stumble
from bot.config import Settings, read_settings
from bot.doctor import examine, report
from bot.doctor_line import WEBHOOK
from bot.line import Line
from bot.migrate import downgrade, migrate
from bot.richmenu import install
from bot.seed import seed
from models.backup_checks import note_good
from models.database import Database
from models.files import expect
from models.findings import CHECKUP, Finding, kept, stumbles
from models.heartbeat import beat
from models.incoming import POISONED, Incoming
from models.people import Person
from models.post import enqueue
from models.quota import note_reading
from models.staff import Staff
from models.tickets import Ticket
from models.town import Department, put_setting
from simulator import Simulator
from tests.office import SECRET, TOKEN, text

KEY = "k" * 40
PUBLIC = "https://town.example"


@dataclass
class Surgery:
    """A healthy installation, to be made ill."""

    settings: Settings
    database: Database
    platform: Simulator
    statuses: list[int]
    now: datetime

    def findings(self, *, offline: bool = False) -> list[Finding]:
        return examine(self.settings, self.database, offline=offline, clock=lambda: self.now)

    def levels(self, *, offline: bool = False) -> dict[str, str]:
        """The worst level of each name."""
        order = ("ok", "warn", "bad")
        worst: dict[str, str] = {}
        for each in self.findings(offline=offline):
            worst[each.name] = max(worst.get(each.name, "ok"), each.level, key=order.index)
        return worst

    def ill(self) -> dict[str, str]:
        """What is not as it should be."""
        return {name: level for name, level in self.levels().items() if level != "ok"}


def hire(database: Database, now: datetime) -> None:
    """Somebody whose LINE is linked, and who receives confidential cases too."""
    with database.begin() as session:
        nid = Person(line_id="U" + "5" * 32, name="นิด", created_at=now)
        session.add(Staff(name="คุณนิด", role="clerk", confidential=True, person=nid, created_at=now))


def named(database: Database) -> None:
    """A town that says what it is called and where to telephone."""
    with database.begin() as session:
        put_setting(session, "town.name", "เทศบาลตำบลตัวอย่าง")
        put_setting(session, "town.phone", "02-000-0123")


@pytest.fixture
def surgery(empty_database: Database, tmp_path: Path) -> Iterator[Surgery]:
    migrate(empty_database)
    statuses = [200]
    now = datetime.now(UTC)
    with Simulator(secret=SECRET, token=TOKEN, transport=lambda body, headers: statuses[-1]) as platform:
        platform.webhook_url = PUBLIC + WEBHOOK
        settings = read_settings(
            database_url=empty_database.engine.url.render_as_string(hide_password=False),
            line_channel_secret=SECRET,
            line_channel_access_token=TOKEN,
            line_api_url=platform.url,
            line_data_url=platform.url,
            public_url=PUBLIC,
            secret_key=KEY,
            data_dir=tmp_path / "data",
        )
        beat(empty_database, "worker", now)
        hire(empty_database, now)
        named(empty_database)
        with empty_database.begin() as session:
            note_good(session, "backup", 1, 0, now)
        install(Line(settings))
        yield Surgery(settings, empty_database, platform, statuses, now)


def test_of_a_healthy_house_nothing_but_the_pretended_line_is_noted(surgery: Surgery) -> None:
    assert surgery.ill() == {"settings": "warn"}


def test_every_finding_says_in_both_languages_what_it_is(surgery: Surgery) -> None:
    for each in surgery.findings():
        assert any("\u0e01" <= letter <= "\u0e5b" for letter in each.thai)
        assert each.english.split()[0].strip("“”").isascii()


def test_a_dead_worker_and_what_waits_for_it(surgery: Surgery) -> None:
    with surgery.database.begin() as session:
        session.add(Incoming(event_id="1", chat_key="U1", kind="message", raw="{}", received_at=surgery.now))
    surgery.now += timedelta(minutes=5)
    assert surgery.levels(offline=True) == {
        "settings": "warn",
        "disk": "ok",
        "database": "ok",
        "worker": "bad",
        "events": "warn",
        "people": "ok",
        "letters": "ok",
        "files": "ok",
        "town": "ok",
        "backup": "ok",
    }


def test_poisoned_events_point_to_the_command(surgery: Surgery) -> None:
    with surgery.database.begin() as session:
        row = Incoming(event_id="1", chat_key="U1", kind="message", raw="{}", received_at=surgery.now, state=POISONED)
        session.add(row)
    assert surgery.levels(offline=True)["events"] == "bad"
    assert any("songsiang replay" in each.thai for each in surgery.findings(offline=True))


def test_letters_and_files_that_did_not_arrive_are_counted(surgery: Surgery) -> None:
    with surgery.database.begin() as session:
        for _ in range(3):
            enqueue(session, "U1", "result", [text("ลับ")], surgery.now).settle("failed", surgery.now, "refused")
        expect(session, "m1", "U1", "image", surgery.now).state = "failed"
        expect(session, "m2", "U1", "image", surgery.now).error = "disk: ENOSPC"
    found = [each for each in surgery.findings(offline=True) if each.name in ("letters", "files")]
    assert [(each.name, each.level) for each in found] == [("letters", "warn"), ("files", "warn"), ("files", "bad")]
    assert "3 ข้อความ" in found[0].thai
    assert not any("ลับ" in each.thai for each in found)


def test_a_database_without_tables_asks_for_migrate(empty_database: Database, surgery: Surgery) -> None:
    downgrade(empty_database, "base")
    assert [each.level for each in surgery.findings(offline=True)] == ["warn", "ok", "bad"]
    assert "songsiang migrate" in surgery.findings(offline=True)[-1].english


def test_a_wrong_token(surgery: Surgery) -> None:
    surgery.platform.world.token = "another"
    assert surgery.ill() == {"settings": "warn", "line": "bad"}


def test_line_out_of_reach(surgery: Surgery) -> None:
    surgery.platform.stop()
    assert surgery.ill() == {"settings": "warn", "line": "bad"}


@pytest.mark.parametrize("how", ["other", "none", "off", "broken"])
def test_a_webhook_that_line_does_not_reach(surgery: Surgery, how: str) -> None:
    if how == "broken":
        surgery.statuses.append(500)
    elif how == "off":
        surgery.platform.switch(webhook=False)
    else:
        surgery.platform.webhook_url = "" if how == "none" else "https://elsewhere.example/line/webhook"
    assert surgery.ill() == {"settings": "warn", "webhook": "bad"}


@pytest.mark.parametrize(("used", "level"), [(239, "ok"), (240, "warn"), (300, "bad")])
def test_the_quota(surgery: Surgery, used: int, level: str) -> None:
    surgery.platform.switch(quota=300, used=used)
    assert surgery.levels()["quota"] == level


def test_a_lapsed_plan(surgery: Surgery) -> None:
    with surgery.database.begin() as session:
        note_reading(session, 35_000, 0, surgery.now)
        note_reading(session, 300, 0, surgery.now)
    assert surgery.levels()["quota"] == "bad"
    assert any("35000" in each.thai for each in surgery.findings())


@pytest.mark.parametrize(("seconds", "level"), [(2, "ok"), (15, "warn"), (120, "bad"), (-120, "bad")])
def test_a_clock_that_is_wrong(surgery: Surgery, seconds: int, level: str) -> None:
    surgery.now = datetime.now(UTC) + timedelta(seconds=seconds)
    assert surgery.levels()["clock"] == level


def test_a_missing_menu(surgery: Surgery) -> None:
    surgery.platform.world.menus.clear()
    surgery.platform.world.default_menu = None
    assert surgery.ill() == {"settings": "warn", "richmenu": "warn"}


def test_a_backup_that_is_old(surgery: Surgery) -> None:
    surgery.now += timedelta(days=3)
    assert surgery.levels(offline=True)["backup"] == "bad"


def test_a_full_disk(surgery: Surgery, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("models.checks.KEEP_FREE", 1 << 62)
    assert surgery.levels(offline=True)["disk"] == "bad"


def test_one_question_that_line_does_not_answer_leaves_the_others(surgery: Surgery) -> None:
    surgery.platform.fail("500", only="quota")
    levels = surgery.levels()
    assert levels["line"] == "warn"
    assert levels["webhook"] == "ok"
    assert levels["richmenu"] == "ok"


def test_no_secret_is_ever_shown(surgery: Surgery) -> None:
    surgery.platform.world.token = "another"
    shown = "".join(each.thai + each.english for each in surgery.findings())
    for secret in (SECRET, TOKEN, KEY):
        assert secret not in shown


def test_the_command_prints_signs_and_fails_when_something_is_bad(
    surgery: Surgery, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in surgery.settings.model_dump().items():
        monkeypatch.setenv(name.upper(), str(value))
    assert report(offline=True) == 0
    assert "✔ worker" in capsys.readouterr().out
    monkeypatch.delenv("SECRET_KEY")
    assert report() == 1
    assert capsys.readouterr().out == "✘ settings: ยังไม่ได้ตั้งค่า SECRET_KEY\n    SECRET_KEY is not set\n"


def test_the_worker_keeps_what_it_found(surgery: Surgery) -> None:
    checkup = Checkup(surgery.settings, surgery.database, Line(surgery.settings), lambda: surgery.now)
    assert checkup.work()
    assert not checkup.work()
    with surgery.database.read() as session:
        found = {row.name: row.level for row in kept(session, CHECKUP)}
    assert found["line"] == found["webhook"] == found["database"] == "ok"
    surgery.platform.stop()
    surgery.now += timedelta(hours=1)
    assert checkup.work()
    with surgery.database.read() as session:
        assert {row.name: row.level for row in kept(session, CHECKUP)}["line"] == "bad"


def test_a_job_that_stumbles_is_kept_without_its_words(surgery: Surgery) -> None:
    note_stumble(surgery.database, "chores", ValueError("ความลับ"), surgery.now)
    with surgery.database.read() as session:
        (row,) = stumbles(session, surgery.now - timedelta(days=7))
        assert "ValueError" in row.thai
        assert "ความลับ" not in row.thai + row.english
        assert stumbles(session, surgery.now + timedelta(seconds=1)) == []


def test_an_unreachable_database_shows_no_password(surgery: Surgery, tmp_path: Path) -> None:
    address = "postgresql://songsiang:hunter2@127.0.0.1:1/nothing"
    there = Database(address)
    found = examine(surgery.settings, there, offline=True, clock=lambda: surgery.now)
    there.dispose()
    assert [each.level for each in found] == ["warn", "ok", "bad"]
    assert "hunter2" not in found[-1].thai + found[-1].english


def test_cases_that_nobody_hears_of(surgery: Surgery) -> None:
    with surgery.database.begin() as session:
        nid = session.scalars(select(Staff)).one()
        nid.confidential = False
        seed(session)
    assert surgery.ill()["people"] == "warn"
    with surgery.database.begin() as session:
        clerk = session.scalars(select(Department).where(Department.code == "CLERK")).one()
        session.add(
            Ticket(
                fiscal_year=2570,
                number=1,
                kind="complaint",
                text="เรียกรับเงิน",
                category="other",
                department=clerk,
                sensitive=True,
                received_at=surgery.now,
                answer_by=surgery.now,
            )
        )
    told = [each.thai for each in surgery.findings(offline=True) if each.name == "people"]
    assert any("--confidential" in words for words in told)
    assert surgery.ill()["people"] == "bad"
