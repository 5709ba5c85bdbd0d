"""Killed with SIGKILL in the middle of the rush, the web process has lost no event that it had answered with 200."""

from __future__ import annotations

import http.client
import shlex
import threading
from pathlib import Path

from bench.servers import BARE, Server, free_port, serving
from models.database import Database
from tests.door import SECRET, said, sign, stored, webhook
from tests.test_procfile import LINES

ENOUGH = 300


class Rush:
    """Several connections that deliver events until the server dies, and remember which ones were acknowledged."""

    def __init__(self, server: Server) -> None:
        self.acknowledged: list[str] = []
        self.enough = threading.Event()
        self._server = server
        self._threads = [threading.Thread(target=self._deliver, args=(lane,)) for lane in range(8)]

    def run(self) -> None:
        """Deliver, have the server killed once enough was acknowledged, and return when all connections are broken."""
        for thread in self._threads:
            thread.start()
        assert self.enough.wait(60)
        self._server.kill()
        for thread in self._threads:
            thread.join()

    def _deliver(self, lane: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._server.port, timeout=10)
        try:
            for number in range(100_000):
                self._one(connection, f"{lane}x{number}")
        except (OSError, http.client.HTTPException):
            connection.close()

    def _one(self, connection: http.client.HTTPConnection, name: str) -> None:
        body = webhook(said(name, webhookEventId=f"{name}-a"), said(name, webhookEventId=f"{name}-b"))
        connection.request("POST", "/line/webhook", body, {"x-line-signature": sign(body)})
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 200
        self.acknowledged += [f"{name}-a", f"{name}-b"]
        if len(self.acknowledged) > ENOUGH:
            self.enough.set()


def test_what_was_acknowledged_is_there(database_url: str, tmp_path: Path) -> None:
    port = free_port()
    environment = BARE | {
        "DATABASE_URL": database_url,
        "LINE_CHANNEL_SECRET": SECRET,
        "LINE_CHANNEL_ACCESS_TOKEN": "token",
        "SECRET_KEY": "k" * 40,
        "PORT": str(port),
        "WEB_CONCURRENCY": "2",
    }
    with serving(shlex.split(LINES["web"]), environment, tmp_path / "web.log", port) as server:
        rush = Rush(server)
        rush.run()
    database = Database(database_url)
    there = {row.event_id for row in stored(database)}
    database.dispose()
    assert len(rush.acknowledged) > ENOUGH
    assert set(rush.acknowledged) <= there
    assert {name[:-1] + "a" for name in there} == {name[:-1] + "a" for name in there if name.endswith("b")}
