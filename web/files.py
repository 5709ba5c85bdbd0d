"""Pictures, voice and documents, for LINE's phones and the console: by unguessable names, never as a page.

LINE shows pictures by fetching their address, without a login: the token (128 random bits) is the right to see it.
"""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, Response, abort, send_file

from models.database import Database
from models.files import File, file_by_token, path_of, preview_of

#: Kinds that a browser may show; everything else is only downloaded.
SHOWN = ("image/jpeg", "image/png", "audio/mp4", "audio/x-m4a", "audio/mpeg", "audio/ogg", "video/mp4")


def blueprint(database: Database, folder: Path) -> Blueprint:
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
        return _send(find(token), path_of(folder, token))

    @pages.get("/f/<token>/preview")
    def preview(token: str) -> Response:
        file = find(token)
        small = preview_of(folder, token)
        return _send(file, small if small.exists() else path_of(folder, token))

    return pages


def _send(file: File, path: Path) -> Response:
    if not path.is_file():
        abort(404)
    shown = file.mime in SHOWN
    name = None if shown else (file.name or "file")
    response = send_file(path.absolute(), file.mime if shown else "application/octet-stream", not shown, name)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, max-age=3600"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
