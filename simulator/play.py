"""``Simulator``: the pretended platform as one Python object, for tests and for the demo."""

import time
from collections.abc import Callable, Iterable
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from simulator import screen
from simulator.acts import Acts
from simulator.cast import CAST
from simulator.deliver import Courier, Transport
from simulator.page import find_fonts
from simulator.records import Call, Group, Json, User
from simulator.screen import BotMessage, Button
from simulator.server import Server, create_app
from simulator.stage import Who
from simulator.turn_on import set_switches
from simulator.wire import App
from simulator.world import World

Chat = User | Group | str


class Simulator(Acts):
    """LINE for one bot. Everything a person does is a method of ``Acts``; see the package's docstring for a tour.

    ``deliver``: "queue" sends webhooks from threads, in order per chat; "now" sends each in the caller's thread, so
    that when the method returns the bot has answered. ``transport`` replaces HTTP: it gets the raw body and the
    headers and returns the status. ``clock`` gives seconds since 1970. ``quota`` is messages per month, None for no
    limit.
    """

    def __init__(
        self,
        *,
        secret: str,
        token: str,
        webhook_url: str | None = None,
        transport: Transport | None = None,
        deliver: Literal["queue", "now"] = "queue",
        clock: Callable[[], float] = time.time,
        bot_name: str = "ส่งเสียง",
        quota: int | None = 300,
        host: str = "127.0.0.1",
        port: int = 0,
        loopback_http: bool = False,
        fonts: Path | None = None,
    ) -> None:
        world = World(secret=secret, token=token, clock=clock, bot_name=bot_name)
        world.webhook_url = webhook_url or ""
        world.switches.quota, world.switches.loopback_http = quota, loopback_http
        world.places = list(CAST["places"])
        super().__init__(world, Courier(world, transport=transport, now=deliver == "now"))
        self.app: App = create_app(world, self.courier, fonts=fonts or find_fonts())
        self._where = (host, port)
        self._server: Server | None = None

    # running

    def start(self) -> Self:
        """Listen; returns itself."""
        self._server = Server(self.app, *self._where)
        self._server.start()
        return self

    def stop(self) -> None:
        """End webhooks and the server. Can be called twice."""
        self.courier.close()
        if self._server:
            self._server.stop()
            self._server = None
            self.world.touch()  # lets those go who were waiting for news

    @property
    def url(self) -> str:
        """Where LINE's API (and the page) is; RuntimeError before ``start``."""
        if self._server is None:
            raise RuntimeError("the simulator has not been started")
        return self._server.url

    @property
    def webhook_url(self) -> str:
        """Where webhooks go; may be set at any time."""
        return self.world.webhook_url

    @webhook_url.setter
    def webhook_url(self, address: str) -> None:
        self.world.webhook_url = address

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    # people

    def user(self, name: str, id: str | None = None, *, friend: bool = True) -> User:  # noqa: A002 - reads best so
        """A new account, a friend of the bot unless said otherwise; no event is sent (see ``follow``)."""
        return self.world.add_user(name, id, friend=friend)

    def group(self, name: str, members: Iterable[Who] = (), id: str | None = None, *, joined: bool = True) -> Group:  # noqa: A002
        """A new group; no event is sent (see ``join``)."""
        return self.world.add_group(name, [self.find_user(one).id for one in members], id, joined=joined)

    # what the bot did

    def chat_id(self, chat: Chat) -> str:
        """The id of a chat given as User, Group, id or name."""
        if isinstance(chat, User | Group):
            return chat.id
        try:
            group = self.find_group(chat)
        except LookupError:
            return self.find_user(chat).id
        return group.id if group else chat

    def messages(self, chat: Chat, after: int = 0) -> list[BotMessage]:
        """The bot's delivered messages in a chat, in order, with ``seq`` above ``after``."""
        return [screen.read(line) for line in self.world.bot_lines(self.chat_id(chat), after)]

    def wait(self, chat: Chat, after: int = 0, count: int = 1, timeout: float = 5.0) -> list[BotMessage]:
        """Wait until the bot has delivered ``count`` messages with ``seq`` above ``after``; returns them all.

        Raises TimeoutError, saying what there is and which calls were refused.
        """
        place = self.chat_id(chat)
        if not self.world.wait_for(lambda: len(self.world.bot_lines(place, after)) >= count, timeout):
            there = [message.text for message in self.messages(chat, after)]
            refused = [f"{call.path} {call.status} {call.reason}" for call in self.refused()[-3:]]
            raise TimeoutError(f"waited {timeout} s for {count} message(s); there are {there}; refused: {refused}")
        return self.messages(chat, after)

    def mark(self) -> int:
        """The sequence number of now: hand it to ``messages`` or ``wait`` as ``after`` to see only what comes later."""
        return self.world.seq

    def buttons_on_screen(self, chat: Chat) -> list[Button]:
        """Quick replies of the last line, buttons of the last dozen lines (newest first), rich menu."""
        return screen.on_screen(self.world, self.chat_id(chat))

    def calls(self, path: str = "") -> list[Call]:
        """API calls so far whose path contains ``path``, oldest first."""
        return [call for call in self.world.journal.calls if path in call.path]

    def refused(self) -> list[Call]:
        """API calls that were refused, broken or dropped."""
        return [call for call in self.world.journal.calls if call.reason]

    # switches

    def switch(self, **wanted: object) -> None:
        """Turn switches: see ``Switches`` and ``set_switches`` for names; e.g. ``switch(quota=5, redelivery=True)``."""
        set_switches(self.world, wanted)

    def fail(self, kind: str, times: int = 1, *, only: str = "", ms: int = 0) -> None:
        """Let the next ``times`` calls fail: "429", "500", "drop_before", "drop_after" (the call took effect, its
        answer is lost) or "slow" (by ``ms``); ``only`` those whose path contains it, e.g. "push".
        """
        set_switches(self.world, {"fault": {"kind": kind, "times": times, "only": only, "ms": ms}})

    def settle(self, timeout: float = 10.0) -> None:
        """Wait until every webhook has been answered."""
        self.courier.settle(timeout)

    def seed(self, people: Json) -> None:
        """Make the users, groups and places of ``{"users": [{name, id?, friend?}], "groups": [{name, members, id?,
        joined?}]}``.
        """
        for one in people.get("users", []):
            self.user(one["name"], one.get("id"), friend=one.get("friend", True))
        for one in people.get("groups", []):
            self.group(one["name"], one.get("members", []), one.get("id"), joined=one.get("joined", True))
        with self.world.changing():
            self.world.places = list(people.get("places") or CAST["places"])
