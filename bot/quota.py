"""Reading LINE's quota endpoints, and how many people a push to a group reaches. Never more often than needed."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.trouble import Gone, LineTrouble
from models.database import Database
from models.people import chat_of
from models.quota import note_reading, reading_age

if TYPE_CHECKING:
    from bot.line import Line

log = logging.getLogger(__name__)

#: LINE's count is approximate and ours fills the gap: reading once an hour is enough to notice a changed plan.
READ_EVERY = timedelta(hours=1)
#: People join and leave groups seldom; a day-old count prices a push well enough.
COUNT_EVERY = timedelta(days=1)


def read_quota(database: Database, line: Line, now: datetime, every: timedelta = READ_EVERY) -> bool:
    """Read the month's limit and use from LINE, if the last reading is older than `every`. False when LINE did not
    answer.

    A fall of the limit by more than half is logged as an error; the doctor and the console show it too.
    """
    with database.read() as session:
        age = reading_age(session, now)
    if age is not None and timedelta(0) <= age < every:
        return True
    try:
        quota = line.quota()
    except LineTrouble as trouble:
        log.warning("the quota could not be read: %s", trouble)
        return False
    with database.begin() as session:
        reading = note_reading(session, quota.limit, quota.used, now)
        if reading.fell_at == now:
            log.error("LINE's monthly limit fell from %s to %s messages", reading.former_quota, quota.limit)
    return True


def members_of(database: Database, line: Line, chat_key: str, now: datetime) -> int | None:
    """How many people a push to this chat reaches: 1 for a user; for a group the cached count, asked again after a day.

    None when LINE does not tell and nothing is cached. Raises Gone when we are not in the group.
    """
    if chat_key.startswith("U"):
        return 1
    with database.read() as session:
        chat = chat_of(session, chat_key)
    if chat is not None and chat.members_at is not None and now - chat.members_at < COUNT_EVERY:
        return chat.members
    try:
        members = line.group_member_count(chat_key)
    except Gone:
        raise
    except LineTrouble as trouble:
        log.warning("the members of a group could not be counted: %s", trouble)
        return chat.members if chat else None
    with database.begin() as session:
        chat = chat_of(session, chat_key)
        if chat is not None:
            chat.members, chat.members_at = members, now
    return members
