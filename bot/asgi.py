"""The front door of the web process: `POST /line/webhook` is answered here, everything else goes on to Flask.

Taking the webhook before Flask, on the event loop, is what makes it fast (docs/performance.md). gunicorn loads
`bot.asgi:application()` in each of its processes, so that engines and threads begin after the fork.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from datetime import datetime
from typing import Any

from a2wsgi import WSGIMiddleware

from bot.app import create_app
from bot.config import Settings
from bot.discretion import Discretion
from bot.start import database_or_exit, settings_or_exit
from bot.wake import Waker
from bot.webhook import LARGEST_BODY, Webhook
from bot.writer import Writer
from models.database import Database
from models.key_room import KeyRoom

log = logging.getLogger(__name__)

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

WEBHOOK_PATH = "/line/webhook"


class Door:
    """An ASGI application: the webhook by itself, the pages through WSGI; starts and stops the writer."""

    def __init__(self, webhook: Webhook, pages: Any, writer: Writer, database: Database, patience: float = 5.0) -> None:
        """`pages` is an ASGI application. A body that takes longer than `patience` seconds is refused with 408."""
        self.database = database
        self._webhook = webhook
        self._pages = pages
        self.writer = writer
        self._patience = patience

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or the server's start and stop."""
        if scope["type"] == "http" and scope["path"] == WEBHOOK_PATH:
            await self._answer(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self._live(receive, send)
        else:
            await self._pages(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] != "POST":
            await _respond(send, 405, [(b"allow", b"POST")])
            return
        headers = dict(scope["headers"])
        try:
            async with asyncio.timeout(self._patience):
                body = await _read_body(headers, receive)
        except TimeoutError:
            await _respond(send, 408, [(b"connection", b"close")])
            return
        if body is None:
            await _respond(send, 413, [(b"connection", b"close")])
            return
        await _respond(send, await self._webhook.receive(headers.get(b"x-line-signature"), body))

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        self.writer.start()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        self.writer.close()
        self.database.dispose()
        await send({"type": "lifespan.shutdown.complete"})


def create_asgi(settings: Settings, patience: float = 5.0, clock: Callable[[], datetime] | None = None) -> Door:
    """The whole web process of one municipality; nothing runs before the server's start event.

    `clock` tells when events arrive, and the time to pages; by default the machine's.
    """
    database = database_or_exit(settings)
    waker = Waker(database)
    writer = Writer(database, waker)
    pages = create_app(settings, database, waker, writer_alive=lambda: writer.alive, clock=clock)
    webhook = Webhook(settings.line_channel_secret, writer, clock, Discretion(KeyRoom(settings.key_room)))
    return Door(webhook, WSGIMiddleware(pages), writer, database, patience)


def application() -> Door:
    """For gunicorn: the web process as the environment describes it. Ends the process when a setting is wrong."""
    return create_asgi(settings_or_exit())


async def _read_body(headers: dict[bytes, bytes], receive: Receive) -> bytes | None:
    """The whole body; None when it is larger than any webhook. A client that goes away leaves what it sent."""
    with contextlib.suppress(ValueError):
        if int(headers.get(b"content-length", b"0")) > LARGEST_BODY:
            return None
    message = await receive()
    body = message.get("body", b"")
    while message.get("more_body"):
        message = await receive()
        body += message.get("body", b"")
        if len(body) > LARGEST_BODY:
            return None
    return bytes(body)


async def _respond(send: Send, status: int, headers: list[tuple[bytes, bytes]] | None = None) -> None:
    length = [(b"content-length", b"0")]
    await send({"type": "http.response.start", "status": status, "headers": length + (headers or [])})
    await send({"type": "http.response.body", "body": b""})
