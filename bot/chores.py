"""Chores: small questions to LINE that no answer waits for. Names of people and groups, leaving a group when asked."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Select, select

from bot.line import Line
from bot.trouble import Gone, LineTrouble
from models.database import Database
from models.outgoing import Outgoing
from models.people import Chat, Person

log = logging.getLogger(__name__)

#: A name that could not be had is asked for again after so long.
AGAIN = timedelta(hours=6)
#: Questions in one round.
BATCH = 20


class Chores:
    """The chores of one database and one LINE channel."""

    def __init__(self, database: Database, line: Line, clock: Callable[[], datetime]) -> None:
        self._database, self._line, self._clock = database, line, clock
        self._asked: dict[str, datetime] = {}

    def work(self) -> int:
        """Do what is to be done; returns how many questions were asked."""
        return self._names() + self._groups() + self._leave()

    def _due(self, key: str) -> bool:
        """Whether this was not asked lately (kept in memory: asking once more after a restart does no harm)."""
        now = self._clock()
        if now - self._asked.get(key, now - AGAIN) < AGAIN:
            return False
        self._asked[key] = now
        return True

    def _names(self) -> int:
        unnamed = select(Person.id, Person.line_id).where(Person.name == "", Person.line_id.is_not(None))
        found = self._unasked(unnamed)
        for key, user in found:
            name = self._ask(partial(self._line.profile, user), "displayName")
            if name:
                with self._database.begin() as session:
                    session.get_one(Person, key).name = name
        return len(found)

    def _groups(self) -> int:
        unnamed = select(Chat.id, Chat.key).where(Chat.kind == "group", Chat.name == "", Chat.gone_at.is_(None))
        found = self._unasked(unnamed)
        for key, group in found:
            name = self._ask(partial(self._line.group_summary, group), "groupName")
            if name:
                with self._database.begin() as session:
                    session.get_one(Chat, key).name = name
        return len(found)

    def _unasked(self, unnamed: Select[Any, Any]) -> list[tuple[int, str]]:
        with self._database.read() as session:
            return [(key, line_id) for key, line_id in session.execute(unnamed.limit(BATCH)) if self._due(line_id)]

    def _leave(self) -> int:
        """Leave the groups that asked for it, once the last word to them has gone out."""
        still = select(Outgoing.id).where(Outgoing.chat_key == Chat.key, Outgoing.state.in_(("waiting", "sending")))
        leaving = select(Chat.id, Chat.key).where(Chat.leave_asked, ~still.exists())
        with self._database.read() as session:
            found = session.execute(leaving.limit(BATCH)).all()
        for key, group in found:
            try:
                self._line.leave_group(group)
            except Gone:
                log.info("a group had been left already")
            except LineTrouble as trouble:
                log.warning("a group could not be left: %s", trouble)
                continue
            with self._database.begin() as session:
                session.get_one(Chat, key).leave_asked = False
        return len(found)

    def _ask(self, question: Callable[[], dict[str, Any]], field: str) -> str:
        try:
            return str(question().get(field, ""))[:200]
        except LineTrouble as trouble:
            log.info("LINE did not tell a name: %s", trouble)
            return ""
