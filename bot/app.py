"""The Flask application: where the pages are put together. The webhook does not come here (bot/asgi.py)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask, Response, jsonify

from bot.bucket import store_of
from bot.config import Settings
from bot.health import readiness
from bot.wake import Waker
from models.database import Database
from models.key_room import KeyRoom
from web import console, files
from web.assets import Assets, find_modules
from web.context import Console, LineLogin

ROOT = Path(__file__).parent.parent


def _now() -> datetime:
    return datetime.now(UTC)


def create_app(
    settings: Settings,
    database: Database,
    waker: Waker,
    writer_alive: Callable[[], bool] = lambda: True,
    clock: Callable[[], datetime] | None = None,
) -> Flask:
    """All pages over one municipality's database.

    `waker` rings for the worker after a page has stored something. `writer_alive` tells whether this process can store
    webhooks, for `/readyz`. `clock` tells the time to pages; by default the machine's. The parts hang on
    `app.extensions["songsiang"]` for the blueprints.
    """
    clock = clock or _now
    app = Flask("songsiang", static_folder=None, template_folder=None)
    app.secret_key = settings.secret_key
    app.extensions["songsiang"] = {"settings": settings, "database": database, "waker": waker}

    @app.get("/healthz")
    def healthz() -> Response:
        return jsonify(alive=True)

    @app.get("/readyz")
    def readyz() -> tuple[Response, int]:
        ready, report = readiness(database, clock(), writer_alive)
        return jsonify(ready=ready, **report), 200 if ready else 503

    pages = _console(settings, database, waker, clock)
    app.register_blueprint(files.blueprint(database, pages.store))
    console.register(app, pages)
    return app


def _console(settings: Settings, database: Database, waker: Waker, clock: Callable[[], datetime]) -> Console:
    """What the console needs of the settings."""
    login = LineLogin(
        settings.line_login_channel_id,
        settings.line_login_channel_secret,
        settings.line_login_url,
        settings.line_api_url,
    )
    return Console(
        database=database,
        clock=clock,
        ring=waker.notify,
        key=settings.secret_key,
        public_url=settings.public_url,
        store=store_of(settings),
        assets=Assets(find_modules(ROOT)),
        keys=KeyRoom(settings.key_room),
        tiles=settings.map_tiles_url,
        proxies=settings.trusted_proxies,
        line_login=login if settings.line_login_channel_id else None,
        internal=settings.internal,
        traffy=bool(settings.traffy_user),
    )
