"""Health: `/healthz` says that the process lives, `/readyz` whether it can take webhooks, and never a secret."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import text

from bot.health import readiness
from bot.migrate import head, migrate
from models.database import Database
from models.heartbeat import beat
from tests.door import Knocker, opened, said, settings, webhook

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def ready(knocker: Knocker) -> tuple[int, dict[str, Any]]:
    """The answer of /readyz."""
    status, body = knocker.get("/readyz")
    return status, json.loads(body)


def test_a_released_database_is_ready(empty_database: Database) -> None:
    migrate(empty_database)
    url = empty_database.engine.url.render_as_string(hide_password=False)
    with opened(settings(url)) as knocker:
        status, report = ready(knocker)
        assert knocker.get("/healthz")[0] == 200
    assert (status, report["ready"], report["migrations"], report["writer"]) == (200, True, True, True)


def test_a_database_of_another_version_is_not_ready(empty_database: Database) -> None:
    migrate(empty_database)
    with empty_database.begin() as session:
        session.execute(text("UPDATE alembic_version SET version_num = 'older'"))
    good, report = readiness(empty_database, NOW, lambda: True)
    assert (good, report["database"], report["migrations"]) == (False, True, False)


def test_a_database_that_is_down_is_told_without_its_password() -> None:
    with opened(settings("postgresql://clerk:hush@127.0.0.1:1/town")) as knocker:
        status, report = ready(knocker)
        assert knocker.get("/healthz")[0] == 200, "the process lives all the same"
    assert (status, report["database"]) == (503, False)
    assert "hush" not in str(report)


def test_a_writer_that_has_ended_is_not_ready(quick_database: Database) -> None:
    with opened(settings(f"sqlite:///{quick_database.file}")) as knocker:
        pass
    app = knocker.door
    assert not app.writer.alive
    good, report = readiness(quick_database, NOW, lambda: app.writer.alive)
    assert (good, report["writer"]) == (False, False)


def test_waiting_events_and_the_worker_s_life_are_told(quick_database: Database) -> None:
    with quick_database.begin() as session:
        session.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32))"))
        session.execute(text("INSERT INTO alembic_version VALUES (:head)"), {"head": head()})
    assert readiness(quick_database, NOW, lambda: True)[1]["worker_seen_seconds"] is None
    beat(quick_database, "worker", NOW - timedelta(seconds=7))
    with opened(settings(f"sqlite:///{quick_database.file}")) as knocker:
        assert knocker.post(webhook(said(1))) == 200
        status, report = ready(knocker)
    assert status == 200
    assert report["oldest_waiting_seconds"] >= 0
    assert readiness(quick_database, NOW, lambda: True)[1]["worker_seen_seconds"] == 7.0
