"""LINE's side of a load test: signed webhooks with one text message each, sent in a closed or an open loop.

Closed: so many connections, each sends when its last answer has come; shows how much a server can do. Open: so many
requests a second, whatever the answers do; shows how long a resident's message waits. Times in seconds.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import statistics
import time
from collections import Counter, deque
from collections.abc import Coroutine, Iterator, Sequence
from dataclasses import dataclass, field
from typing import cast

import uvloop

SECRET = "8c570fa6dd201bb328f1c1eac23a96d8"
_BOT = "U8e742f61d673b39c7fff3cecb7536ef0"


@dataclass
class Result:
    """What one run measured: every answer's time from (scheduled) sending, its status, and what the server spent."""

    seconds: float = 0.0
    cpu: float = 0.0
    times: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)

    @property
    def rate(self) -> float:
        """Answers with 200 per second."""
        return self.statuses[200] / self.seconds

    def percentile(self, percent: int) -> float:
        """The time that so many percent of the answers took at most."""
        return statistics.quantiles(self.times, n=100, method="inclusive")[percent - 1]


def requests(count: int, run: str, people: int = 500) -> list[bytes]:
    """Whole HTTP requests, signed, each with one event of its own; `run` keeps the ids of two runs apart."""
    return [_request(f"{run}{number:07d}", f"U{number % people:032x}") for number in range(count)]


def _request(event: str, person: str) -> bytes:
    message = {"type": "text", "id": event, "quoteToken": "q" * 60, "text": "ไฟถนนหน้าวัดดับมาสามวันแล้วครับ ช่วยมาดูให้หน่อย"}
    content = {
        "destination": _BOT,
        "events": [
            {
                "type": "message",
                "message": message,
                "webhookEventId": event,
                "deliveryContext": {"isRedelivery": False},
                "timestamp": 1_763_600_000_000,
                "source": {"type": "user", "userId": person},
                "replyToken": event.rjust(32, "0"),
                "mode": "active",
            }
        ],
    }
    body = json.dumps(content, ensure_ascii=False).encode()
    signature = base64.b64encode(hmac.new(SECRET.encode(), body, hashlib.sha256).digest()).decode()
    head = (
        "POST /line/webhook HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json; charset=utf-8\r\n"
        f"X-Line-Signature: {signature}\r\nUser-Agent: LineBotWebhook/2.0\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def closed(port: int, work: Sequence[bytes], connections: int, seconds: float) -> Result:
    """Send `work` over so many connections for so long, or until it is used up."""
    return _run(_closed(port, iter(work), connections, seconds))


def open_loop(port: int, work: Sequence[bytes], per_second: float) -> Result:
    """Send all of `work` at this rate, evenly; a request that finds no free connection opens one."""
    return _run(_open_loop(port, work, per_second))


def _run(work: Coroutine[None, None, Result]) -> Result:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work)


async def _closed(port: int, work: Iterator[bytes], connections: int, seconds: float) -> Result:
    result = Result()
    lines = [await _Line.connect(port) for _ in range(connections)]
    begun = time.perf_counter()

    async def drive(line: _Line) -> None:
        for request in work:
            sent = time.perf_counter()
            if sent - begun > seconds:
                break
            result.statuses[await line.ask(request)] += 1
            result.times.append(time.perf_counter() - sent)

    await asyncio.gather(*map(drive, lines))
    result.seconds = time.perf_counter() - begun
    for line in lines:
        line.close()
    return result


async def _open_loop(port: int, work: Sequence[bytes], per_second: float) -> Result:
    result = Result()
    idle: deque[_Line] = deque()
    begun = time.perf_counter()

    async def one(request: bytes, due: float) -> None:
        line = idle.pop() if idle else await _Line.connect(port)
        result.statuses[await line.ask(request)] += 1
        result.times.append(time.perf_counter() - due)
        idle.append(line)

    async with asyncio.TaskGroup() as group:
        for number, request in enumerate(work):
            due = begun + number / per_second
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            group.create_task(one(request, due))
    result.seconds = time.perf_counter() - begun
    for line in idle:
        line.close()
    return result


class _Line(asyncio.Protocol):
    """One kept-alive connection with at most one request on its way."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[int] | None = None
        self._data = b""

    @classmethod
    async def connect(cls, port: int) -> _Line:
        line: _Line
        _, line = await asyncio.get_running_loop().create_connection(cls, "127.0.0.1", port)
        return line

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is none by birth

    def data_received(self, data: bytes) -> None:
        self._data += data
        head, end, body = self._data.partition(b"\r\n\r\n")
        if end and self._answer and len(body) >= _length(head):
            self._answer.set_result(int(head[9:12]))

    def connection_lost(self, exc: Exception | None) -> None:
        if self._answer and not self._answer.done():
            self._answer.set_exception(exc or ConnectionResetError("the server hung up"))

    async def ask(self, request: bytes) -> int:
        """Send one request; the status of its answer."""
        assert self._transport
        self._data = b""
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._answer

    def close(self) -> None:
        """Hang up."""
        if self._transport:
            self._transport.close()


def _length(head: bytes) -> int:
    _, found, rest = head.lower().partition(b"content-length:")
    return int(rest.split(b"\r\n", 1)[0]) if found else 0
