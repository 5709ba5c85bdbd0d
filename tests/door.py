"""The web process without a server: its ASGI application on an event loop of its own, callable from any thread."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import select

from bot.asgi import Door, create_asgi
from bot.config import Settings, read_settings
from models.database import Database
from models.incoming import Incoming

SECRET = "8c570fa6dd201bb328f1c1eac23a96d8"
BOT = "U8e742f61d673b39c7fff3cecb7536ef0"


def settings(database_url: str, **given: Any) -> Settings:
    """Complete settings for tests, over this database."""
    known = {
        "line_channel_secret": SECRET,
        "line_channel_access_token": "token",
        "secret_key": "k" * 32,
        "database_url": database_url,
    }
    return read_settings(**(known | given))


def sign(body: bytes, secret: str = SECRET) -> str:
    """LINE's signature of `body`."""
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def webhook(*events: object) -> bytes:
    """A webhook's body."""
    return json.dumps({"destination": BOT, "events": events}, ensure_ascii=False).encode()


def said(number: int | str, text: str = "ไฟถนนดับ", **changed: Any) -> dict[str, Any]:
    """A text message event; `changed` replaces fields, None removes them."""
    event: dict[str, Any] = {
        "type": "message",
        "mode": "active",
        "timestamp": 1_763_600_000_000,
        "source": {"type": "user", "userId": "U" + "1" * 32},
        "webhookEventId": f"01ARZ3NDEKTSV4RRFFQ69G{number:0>4}",
        "deliveryContext": {"isRedelivery": False},
        "replyToken": f"token-{number}",
        "message": {"type": "text", "id": f"{number}", "text": text, "quoteToken": "q"},
    }
    return {name: value for name, value in (event | changed).items() if value is not None}


def stored(database: Database) -> Sequence[Incoming]:
    """All rows of Incoming, in order of arrival."""
    with database.read() as session:
        return session.scalars(select(Incoming).order_by(Incoming.id)).all()


class Knocker:
    """Sends requests to a Door and returns the status (and body) of the answer."""

    def __init__(self, door: Door, loop: asyncio.AbstractEventLoop) -> None:
        self.door = door
        self._loop = loop

    def post(self, body: bytes, signature: str | None = "right") -> int:
        """POST to the webhook; signed rightly unless told otherwise."""
        signature = sign(body) if signature == "right" else signature
        headers = {"x-line-signature": signature} if signature is not None else {}
        return self.request("POST", "/line/webhook", [body], headers)[0]

    def get(self, path: str) -> tuple[int, bytes]:
        """GET a page."""
        return self.request("GET", path, [], {})

    def request(
        self, method: str, path: str, pieces: Sequence[bytes | float], headers: dict[str, str]
    ) -> tuple[int, bytes]:
        """One request; its body arrives in `pieces`, in which a number is a pause in seconds."""
        work = self._request(method, path, pieces, headers)
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=30)

    async def _request(
        self, method: str, path: str, pieces: Sequence[bytes | float], headers: dict[str, str]
    ) -> tuple[int, bytes]:
        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "http_version": "1.1",
            "query_string": b"",
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        }
        waiting = iter([*pieces, b""])
        answer: list[Any] = []

        async def receive() -> dict[str, Any]:
            for piece in waiting:
                if isinstance(piece, bytes):
                    return {"type": "http.request", "body": piece, "more_body": piece != b""}
                await asyncio.sleep(piece)
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            answer.append(message)

        await self.door(scope, receive, send)
        return answer[0]["status"], b"".join(part.get("body", b"") for part in answer[1:])


@contextmanager
def opened(given: Settings | Door) -> Iterator[Knocker]:
    """A running Door, started and stopped as a server would."""
    door = create_asgi(given) if isinstance(given, Settings) else given
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    lifespan: asyncio.Queue[dict[str, str]] = asyncio.Queue()
    told: asyncio.Queue[Any] = asyncio.Queue()
    living = asyncio.run_coroutine_threadsafe(door({"type": "lifespan"}, lifespan.get, told.put), loop)
    asyncio.run_coroutine_threadsafe(lifespan.put({"type": "lifespan.startup"}), loop).result()
    asyncio.run_coroutine_threadsafe(told.get(), loop).result(timeout=10)
    try:
        yield Knocker(door, loop)
    finally:
        asyncio.run_coroutine_threadsafe(lifespan.put({"type": "lifespan.shutdown"}), loop).result()
        living.result(timeout=15)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
