"""What our server could do at best: the same gunicorn and event loop, the signature is checked, nothing is stored."""

from __future__ import annotations

from bench.load import SECRET
from bot.asgi import Receive, Scope, Send
from bot.webhook import is_signed


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """An ASGI application with one answer."""
    if scope["type"] == "lifespan":
        while (await receive())["type"] == "lifespan.startup":
            await send({"type": "lifespan.startup.complete"})
        await send({"type": "lifespan.shutdown.complete"})
        return
    body, more = b"", scope["method"] == "POST"
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    signed = is_signed(SECRET.encode(), dict(scope["headers"]).get(b"x-line-signature", b""), body)
    headers = [(b"content-length", b"0")]
    await send({"type": "http.response.start", "status": 200 if signed else 401, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
