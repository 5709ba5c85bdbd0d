"""What staff put in from a page: looked at, written anew without hidden notes, and kept beside what LINE brought.

The bytes are taken in before the transaction (`needs(…, before=uploads.bring)`), because making pictures smaller takes
its time; the rows are made in it (`adopt`). When the page refuses, the bytes go again.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from flask import after_this_request, request
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from models import filing, storage
from models.files import File, spoken
from models.pictures import BadPicture
from models.storage import BadContent, Store, Stored
from models.tickets import Ticket
from nlp.search import search_text
from web.context import console
from web.desk import Desk

#: The name of the fields that bring files, and how many are taken at once.
FIELD, MOST = "photos", 10


@dataclass
class Brought:
    """What came with a request: files that lie on the disk already, and what was not taken (names of texts)."""

    files: list[tuple[str, str, Stored]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def bring(*names: str) -> Brought:
    """Take in the files of this request (in fields of these names). They go again when the answer is a refusal."""
    found, store = Brought(), console().store
    sent = [one for name in names or (FIELD,) for one in request.files.getlist(name) if one.filename]
    if len(sent) > MOST:
        found.faults.append("upload.too_many")
        return found
    for one in sent:
        try:
            found.files.append(_keep(store, one))
        except (BadContent, BadPicture):
            found.faults.append("upload.type")
        except _TooBig:
            found.faults.append("upload.big")
        except OSError:
            found.faults.append("upload.disk")
    drop_when_refused(found)
    return found


class _TooBig(Exception):
    pass


def _keep(store: Store, one: FileStorage) -> tuple[str, str, Stored]:
    token = storage.new_token()
    with storage.workshop(store) as room:
        raw, size = room / "raw", 0
        with raw.open("wb") as file:
            while piece := one.stream.read(1 << 20):
                size += len(piece)
                if size > storage.CAPS["file"]:
                    raise _TooBig
                file.write(piece)
        return token, (one.filename or "")[-255:], storage.keep(store, raw, token, "file")


def drop_when_refused(found: Brought) -> None:
    """Take the bytes away again when this request is answered with a refusal."""
    store = console().store

    @after_this_request
    def swept(response: Response) -> Response:
        if response.status_code >= 400 or found.faults:
            with suppress(OSError):  # what stays is under a name that no row knows
                for token, _, _ in found.files:
                    storage.drop(store, token)
        return response


def brought(desk: Desk) -> Sequence[tuple[str, str, Stored]]:
    """The files that came with this request."""
    return desk.brought.files if isinstance(desk.brought, Brought) else []


def faults(desk: Desk) -> list[str]:
    """What was not taken, as names of texts."""
    return list(dict.fromkeys(desk.brought.faults)) if isinstance(desk.brought, Brought) else []


def adopt(desk: Desk, ticket: Ticket, purpose: str) -> list[File]:
    """Make the rows of what was brought, on this case."""
    found = desk.brought if isinstance(desk.brought, Brought) else Brought()
    made = rows(found, ticket.id, purpose, desk.viewer.staff_id, desk.now)
    desk.session.add_all(made)
    return made


def rows(found: Brought, ticket_id: int, purpose: str, staff_id: int, now: datetime) -> list[File]:
    """The rows of what was brought, on this case, for the session."""
    return [_row(ticket_id, purpose, staff_id, now, *one) for one in found.files]


def _row(ticket_id: int, purpose: str, staff_id: int, now: datetime, token: str, name: str, stored: Stored) -> File:
    row = File(
        token=token,
        message_id=f"web:{token}",
        chat_key="web",
        ticket_id=ticket_id,
        kind=stored.kind,
        purpose=purpose,
        name="" if stored.kind == "image" else name,
        staff_id=staff_id,
        created_at=now,
    )
    storage.note(row, stored)
    return row


def index(desk: Desk, ticket: Ticket) -> None:
    """Make the search column of a case anew, with what was written down of its voices."""
    filing.index(ticket, search_text, *spoken(desk.session, ticket.id))
