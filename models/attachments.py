"""Files on cases: which belong to which, and what may be shown."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.files import File, files_for


def attach(session: Session, message_ids: Sequence[str], ticket_id: int, purpose: str) -> None:
    """Put what came with these LINE messages on a case (before, after or talk). Unknown ids are passed over."""
    if not message_ids:
        return
    for file in session.scalars(select(File).where(File.message_id.in_(message_ids))):
        file.ticket_id, file.purpose = ticket_id, purpose


def of_ticket(session: Session, ticket_id: int, *kinds: str) -> list[File]:
    """A case's files of these kinds (all, when none is named), oldest first, without those taken back or lost."""
    found = files_for(session, ticket_id)
    return [f for f in found if f.kind in kinds] if kinds else found
