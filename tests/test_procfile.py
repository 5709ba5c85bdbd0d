"""The Procfile's lines, run with the documented settings alone, are a complete production start."""

from __future__ import annotations

import http.client
import importlib.util
import json
import shlex
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bench.servers import BARE, ROOT, Server, free_port, serving
from models.database import Database
from models.incoming import DONE
from tests.door import SECRET, said, sign, stored, webhook

LINES = dict(line.split(": ", 1) for line in (ROOT / "Procfile").read_text().splitlines())
WORKER = pytest.mark.skipif(not importlib.util.find_spec("bot.worker"), reason="bot/worker.py is not there")


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """The settings that the README documents, and nothing else of this machine; the default database."""
    nobody = f"http://127.0.0.1:{free_port()}"
    return BARE | {
        "LINE_CHANNEL_SECRET": SECRET,
        "LINE_CHANNEL_ACCESS_TOKEN": "token",
        "LINE_API_URL": nobody,
        "LINE_DATA_URL": nobody,
        "PUBLIC_URL": "https://town.example",
        "SECRET_KEY": "k" * 40,
        "DATA_DIR": str(tmp_path / "data"),
        "PORT": str(free_port()),
    }


def run(name: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run one line to its end."""
    command = shlex.split(LINES[name])
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False)


@contextmanager
def web(environment: dict[str, str], folder: Path) -> Iterator[Server]:
    """The `web` line, running."""
    with serving(shlex.split(LINES["web"]), environment, folder / "web.log", int(environment["PORT"])) as server:
        yield server


def deliver(server: Server, body: bytes) -> int:
    """POST a signed webhook as LINE would."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    connection.request("POST", "/line/webhook", body, {"x-line-signature": sign(body)})
    status = connection.getresponse().status
    connection.close()
    return status


def test_release_then_web_serves(environment: dict[str, str], tmp_path: Path) -> None:
    with web(environment, tmp_path) as server:
        status, report = server.get("/readyz")
        assert (status, json.loads(report)["migrations"]) == (503, False)
        assert run("release", environment).returncode == 0
        assert deliver(server, webhook(said(1))) == 200
        status, report = server.get("/readyz")
        assert (status, json.loads(report)["ready"]) == (200, True)
        assert server.get("/healthz")[0] == 200
    database = Database(f"sqlite:///{environment['DATA_DIR']}/songsiang.db")
    assert len(stored(database)) == 1
    database.dispose()


@WORKER
def test_the_worker_handles_what_web_has_stored(
    environment: dict[str, str], database: Database, database_url: str, tmp_path: Path
) -> None:
    environment["DATABASE_URL"] = database_url
    worker = ["bash", "-c", f"exec {LINES['worker']}"]
    with web(environment, tmp_path) as server, (tmp_path / "worker.log").open("wb") as log:
        assert deliver(server, webhook(said(1))) == 200
        process = subprocess.Popen(worker, cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            until = time.monotonic() + 60
            while [row.state for row in stored(database)] != [DONE] and time.monotonic() < until:
                time.sleep(0.1)
        finally:
            process.terminate()
            process.wait(timeout=20)
    assert [row.state for row in stored(database)] == [DONE], (tmp_path / "worker.log").read_text()


@pytest.mark.parametrize(
    ("name", "setting", "value"),
    [
        ("web", "LINE_CHANNEL_SECRET", None),
        ("web", "LINE_CHANNEL_ACCESS_TOKEN", None),
        ("web", "SECRET_KEY", "short"),
        ("web", "PORT", "a door"),
        ("web", "LINE_API_URL", "not an address"),
        ("web", "DATABASE_URL", "mysql://user@host/name"),
        ("web", "DATABASE_URL", "postgresql:nowhere"),
        ("web", "DATA_DIR", "/dev/null/data"),
        ("release", "SECRET_KEY", None),
        ("release", "DATA_DIR", "/dev/null/data"),
        pytest.param("worker", "SECRET_KEY", None, marks=WORKER),
        pytest.param("worker", "DATA_DIR", "/dev/null/data", marks=WORKER),
    ],
)
def test_a_wrong_setting_is_named_and_nothing_starts(
    tmp_path: Path, name: str, setting: str, value: str | None
) -> None:
    complete = BARE | {
        "LINE_CHANNEL_SECRET": SECRET,
        "LINE_CHANNEL_ACCESS_TOKEN": "a-token-nobody-may-see",
        "SECRET_KEY": "k" * 40,
        "DATA_DIR": str(tmp_path),
        "PORT": str(free_port()),
    }
    wrong = {key: text for key, text in (complete | {setting: value}).items() if text is not None}
    ended = run(name, wrong)
    assert ended.returncode == 2, ended.stderr
    assert setting in ended.stderr
    assert "Traceback" not in ended.stderr
    assert complete["LINE_CHANNEL_ACCESS_TOKEN"] not in ended.stderr
