"""Public copies of photos: what a case, a project and a proposal have in common when a photo is shown to everybody.

The original stays as it is; the copy has its rectangles covered, and is made before the transaction (`covered`).
"""

from __future__ import annotations

from pathlib import Path

from flask import request
from PIL import Image

from models import storage
from models.files import File
from models.pictures import Box, cover
from web import uploads
from web.context import console
from web.desk import Desk

#: Rectangles on one picture.
MOST_BOXES = 60


def row_of(desk: Desk, purpose: str, token: str, name: str, stored: storage.Stored) -> File:
    """The row of something that staff put in."""
    row = File(
        token=token,
        message_id=f"web:{token}",
        chat_key="web",
        kind=stored.kind,
        purpose=purpose,
        name="" if stored.kind == "image" else name,
        staff_id=desk.viewer.staff_id,
        created_at=desk.now,
    )
    storage.note(row, stored)
    return row


def public_of(desk: Desk, file: File) -> File | None:
    """The copy of this photo that everybody may see, if there is one."""
    copies = desk.session.query(File).filter(File.copy_of_id == file.id, File.deleted_at.is_(None), File.approved)
    return copies.first()


def withdraw(desk: Desk, file: File) -> bool:
    """Take the public copies of a photo away; their bytes leave the disk too (bot/photos.py)."""
    copies = desk.session.query(File).filter(File.copy_of_id == file.id, File.deleted_at.is_(None)).all()
    for copy in copies:
        copy.approved, copy.deleted_at = False, desk.now
    return bool(copies)


def show(desk: Desk, file: File, subject: str) -> bool:
    """Let the copy that was made (`desk.brought`) be what everybody sees; `subject` is what it belongs to in the audit.

    False where there is none, or the form was for another photo: then what was made is dropped, and that is said.
    """
    made: tuple[str, storage.Stored] | None = desk.brought
    if made is None or request.form.get("token") != file.token:
        if made is not None:
            storage.drop(console().store, made[0])
        desk.tell("case.publish_failed", "bad")
        return False
    withdraw(desk, file)
    where = boxes(request.form.get("boxes", ""))
    copy = row_of(desk, file.purpose, made[0], "", made[1])
    copy.message_id, copy.copy_of_id, copy.approved = f"copy:{made[0]}", file.id, True
    copy.boxes = [list(box) for box in where]
    desk.session.add(copy)
    desk.record("photo.published", subject, None, {"photo": file.token[:8], "boxes": len(where)})
    return True


def boxes(typed: str) -> list[Box]:
    """“0.1,0.2,0.3,0.1;…”: left, top, width and height in parts of the picture. Raises ValueError."""
    found = []
    for one in typed.split(";") if typed else []:
        left, top, width, height = (float(part) for part in one.split(","))
        inside = 0 <= left <= 1 and 0 <= top <= 1 and 0 < width <= 1 and 0 < height <= 1
        if not inside:
            raise ValueError(f"outside of the picture: {one!r}")
        found.append((left, top, min(width, 1 - left), min(height, 1 - top)))
    if len(found) > MOST_BOXES:
        raise ValueError("too many boxes")
    return found


def covered() -> tuple[str, storage.Stored] | None:
    """Make the public copy, before the transaction; None for boxes or a picture that make no sense."""
    store, token, source = console().store, storage.new_token(), request.form.get("token", "")
    try:
        where = boxes(request.form.get("boxes", ""))
        if len(source) != 32 or not set(source) <= set("0123456789abcdef"):
            return None
        with storage.workshop(store) as room:
            raw = Path(room, "covered")
            cover(storage.read(store, source), raw, where)
            kept = storage.keep(store, raw, token, "image")
    except (ValueError, OSError, Image.DecompressionBombError, storage.BadContent):
        return None
    uploads.drop_when_refused(uploads.Brought([(token, "", kept)]))
    return token, kept
