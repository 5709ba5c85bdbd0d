"""The usual way, done well: Flask, line-bot-sdk's parser, an ORM insert and a commit in each request.

It is spared what usually goes wrong as well: the SDK's parser loses a batch with an unknown field value, and SQLite's
own defaults (no WAL) would be far slower.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import Any

from flask import Flask, abort, request
from linebot.v3 import WebhookParser
from linebot.v3.exceptions import InvalidSignatureError
from sqlalchemy import create_engine, event, select
from sqlalchemy.orm import Session, sessionmaker

from bench.load import SECRET
from models.incoming import Incoming


def application() -> Flask:
    """For gunicorn: the webhook over the database of DATABASE_URL."""
    app = Flask(__name__)
    parser = WebhookParser(SECRET)
    sessions = _sessions(os.environ["DATABASE_URL"])

    @app.get("/healthz")
    def healthz() -> str:
        return "OK"

    @app.post("/line/webhook")
    def webhook() -> str:
        try:
            events = parser.parse(request.get_data(as_text=True), request.headers["X-Line-Signature"])
        except InvalidSignatureError:
            abort(401)
        with sessions() as session:
            for item in events:
                _store(session, item)
            session.commit()
        return "OK"

    return app


def _sessions(url: str) -> sessionmaker[Session]:
    engine = create_engine(url, pool_size=8)
    if engine.dialect.name == "sqlite":

        @event.listens_for(engine, "connect")
        def connected(connection: Any, _record: object) -> None:
            connection.execute("PRAGMA busy_timeout=10000")
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=FULL")

    return sessionmaker(engine)


def _store(session: Session, item: Any) -> None:
    if session.scalar(select(Incoming.id).where(Incoming.event_id == item.webhook_event_id)):
        return
    session.add(
        Incoming(
            event_id=item.webhook_event_id,
            chat_key=item.source.user_id,
            kind=item.type,
            message_id=item.message.id,
            raw=item.to_json(),
            received_at=datetime.now(UTC),
        )
    )
