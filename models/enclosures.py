"""Enclosures: photos, voices and papers of proposals and of meetings. The files themselves are in models/files.py."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ForeignKey, Select, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base, Key
from models.files import File
from models.meetings import Meeting
from models.proposals import Proposal


class ProposalFile(Base):
    """A photo, voice or paper of a proposal. Neighbours see its approved copies only (models/files.File.copy_of_id)."""

    __tablename__ = "proposal_files"
    __table_args__ = (UniqueConstraint("proposal_id", "file_id"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey(Proposal.id))
    file_id: Mapped[int] = mapped_column(ForeignKey(File.id), index=True)


class MeetingFile(Base):
    """A paper or photo of a meeting: the signed minutes, the list of names as scanned."""

    __tablename__ = "meeting_files"
    __table_args__ = (UniqueConstraint("meeting_id", "file_id"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey(Meeting.id))
    file_id: Mapped[int] = mapped_column(ForeignKey(File.id), index=True)


def enclose(session: Session, proposal: Proposal, message_ids: Sequence[str]) -> None:
    """Put what came with these LINE messages on a proposal. Unknown ids are passed over, known ones put there once."""
    known = set(session.scalars(select(ProposalFile.file_id).where(ProposalFile.proposal_id == proposal.id)))
    files = session.scalars(select(File.id).where(File.message_id.in_(message_ids)).order_by(File.id)).all()
    session.add_all(ProposalFile(proposal_id=proposal.id, file_id=key) for key in files if key not in known)
    session.flush()


def of_proposal(session: Session, proposal_id: int, *kinds: str) -> list[File]:
    """A proposal's files of these kinds (all, when none is named), oldest first, without those taken back or lost."""
    found = select(File).join(ProposalFile, ProposalFile.file_id == File.id)
    return _shown(session, found.where(ProposalFile.proposal_id == proposal_id), kinds)


def of_meeting(session: Session, meeting_id: int) -> list[File]:
    """A meeting's files, oldest first."""
    found = select(File).join(MeetingFile, MeetingFile.file_id == File.id)
    return _shown(session, found.where(MeetingFile.meeting_id == meeting_id), ())


def _shown(session: Session, found: Select[File], kinds: Sequence[str]) -> list[File]:
    files = session.scalars(
        found.where(File.deleted_at.is_(None), File.state.in_(("waiting", "stored"))).order_by(File.id)
    )
    return [f for f in files if not kinds or f.kind in kinds]


def approved_photos(session: Session, proposal_id: int) -> list[File]:
    """What neighbours may see: approved copies of the proposal's photos, oldest first."""
    own = select(ProposalFile.file_id).where(ProposalFile.proposal_id == proposal_id)
    found = select(File).where(File.copy_of_id.in_(own), File.approved, File.deleted_at.is_(None))
    return list(session.scalars(found.where(File.state == "stored").order_by(File.copy_of_id)))
