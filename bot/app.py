"""The Flask application: where the pages are put together. The webhook does not come here (bot/asgi.py)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from flask import Flask, Response, jsonify

from bot.config import Settings
from bot.health import readiness
from bot.wake import Waker
from models.database import Database
from web import files


def create_app(
    settings: Settings, database: Database, waker: Waker, writer_alive: Callable[[], bool] = lambda: True
) -> Flask:
    """All pages over one municipality's database.

    `waker` rings for the worker after a page has stored something. `writer_alive` tells whether this process can store
    webhooks, for `/readyz`. The parts hang on `app.extensions["songsiang"]` for the blueprints.
    """
    app = Flask("songsiang", static_folder=None, template_folder=None)
    app.secret_key = settings.secret_key
    app.extensions["songsiang"] = {"settings": settings, "database": database, "waker": waker}

    @app.get("/healthz")
    def healthz() -> Response:
        return jsonify(alive=True)

    @app.get("/readyz")
    def readyz() -> tuple[Response, int]:
        ready, report = readiness(database, datetime.now(UTC), writer_alive)
        return jsonify(ready=ready, **report), 200 if ready else 503

    app.register_blueprint(files.blueprint(database, settings.files_dir))
    return app
