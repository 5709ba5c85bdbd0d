"""Webhooks go out here: signed over the raw bytes, in order per chat, timed, and sent again when that is on."""

import base64
import hashlib
import hmac
import json
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from copy import deepcopy
from typing import Any

import urllib3

from simulator.records import Hook
from simulator.world import World

Transport = Callable[[bytes, Mapping[str, str]], int]
"""Takes the body and the headers of one webhook and returns the HTTP status. May raise to say that no answer came."""


def sign(secret: str, body: bytes) -> str:
    """The value of ``x-line-signature``: Base64 of HMAC-SHA256 with the channel secret over the raw body."""
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


class Delivery:
    """Events on their way. ``status`` is the bot's answer: None while unsent, 0 when none came, and ``reason`` says
    why.
    """

    def __init__(self, events: list[Any], chat: str = "") -> None:
        self.events, self.chat = events, chat
        self.status: int | None = None
        self.reason = ""
        self.ms = 0.0
        self.tries = 0
        self._done = threading.Event()

    @property
    def ok(self) -> bool:
        """Whether the bot answered 2xx."""
        return self.status is not None and 200 <= self.status < 300

    def finish(self, status: int, reason: str, ms: float) -> None:
        """Note how an attempt ended, and let those who wait go on."""
        self.status, self.reason, self.ms = status, reason, ms
        self._done.set()

    def wait(self, timeout: float = 5.0) -> int:
        """Wait for the bot's answer; returns its status. Raises ``TimeoutError`` when nothing ended in ``timeout``
        seconds.
        """
        if not self._done.wait(timeout):
            raise TimeoutError(f"no answer to the webhook within {timeout} s")
        return self.status or 0


def nothing_sent(chat: str, reason: str) -> Delivery:
    """A delivery of no events, finished with status 0 and a reason."""
    delivery = Delivery([], chat)
    delivery.finish(0, reason, 0.0)
    return delivery


class Courier:
    """Carries events to the bot. ``now``: in the caller's thread; otherwise by a pool of threads, one at a time per
    chat.
    """

    def __init__(self, world: World, *, transport: Transport | None = None, now: bool = False) -> None:
        self.world, self.now = world, now
        self.log: deque[Delivery] = deque(maxlen=2000)
        self._transport = transport or self._post
        self._http = urllib3.PoolManager(retries=False, maxsize=16)
        self._lock = threading.Lock()
        self._waiting: defaultdict[str, deque[Delivery]] = defaultdict(deque)
        self._busy: set[str] = set()
        self._idle = threading.Condition(self._lock)
        self._pool = ThreadPoolExecutor(max_workers=16, thread_name_prefix="line-webhook")
        self._timers: set[threading.Timer] = set()
        self._held = threading.local()
        self._closed = False

    def send(self, chat: str, events: list[Any]) -> Delivery:
        """Send the events of one chat; see ``Courier`` for when. Inside ``together`` they wait for its end."""
        held: Delivery | None = getattr(self._held, "delivery", None)
        if held is not None:
            held.events.extend(events)
            return held
        delivery = Delivery(events, chat)
        self._dispatch(delivery)
        return delivery

    @contextmanager
    def together(self) -> Iterator[Delivery]:
        """Events of this thread in this block, whoever causes them, go out in one webhook body at its end."""
        self._held.delivery = delivery = Delivery([], "*")
        try:
            yield delivery
        finally:
            self._held.delivery = None
        self._dispatch(delivery)

    def redeliver(self, delivery: Delivery | None = None) -> Delivery:
        """Send a delivery again (the last one by default) as LINE redelivers; LookupError when there was none."""
        if delivery is None:
            if not self.log:
                raise LookupError("nothing was delivered yet")
            delivery = self.log[-1]
        again = Delivery(deepcopy(delivery.events), delivery.chat)
        again.tries = max(delivery.tries, 1)
        self._dispatch(again)
        return again

    def verify(self) -> Delivery:
        """Send an empty webhook in the caller's thread, as the console's Verify button does."""
        delivery = Delivery([], "verify")
        self._attempt([delivery], retry=False)
        return delivery

    def settle(self, timeout: float = 10.0) -> None:
        """Wait until no event is on its way (planned redeliveries not counted); TimeoutError when it takes longer."""
        with self._idle:
            if not self._idle.wait_for(lambda: not self._busy, timeout):
                raise TimeoutError("webhooks are still on their way")

    def close(self) -> None:
        """Stop: planned redeliveries are dropped, running requests end."""
        with self._lock:
            self._closed = True
            timers = list(self._timers)
            self._waiting.clear()
        for timer in timers:
            timer.cancel()
            timer.join(timeout=5)
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._http.clear()

    # one after the other, per chat

    def _dispatch(self, delivery: Delivery) -> None:
        self.log.append(delivery)
        if not self.world.switches.webhook:
            delivery.finish(0, "webhook_off", 0.0)
        elif self.now:
            self._attempt([delivery])
        else:
            self._enqueue(delivery)

    def _enqueue(self, delivery: Delivery) -> None:
        with self._lock:
            if self._closed:
                delivery.finish(0, "stopped", 0.0)
                return
            self._waiting[delivery.chat].append(delivery)
            if delivery.chat not in self._busy:
                self._busy.add(delivery.chat)
                self._pool.submit(self._drain, delivery.chat)

    def _drain(self, chat: str) -> None:
        while True:
            with self._idle:
                queue = self._waiting[chat]
                if not queue:
                    self._waiting.pop(chat, None)
                    self._busy.discard(chat)
                    self._idle.notify_all()
                    return
                taken = [queue.popleft() for _ in range(min(len(queue), max(1, self.world.switches.batch)))]
            self._attempt(taken)

    # the request

    def _attempt(self, deliveries: list[Delivery], *, retry: bool = True) -> None:
        events = [event for delivery in deliveries for event in delivery.events]
        redelivery = any(delivery.tries for delivery in deliveries)
        for delivery in deliveries:
            if delivery.tries:
                self._mark_redelivery(delivery.events)
            delivery.tries += 1
        body = json.dumps({"destination": self.world.bot_id, "events": events}, ensure_ascii=False).encode()
        started = time.perf_counter()
        status, reason = self._try(body)
        ms = (time.perf_counter() - started) * 1000
        kinds = tuple(str(event.get("type", "?")) if isinstance(event, dict) else "?" for event in events)
        self.world.journal.hooks.append(Hook(self.world.clock(), kinds, status, reason, ms, redelivery))
        self.world.touch()
        for delivery in deliveries:
            delivery.finish(status, reason, ms)
            if reason and retry:
                self._plan_redelivery(delivery)

    def _mark_redelivery(self, events: list[Any]) -> None:
        for event in events:
            if isinstance(event, dict) and isinstance(event.get("deliveryContext"), dict):
                event["deliveryContext"]["isRedelivery"] = True
                self.world.renew_reply_token(str(event.get("replyToken", "")))

    def _try(self, body: bytes) -> tuple[int, str]:
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "LineBotWebhook/2.0",
            "x-line-signature": sign(self.world.secret, body),
        }
        try:
            status = self._transport(body, headers)
        except urllib3.exceptions.ReadTimeoutError:
            return 0, "request_timeout"
        except (urllib3.exceptions.HTTPError, OSError):
            return 0, "could_not_connect"
        return status, "" if 200 <= status < 300 else "error_status_code"

    def _post(self, body: bytes, headers: Mapping[str, str]) -> int:
        if not self.world.webhook_url:
            raise ConnectionError("no webhook URL is set")
        answer = self._http.request(
            "POST",
            self.world.webhook_url,
            body=body,
            headers=dict(headers),
            timeout=self.world.switches.webhook_timeout,
            redirect=False,
        )
        return answer.status

    def _plan_redelivery(self, delivery: Delivery) -> None:
        switches = self.world.switches
        if not switches.redelivery or delivery.tries > len(switches.redelivery_pauses):
            return
        again = Delivery(deepcopy(delivery.events), delivery.chat)
        again.tries = delivery.tries
        if self.now:
            self._dispatch(again)
            return
        timer = threading.Timer(switches.redelivery_pauses[delivery.tries - 1], self._dispatch, [again])
        timer.daemon = True
        with self._lock:
            if self._closed:
                return
            timer.start()
            self._timers = {one for one in self._timers if one.is_alive()} | {timer}
