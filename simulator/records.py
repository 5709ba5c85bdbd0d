"""The simulator's nouns: plain records of what a LINE channel knows. The rules are in ``world.py`` and its
neighbours.
"""

from collections import deque
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
"""A JSON object as ``json.loads`` gives it."""

BOT = "bot"
"""The sender of the bot's lines; a person's lines carry the userId, and LINE's own notes carry ``SYSTEM``."""
SYSTEM = "system"


@dataclass(eq=False)
class User:
    """One LINE account. ``wrote_at`` (seconds since 1970) is when it last wrote 1:1: a non-friend may be pushed to
    for 7 days.
    """

    id: str
    name: str
    language: str = "th"
    status_message: str = ""
    friend: bool = True
    blocked: bool = False
    menu_id: str | None = None
    wrote_at: float | None = None


@dataclass(eq=False)
class Group:
    """One LINE group; ``joined`` says whether the bot is in it. Members are userIds, the bot not among them."""

    id: str
    name: str
    members: list[str] = field(default_factory=list)
    joined: bool = True


@dataclass(eq=False)
class Line:
    """One line of a chat, whoever wrote it.

    ``seq`` orders lines for ever; ``rev`` grows when the line changes (unsent, edited), so that a page can ask for
    what is new. ``time`` is in ms since 1970. ``via`` is reply, push, multicast, broadcast or narrowcast for the
    bot's lines and "" for others. ``call`` is the request id of the API call that brought it. ``quick_gone``: its
    quick replies were tapped.
    """

    seq: int
    rev: int
    id: str
    chat: str
    sender: str
    time: int
    message: Json
    via: str = ""
    call: str = ""
    quote_token: str = ""
    unsent: bool = False
    edited: bool = False
    quick_gone: bool = False


@dataclass(eq=False)
class Content:
    """The bytes behind a photo, voice, video or file. ``pending`` answers of 202 come before it is ready."""

    data: bytes
    mime: str
    preview: bytes = b""
    pending: int = 0
    gone: bool = False


@dataclass(eq=False)
class ReplyToken:
    """A reply token of one event: one use, until ``expires`` (seconds); redelivery may renew it."""

    chat: str
    event_at: float
    expires: float
    used: bool = False


@dataclass(eq=False)
class Menu:
    """A rich menu: the body it was made from, and its image once uploaded."""

    id: str
    body: Json
    image: bytes = b""
    mime: str = ""


@dataclass(frozen=True)
class Accepted:
    """What a retry key brought the first time: repeated in the 409."""

    request_id: str
    sent: tuple[Json, ...]
    at: float


@dataclass(frozen=True)
class Call:
    """One API call as the log shows it; ``reason`` says why it was refused, "" when it was not."""

    at: float
    method: str
    path: str
    status: int
    reason: str
    request_id: str
    ms: float
    body: Json | None = None


@dataclass(frozen=True)
class Hook:
    """One webhook request as the log shows it; status 0 means that no answer came (``reason`` says which way)."""

    at: float
    events: tuple[str, ...]
    status: int
    reason: str
    ms: float
    redelivery: bool


@dataclass(eq=False)
class Fault:
    """The next ``left`` calls whose path contains ``only`` fail so: 429, 500, drop_before, drop_after or slow
    (``ms``).
    """

    kind: str
    left: int
    only: str = ""
    ms: int = 0


FAULTS = ("429", "500", "drop_before", "drop_after", "slow")


@dataclass
class Switches:
    """What can be turned at run time, through Python, the control API or the page.

    ``delay_ms``: every API call waits so long first. ``quota``: messages a month, None for an unlimited plan.
    ``redelivery``: failed webhooks are sent again, after the pauses ``redelivery_pauses`` (seconds; LINE discloses
    neither number nor times). ``webhook``: "Use webhook" in the console. ``webhook_timeout``: LINE waits 2 s.
    ``batch``: at most so many waiting events of a chat in one body. ``reply_seconds``: life of a reply token.
    ``content_pending``: how many times new content answers 202 first. ``loopback_http``: media URLs may be ``http``
    on this machine, which LINE itself refuses (a demo has no certificate).
    """

    delay_ms: int = 0
    quota: int | None = 300
    redelivery: bool = False
    redelivery_pauses: tuple[float, ...] = (1.0, 5.0, 15.0)
    webhook: bool = True
    webhook_timeout: float = 2.0
    batch: int = 1
    reply_seconds: float = 60.0
    content_pending: int = 0
    loopback_http: bool = False
    faults: list[Fault] = field(default_factory=list)


@dataclass
class Journal:
    """What happened on the wire, newest last; bounded, so that a long demo does not grow."""

    calls: deque[Call] = field(default_factory=lambda: deque(maxlen=5000))
    hooks: deque[Hook] = field(default_factory=lambda: deque(maxlen=5000))
    loading: deque[tuple[str, float]] = field(default_factory=lambda: deque(maxlen=500))
    read: deque[str] = field(default_factory=lambda: deque(maxlen=500))


class Refused(Exception):
    """A call that LINE refuses: HTTP status, message, and details as ``{"message", "property"}``."""

    def __init__(
        self,
        status: int,
        message: str,
        details: list[Json] | None = None,
        *,
        headers: dict[str, str] | None = None,
        sent: list[Json] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.details = details or []
        self.headers = headers or {}
        self.sent = sent

    def body(self) -> Json:
        """The JSON body of the answer."""
        body: Json = {"message": self.message}
        if self.details:
            body["details"] = self.details
        if self.sent is not None:
            body["sentMessages"] = self.sent
        return body
