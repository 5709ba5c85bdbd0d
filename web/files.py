"""Pictures, voice and documents, for LINE's phones and the console: by unguessable names, never as a page.

LINE shows pictures by fetching their address, without a login: the token (128 random bits) is the right to see it.
What lies in a bucket goes through here too, so that what was taken back cannot be seen a moment longer.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC
from typing import IO, cast
from urllib.parse import quote

from flask import Blueprint, Response, abort, request
from werkzeug.wsgi import FileWrapper

from models.database import Database
from models.files import File, file_by_token, small_name
from models.storage import Opened, Store

#: Kinds that a browser may show; everything else is only downloaded.
SHOWN = ("image/jpeg", "image/png", "audio/mp4", "audio/x-m4a", "audio/mpeg", "audio/ogg", "video/mp4")
#: Bytes that are read at a time.
PIECE = 1 << 18


def blueprint(database: Database, store: Store) -> Blueprint:
    """`/f/<token>` and `/f/<token>/preview`."""
    pages = Blueprint("files", __name__)

    def find(token: str) -> File:
        with database.read() as session:
            file = file_by_token(session, token)
        if file is None or file.state != "stored":
            abort(404)
        return file

    @pages.get("/f/<token>")
    def whole(token: str) -> Response:
        return _send(store, find(token), token)

    @pages.get("/f/<token>/preview")
    def preview(token: str) -> Response:
        return _send(store, find(token), small_name(token), token)

    return pages


def _send(store: Store, file: File, *names: str) -> Response:
    """The first of these names that is there. A name's bytes never change, so it is its own mark for caches."""
    for name in names:
        with suppress(FileNotFoundError):
            return _guarded(_response(file, _opened(store, name), name))
    return abort(404)


def _opened(store: Store, name: str) -> Opened:
    try:
        return store.open(name)
    except FileNotFoundError:
        raise
    except OSError:
        abort(503)  # the store is away; the phone or the browser asks again


def _response(file: File, opened: Opened, name: str) -> Response:
    """The bytes, all or the part that was asked for (players fetch voices and videos in parts)."""
    response = Response(FileWrapper(cast("IO[bytes]", opened.stream), PIECE), direct_passthrough=True)
    response.call_on_close(opened.stream.close)
    response.mimetype = file.mime if file.mime in SHOWN else "application/octet-stream"
    response.content_length = opened.size
    response.set_etag(name)
    response.last_modified = file.created_at.astimezone(UTC)
    response.make_conditional(request.environ, accept_ranges=True, complete_length=opened.size)
    if file.mime not in SHOWN:
        response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(file.name or 'file', safe='')}"
    return response


def _guarded(response: Response) -> Response:
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, max-age=3600"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
