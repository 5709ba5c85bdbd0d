"""Files: photos, voice, video and documents that people sent. The row is the memory; the bytes lie in the store.

LINE keeps content only for a while, so a row is made when the message arrives and bot/photos.py fetches it at once.
Unsent content must not come back: `forget` works before, during and after fetching, and even before the message is
known.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base, Key
from models.people import Person
from models.tickets import Ticket

KINDS = ("image", "audio", "video", "file")

#: waiting: to be fetched. stored: on our disk. gone: LINE has it no more, or it was unsent. failed: given up, staff
#: see it.
STATES = ("waiting", "stored", "gone", "failed")
PURPOSES = ("before", "after", "talk")


class File(Base):
    """One thing that somebody sent.

    `token` is its public, unguessable name (32 hexadecimal digits); the bytes lie under it and nothing else tells
    where. `message_id` is LINE's id of the message that brought it. `name` is what the sender called a document.
    `size` in bytes, `width` and `height` in pixels, of what is stored; `sha256` its digest. `purpose`: the state
    before the work, after it, or said in between. `deleted_at`: taken back by its sender or by the town; `erased_at`:
    the bytes are gone from the disk. `error` says why it could not be fetched. `words` is what staff wrote down of a
    voice message. `staff_id`: who of the office put it in. `copy_of_id`: this is a copy of that picture for the public,
    faces and number plates covered (`boxes`, in parts of its width and height), shown while `approved`.
    """

    __tablename__ = "files"
    __table_args__ = (
        CheckConstraint(f"kind IN {KINDS!r}", name="kind"),
        CheckConstraint(f"state IN {STATES!r}", name="state"),
        CheckConstraint(f"purpose IN {PURPOSES!r}", name="purpose"),
        CheckConstraint("state <> 'stored' OR sha256 IS NOT NULL", name="stored"),
        Index(
            "ix_files_waiting",
            "next_try_at",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
        Index(
            "ix_files_to_erase",
            "id",
            sqlite_where=text("deleted_at IS NOT NULL AND erased_at IS NULL"),
            postgresql_where=text("deleted_at IS NOT NULL AND erased_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    token: Mapped[str] = mapped_column(String(32), unique=True)
    message_id: Mapped[str] = mapped_column(String(64), unique=True)
    chat_key: Mapped[str] = mapped_column(String(64), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id), index=True)
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey(Ticket.id), index=True)
    kind: Mapped[str] = mapped_column(String(5))
    purpose: Mapped[str] = mapped_column(String(6), default="before", server_default="before")
    name: Mapped[str] = mapped_column(String(255), default="", server_default="")
    mime: Mapped[str] = mapped_column(String(100), default="", server_default="")
    size: Mapped[int | None]
    width: Mapped[int | None]
    height: Mapped[int | None]
    duration_ms: Mapped[int | None]
    sha256: Mapped[str | None] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(7), default="waiting", server_default="waiting")
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    next_try_at: Mapped[datetime | None]
    lease_by: Mapped[str | None] = mapped_column(String(80))
    lease_until: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]
    words: Mapped[str] = mapped_column(Text, default="", server_default="")
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    copy_of_id: Mapped[int | None] = mapped_column(ForeignKey("files.id"), index=True)
    approved: Mapped[bool] = mapped_column(default=False, server_default="0")
    boxes: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")

    @property
    def usable(self) -> bool:
        """Whether it may be shown: stored, and nobody has taken it back."""
        return self.state == "stored" and self.deleted_at is None


def small_name(token: str) -> str:
    """The name of the small JPEG of a stored picture (at most 1 MB and 1024 pixels: what LINE takes as a preview)."""
    return f"{token}.small"


def place_of(name: str) -> str:
    """Where a file of this name lies in its store, in folder and bucket alike: copying the one fills the other."""
    return f"{name[:2]}/{name}"


def path_of(folder: Path, name: str) -> Path:
    """Where the bytes of a stored file lie in a folder: under an opaque name, in one of 256 folders."""
    return folder / place_of(name)


def preview_of(folder: Path, token: str) -> Path:
    """Where the small JPEG of a stored picture lies in a folder."""
    return path_of(folder, small_name(token))


def expect(
    session: Session,
    message_id: str,
    chat_key: str,
    kind: str,
    now: datetime,
    *,
    person_id: int | None = None,
    ticket_id: int | None = None,
    name: str = "",
    duration_ms: int | None = None,
    purpose: str = "before",
) -> File:
    """The row for the content of this message, to be fetched; the one that is there, if it is expected already.

    What was unsent before the message itself was handled comes back deleted and is never fetched.
    """
    known = file_of(session, message_id)
    if known is not None:
        return known
    row = File(
        token=secrets.token_hex(16),
        message_id=message_id,
        chat_key=chat_key,
        person_id=person_id,
        ticket_id=ticket_id,
        kind=kind,
        name=name[-255:],
        duration_ms=duration_ms,
        purpose=purpose,
        state="waiting",
        next_try_at=now,
        created_at=now,
    )
    session.add(row)
    session.flush()
    return row


def file_of(session: Session, message_id: str) -> File | None:
    """The file that this message brought, if any."""
    return session.scalar(select(File).where(File.message_id == message_id))


def file_by_token(session: Session, token: str) -> File | None:
    """The file with this public name, if there is one and it may be shown."""
    row = session.scalar(select(File).where(File.token == token))
    return row if row is not None and row.usable else None


def forget(session: Session, message_id: str, chat_key: str, now: datetime) -> File:
    """The sender took the message back: its file, name, words and public copies go, and it is never fetched (again).

    Also for a message that brought no file, or is not known yet: events may overtake each other, so the taking back is
    remembered by a row without content. The bytes leave the disk within seconds of the commit (bot/photos.py).
    """
    row = session.scalar(select(File).where(File.message_id == message_id).with_for_update())
    if row is None:
        row = expect(session, message_id, chat_key, "file", now)
    row.state, row.deleted_at = "gone", row.deleted_at or now
    row.name, row.words, row.sha256, row.error, row.next_try_at = "", "", None, None, None
    for copy in session.scalars(select(File).where(File.copy_of_id == row.id, File.deleted_at.is_(None))):
        copy.approved, copy.deleted_at = False, now
    session.flush()
    return row


def spoken(session: Session, ticket_id: int) -> list[str]:
    """What was written down of a case's voice messages, for its search column."""
    return [file.words for file in files_for(session, ticket_id) if file.words]


def files_for(session: Session, ticket_id: int) -> list[File]:
    """The files of a case that may be shown or are still on their way, oldest first."""
    shown = (
        File.ticket_id == ticket_id,
        File.deleted_at.is_(None),
        File.state.in_(("waiting", "stored")),
        File.copy_of_id.is_(None),
    )
    return list(session.scalars(select(File).where(*shown).order_by(File.id)))
