"""The state of one pretended LINE channel: who exists, what was said, what a token still buys. Everything is in memory.

One lock guards it all. Whoever changes something calls ``touch``; whoever waits for a change waits on ``changed``.
"""

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from simulator import ids
from simulator.records import (
    BOT,
    Accepted,
    Content,
    Fault,
    Group,
    Journal,
    Json,
    Line,
    Menu,
    Refused,
    ReplyToken,
    Switches,
    User,
)

RENEW_WITHIN = 20 * 60
"""Seconds after the event within which a redelivery renews the reply token (LINE: "send reply message")."""
RETRY_KEY_LIFE = 24 * 3600
"""Seconds for which a retry key is remembered (LINE: "retrying API request")."""
STRANGER_LIFE = 7 * 24 * 3600
"""Seconds for which someone who is no friend but wrote 1:1 can be pushed to."""


class World:
    """One channel and everybody it can meet. ``clock`` gives seconds since 1970; tests hand in their own."""

    def __init__(
        self, *, secret: str, token: str, clock: Callable[[], float] = time.time, bot_name: str = "ส่งเสียง"
    ) -> None:
        self.secret, self.token, self.clock = secret, token, clock
        self.bot_id, self.bot_name, self.basic_id = ids.lasting_user_id(secret), bot_name, "@songsiang"
        self.webhook_url = ""
        self.lock = threading.RLock()
        self.changed = threading.Condition(self.lock)
        self.rev = self.seq = 0
        self.epoch = ids.request_id()
        self.places: list[Json] = []
        self.switches = Switches()
        self.journal = Journal()
        self.users: dict[str, User] = {}
        self.groups: dict[str, Group] = {}
        self.chats: defaultdict[str, list[Line]] = defaultdict(list)
        self.contents: dict[str, Content] = {}
        self.reply_tokens: dict[str, ReplyToken] = {}
        self.accepted: dict[str, Accepted] = {}
        self.short_tokens: dict[str, float] = {}
        self.menus: dict[str, Menu] = {}
        self.aliases: dict[str, str] = {}
        self.default_menu: str | None = None
        self.usage: defaultdict[str, int] = defaultdict(int)
        self.next_message_id = ids.message_ids(self.now_ms())

    # time and change

    def now_ms(self) -> int:
        """The instant in milliseconds since 1970, as LINE's timestamps are."""
        return int(self.clock() * 1000)

    def touch(self) -> int:
        """Note that something changed; wakes everybody who waits. Returns the new revision."""
        with self.lock:
            self.rev += 1
            self.changed.notify_all()
            return self.rev

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Hold the lock for a change and tell the waiting about it afterwards."""
        with self.lock:
            yield
            self.touch()

    def wait_for(self, test: Callable[[], bool], timeout: float) -> bool:
        """Wait at most ``timeout`` real seconds until ``test`` holds; says whether it does."""
        with self.changed:
            return self.changed.wait_for(test, timeout)

    # people and chats

    def add_user(self, name: str, user_id: str | None = None, *, friend: bool = True) -> User:
        """Make an account known to the channel (no event is sent)."""
        user = User(user_id or ids.user_id(), name, friend=friend)
        with self.changing():
            self.users[user.id] = user
        return user

    def add_group(self, name: str, members: list[str], group_id: str | None = None, *, joined: bool = True) -> Group:
        """Make a group with these userIds (no event is sent)."""
        group = Group(group_id or ids.group_id(), name, list(members), joined)
        with self.changing():
            self.groups[group.id] = group
        return group

    def reachable(self, user_id: str) -> bool:
        """Whether a message to this user arrives: a friend, or someone who wrote within 7 days, who has not blocked
        us.
        """
        user = self.users.get(user_id)
        if user is None or user.blocked:
            return False
        return user.friend or (user.wrote_at is not None and self.clock() - user.wrote_at <= STRANGER_LIFE)

    def add_line(self, chat: str, sender: str, message: Json, *, via: str = "", call: str = "") -> Line:
        """Write one line into a chat and give it a message id."""
        with self.changing():
            self.seq += 1
            line = Line(self.seq, self.rev + 1, self.next_message_id(), chat, sender, self.now_ms(), message, via, call)
            line.quote_token = ids.quote_token()
            self.chats[chat].append(line)
            return line

    def change_line(self, line: Line) -> None:
        """Note that a line was unsent, edited or tapped."""
        with self.changing():
            line.rev = self.rev + 1

    def find_line(self, message_id: str) -> Line:
        """The line with this message id; KeyError when there is none."""
        with self.lock:
            for lines in self.chats.values():
                for line in lines:
                    if line.id == message_id:
                        return line
        raise KeyError(message_id)

    def bot_lines(self, chat: str, after: int = 0) -> list[Line]:
        """The bot's delivered messages in a chat, in order, with ``seq`` greater than ``after``."""
        with self.lock:
            return [line for line in self.chats[chat] if line.sender == BOT and line.seq > after]

    # reply tokens

    def new_reply_token(self, chat: str) -> str:
        """A reply token for an event that happens now."""
        with self.lock:
            token, now = ids.reply_token(), self.clock()
            self.reply_tokens[token] = ReplyToken(chat, now, now + self.switches.reply_seconds)
            return token

    def renew_reply_token(self, token: str) -> None:
        """A redelivery gives an unused token another life, unless the event is older than 20 minutes."""
        with self.lock:
            held, now = self.reply_tokens.get(token), self.clock()
            if held and not held.used and now - held.event_at <= RENEW_WITHIN:
                held.expires = now + self.switches.reply_seconds

    def take_reply_token(self, token: str) -> str:
        """Spend a reply token; returns its chat. Raises ``Refused`` (400) when it is unknown, used or too old."""
        with self.lock:
            held = self.reply_tokens.get(token)
            if held is None or held.used or self.clock() > held.expires:
                raise Refused(400, "Invalid reply token")
            held.used = True
            return held.chat

    # retry keys, quota

    def remember(self, key: str | None, request_id: str, sent: list[Json]) -> None:
        """Note that the request with this retry key, if it has one, was accepted."""
        if key is not None:
            self.accepted[key] = Accepted(request_id, tuple(sent), self.clock())

    def refuse_repeated(self, key: str | None, *, with_sent: bool) -> None:
        """Raise ``Refused`` (409) when this retry key was accepted within 24 hours."""
        old = self.accepted.get(key) if key is not None else None
        if old is None or self.clock() - old.at > RETRY_KEY_LIFE:
            return
        headers = {"x-line-accepted-request-id": old.request_id}
        sent = list(old.sent) if with_sent else None
        raise Refused(409, "The retry key is already accepted", headers=headers, sent=sent)

    def month(self) -> str:
        """The month whose quota counts now, as ``yyyymm`` (LINE counts days in UTC+9)."""
        return (datetime.fromtimestamp(self.clock(), UTC) + timedelta(hours=9)).strftime("%Y%m")

    def used(self) -> int:
        """Messages counted this month: one per person who received a push, multicast, broadcast or narrowcast."""
        with self.lock:
            return self.usage[self.month()]

    def charge(self, count: int) -> None:
        """Count so many messages, or raise ``Refused`` (429) when the month's quota does not hold them."""
        with self.changing():
            quota = self.switches.quota
            if count and quota is not None and self.usage[self.month()] + count > quota:
                raise Refused(429, "You have reached your monthly limit.")
            self.usage[self.month()] += count

    # faults

    def take_fault(self, path: str) -> Fault | None:
        """The fault that this call runs into, if any; one is used up."""
        with self.lock:
            for fault in self.switches.faults:
                if fault.only in path:
                    fault.left -= 1
                    if fault.left <= 0:
                        self.switches.faults.remove(fault)
                    self.touch()
                    return fault
            return None

    def reset(self) -> None:
        """Forget chats, tokens, keys, usage, faults and the journal; people, groups and rich menus stay."""
        with self.changing():
            self.epoch = ids.request_id()
            self.switches = Switches(
                quota=self.switches.quota, loopback_http=self.switches.loopback_http, webhook=self.switches.webhook
            )
            self.journal = Journal()
            for held in (self.chats, self.contents, self.reply_tokens, self.accepted, self.usage):
                held.clear()
