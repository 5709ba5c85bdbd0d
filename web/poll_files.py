"""The files of a poll under addresses that stay: `/polls/<code>/files/<name>`, and all of them in `<code>.zip`.

What may be had when is models/poll_count.download's to say; here it gets its type and its name.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response
from werkzeug.exceptions import NotFound

from ballots import bundle, export
from models import poll_count
from models.polls import Poll
from web.desk import Desk

VERIFY = "verify.py"
#: What each file is (poll.file_<kind>), in the order in which people look for them.
KINDS = {
    export.RESULTS: "results",
    export.MANIFEST: "manifest",
    export.BOARD: "board",
    export.HEAD: "head",
    export.BALLOTS: "ballots",
    export.PAPER: "paper",
}
TYPES = {
    "json": "application/json",
    "jsonl": "application/x-ndjson",
    "bin": "application/octet-stream",
    "csv": "text/csv; charset=utf-8",
    "pb": "text/plain; charset=utf-8",
    "py": "text/x-python; charset=utf-8",
    "zip": "application/zip",
}


@dataclass(frozen=True)
class Listed:
    """A file as the page lists it: name, and what it is."""

    name: str
    kind: str


def listed(poll: Poll) -> list[Listed]:
    """The files there are now, without making any of them."""
    names = [Listed(f"{poll.code}.zip", "all"), Listed(VERIFY, "verify")]
    if poll.state == "published":
        names.append(Listed("result.csv", "csv"))
        if poll.draft.get("budget") and not poll.draft.get("per_area"):
            names.append(Listed("result.pb", "pb"))
        return names + [Listed(name, kind) for name, kind in KINDS.items()]
    return names + [Listed(name, KINDS[name]) for name in (export.MANIFEST, export.BOARD, export.HEAD)]


def send(desk: Desk, poll: Poll, name: str) -> Response:
    """One file, never kept by caches while the poll may still change. Raises NotFound."""
    if name == VERIFY:
        return _answer(poll, name, bundle.verify_source().encode())
    files = poll_count.download(desk.session, desk.console.keys, poll)
    if name == f"{poll.code}.zip":
        return _answer(poll, name, export.to_zip(files))
    if name not in files:
        raise NotFound
    return _answer(poll, name, files[name])


def _answer(poll: Poll, name: str, content: bytes) -> Response:
    response = Response(content, content_type=TYPES.get(name.rpartition(".")[2], "application/octet-stream"))
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "public, max-age=3600" if poll.state == "published" else "no-cache"
    return response
