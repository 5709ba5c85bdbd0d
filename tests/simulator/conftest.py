"""A started simulator whose bot is a callable that keeps what it heard."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
import urllib3

from simulator import Simulator

Json = dict[str, Any]


@dataclass
class Bot:
    """The bot at the other end: notes every webhook and answers ``status``."""

    status: int = 200
    heard: list[Json] = field(default_factory=list)
    raw: list[tuple[bytes, dict[str, str]]] = field(default_factory=list)

    def __call__(self, body: bytes, headers: Mapping[str, str]) -> int:
        self.raw.append((body, dict(headers)))
        self.heard.extend(json.loads(body)["events"])
        return self.status

    @property
    def last(self) -> Json:
        """The last event."""
        return self.heard[-1]


@dataclass
class Clock:
    """Seconds since 1970 that pass only when told."""

    at: float = 1_795_000_000.0

    def __call__(self) -> float:
        return self.at


@dataclass
class Client:
    """Calls LINE's API as a bot does."""

    url: str
    token: str = "token"
    http: urllib3.PoolManager = field(default_factory=lambda: urllib3.PoolManager(retries=False))

    def call(
        self, method: str, path: str, body: object = None, *, headers: Mapping[str, str] | None = None
    ) -> urllib3.BaseHTTPResponse:
        """One request with the Bearer token and, when given, a JSON body (or raw bytes)."""
        sent = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json", **(headers or {})}
        data = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        return self.http.request(method, self.url + path, body=data, headers=sent)

    def push(self, to: str, *messages: Json, key: str | None = None) -> urllib3.BaseHTTPResponse:
        """Push messages (a text by default)."""
        headers = {"X-Line-Retry-Key": key} if key else {}
        body = {"to": to, "messages": list(messages) or [text("ข่าว")]}
        return self.call("POST", "/v2/bot/message/push", body, headers=headers)

    def reply(self, token: str, *messages: Json) -> urllib3.BaseHTTPResponse:
        """Reply with messages (a text by default)."""
        return self.call(
            "POST", "/v2/bot/message/reply", {"replyToken": token, "messages": list(messages) or [text("ตอบ")]}
        )


def text(words: str, **more: object) -> Json:
    """A text message."""
    return {"type": "text", "text": words, **more}


@pytest.fixture
def bot() -> Bot:
    return Bot()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def line(bot: Bot, clock: Clock) -> Iterator[Simulator]:
    with Simulator(secret="secret", token="token", transport=bot, deliver="now", clock=clock) as simulator:
        yield simulator


@pytest.fixture
def client(line: Simulator) -> Iterator[Client]:
    caller = Client(line.url)
    yield caller
    caller.http.clear()
