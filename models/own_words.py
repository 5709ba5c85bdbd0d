"""The town's own words: what the bot says instead of the text that was delivered with it (messages/texts)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base


class OwnWords(Base):
    """A Thai text of the bot in the town's wording; `name` as in the file (“welcome.hello”), `text` one or a list."""

    __tablename__ = "own_words"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    text: Mapped[Any] = mapped_column(JSON)


def own_words(session: Session) -> dict[str, str | tuple[str, ...]]:
    """All of them by name."""
    found = session.execute(select(OwnWords.name, OwnWords.text))
    return {name: tuple(text) if isinstance(text, list) else text for name, text in found}
