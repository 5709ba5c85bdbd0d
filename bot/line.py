"""LINE's Messaging API: the only file that knows the LINE SDK. Sends, asks, fetches content, and maps errors to ours.

Messages go out as the plain dicts that messages/ builds. The SDK's model classes would drop every field they do not
know without a word, so calls go through the SDK's `ApiClient.call_api`, whose JSON body is exactly the dict it is
given. Error texts are not promised by LINE: only statuses decide, and where one status has two causes another
endpoint is asked.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Protocol
from urllib.parse import quote

import urllib3
from linebot.v3.messaging.api_client import ApiClient
from linebot.v3.messaging.configuration import Configuration
from linebot.v3.messaging.exceptions import ApiException

from bot.trouble import Gone, Later, QuotaGone, Refused, TokenDead, TooBig, object_in, refusal

log = logging.getLogger(__name__)

#: Seconds to connect, seconds between two bytes of an answer. A reply token lives a minute: two slow tries must fit.
TIMEOUTS = (3.0, 8.0)
#: Seconds for one download of content, whatever its pace.
DOWNLOAD_LIMIT = 120.0

Message = dict[str, Any]


class LineSettings(Protocol):
    """What Line needs to know of the settings."""

    @property
    def line_channel_access_token(self) -> str: ...
    @property
    def line_api_url(self) -> str: ...
    @property
    def line_data_url(self) -> str: ...


@dataclass(frozen=True)
class Answer:
    """LINE's answer to a call that worked. `repeated`: 409, it had accepted the same retry key before."""

    status: int
    data: dict[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    request_id: str = ""

    @property
    def repeated(self) -> bool:
        return self.status == 409


@dataclass(frozen=True)
class Quota:
    """The month's message limit (None: unlimited) and LINE's approximate count of what is used."""

    limit: int | None
    used: int

    def holds(self, cost: int) -> bool:
        """Whether `cost` more messages fit."""
        return self.limit is None or self.used + cost <= self.limit


class Line:
    """One channel of one municipality. Safe to share between threads; after a fork each process gets its own sockets.

    Every method raises `LineTrouble`: Later, Unauthorised, and what it names itself.
    """

    def __init__(self, settings: LineSettings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._made: tuple[int, ApiClient, urllib3.PoolManager] | None = None

    # sending

    def reply(self, token: str, messages: Sequence[Message]) -> Answer:
        """Answer an event, free of charge, once per token. Raises TokenDead, Refused."""
        body = {"replyToken": token, "messages": list(messages)}
        try:
            return self.call("POST", "/v2/bot/message/reply", body=body)
        except Refused as fault:
            self._blame_content("reply", messages)
            raise TokenDead("the reply token is dead", status=400, request_id=fault.request_id) from fault

    def push(self, to: str, messages: Sequence[Message], retry_key: str, cost: int = 1) -> Answer:
        """Send to a user or group; counts one message per receiving person, `cost` in all.

        The same `retry_key` (a UUID) within 24 hours is delivered once. Raises Gone, QuotaGone, Refused.
        """
        return self._send("push", to, messages, retry_key, cost)

    def multicast(self, to: Sequence[str], messages: Sequence[Message], retry_key: str) -> Answer:
        """Send to up to 500 users. Raises QuotaGone, Refused; Gone when one of them is no user of this channel."""
        return self._send("multicast", list(to), messages, retry_key, len(to))

    def _send(self, kind: str, to: str | list[str], messages: Sequence[Message], retry_key: str, cost: int) -> Answer:
        body = {"to": to, "messages": list(messages)}
        try:
            return self.call("POST", f"/v2/bot/message/{kind}", body=body, headers={"X-Line-Retry-Key": retry_key})
        except Refused as fault:
            self._blame_content(kind, messages)
            raise Gone("LINE knows no such receiver", status=400, request_id=fault.request_id) from fault
        except Later as fault:
            if fault.status == 429 and not self.quota().holds(cost):
                text = "the month's quota is used up"
                raise QuotaGone(text, status=429, request_id=fault.request_id) from fault
            raise

    def _blame_content(self, kind: str, messages: Sequence[Message]) -> None:
        """Raise Refused when a 400 was the content's fault. A stand-in that cannot judge (404) blames it not."""
        with suppress(Gone):
            self.validate(kind, messages)

    def validate(self, kind: str, messages: Sequence[Message]) -> None:
        """Let LINE check message objects without sending them; kind: reply, push, multicast. Raises Refused."""
        self.call("POST", f"/v2/bot/message/validate/{kind}", body={"messages": list(messages)})

    def loading(self, user: str, seconds: int = 20) -> None:
        """Show the loading animation in a 1:1 chat for 5 to 60 seconds, or until the next message. Not for groups."""
        whole = min(60, max(5, -(-seconds // 5) * 5))
        self.call("POST", "/v2/bot/chat/loading/start", body={"chatId": user, "loadingSeconds": whole})

    # asking

    def profile(self, user: str) -> dict[str, Any]:
        """`displayName`, perhaps `language`, `pictureUrl`. Raises Gone for blockers and strangers."""
        return self.call("GET", "/v2/bot/profile/{user}", user=user).data

    def group_summary(self, group: str) -> dict[str, Any]:
        """`groupName`, perhaps `pictureUrl`. Raises Gone when we are not in it."""
        return self.call("GET", "/v2/bot/group/{group}/summary", group=group).data

    def group_member_count(self, group: str) -> int:
        """How many people are in the group or room, the bot not counted. Raises Gone when we are not in it."""
        where = "/v2/bot/room/{group}" if group.startswith("R") else "/v2/bot/group/{group}"
        return int(self.call("GET", f"{where}/members/count", group=group).data["count"])

    def leave_group(self, group: str) -> None:
        """Leave. Raises Gone when we are not in it."""
        where = "/v2/bot/room/{group}" if group.startswith("R") else "/v2/bot/group/{group}"
        self.call("POST", f"{where}/leave", group=group)

    def quota(self) -> Quota:
        """This month's limit and use."""
        limit = self.call("GET", "/v2/bot/message/quota").data
        return Quota(limit.get("value") if limit.get("type") == "limited" else None, self.consumption())

    def consumption(self) -> int:
        """LINE's approximate count of this month's messages; it includes what staff send from LINE's own manager."""
        return int(self.call("GET", "/v2/bot/message/quota/consumption").data.get("totalUsage", 0))

    def bot_info(self) -> Answer:
        """Who we are (`userId`, `displayName`, `chatMode` …); the headers carry LINE's clock (`Date`)."""
        return self.call("GET", "/v2/bot/info")

    def webhook_endpoint(self) -> dict[str, Any]:
        """`endpoint` and `active` (whether “Use webhook” is on). Raises Gone when none is set."""
        return self.call("GET", "/v2/bot/channel/webhook/endpoint").data

    def test_webhook(self) -> dict[str, Any]:
        """Let LINE call our webhook: `success`, `statusCode`, `reason`, `detail`. At most 60 an hour."""
        return self.call("POST", "/v2/bot/channel/webhook/test", body={}).data

    # content

    def content(self, message_id: str, into: BinaryIO, cap: int) -> str:
        """Write a message's photo, voice, video or file into `into`; returns the content type LINE names.

        Never holds it in memory whole (the SDK would, and hides 202). Raises Gone when it is unsent or expired, TooBig
        beyond `cap` bytes, and Later(status=202) while LINE still prepares it.
        """
        path = "/v2/bot/message/{message}/content"
        reply = self._blob("GET", path, message=message_id)
        try:
            _expect_content(reply)
            for size in _copied(reply, into):
                if size > cap:
                    raise TooBig(f"larger than {cap} bytes", status=200)
        except urllib3.exceptions.HTTPError as error:
            raise _network(error) from error
        finally:
            reply.close()
        return str(reply.headers.get("Content-Type", ""))

    def upload_menu_image(self, menu: str, image: bytes, mime: str) -> None:
        """Give a rich menu its picture; it cannot be changed afterwards. Raises Refused, Gone."""
        reply = self._blob("POST", "/v2/bot/richmenu/{menu}/content", body=image, mime=mime, menu=menu)
        if reply.status != 200:
            raise refusal(reply.status, reply.headers, reply.data)

    # the wire

    def call(
        self, method: str, path: str, *, body: Any = None, headers: Mapping[str, str] | None = None, **names: str
    ) -> Answer:
        """One call; `{name}` in `path` is filled from `names`. For endpoints that have no method here.

        409 is an Answer (see `repeated`) when a retry key was sent. Raises LineTrouble; 400 is Refused, 404 Gone.
        """
        given = {"Accept": "application/json", "Content-Type": "application/json", **(headers or {})}
        try:
            answer = self._client().call_api(
                path,
                method,
                path_params=names,
                header_params=given,
                body=body,
                response_types_map={},
                _request_timeout=TIMEOUTS,
            )
        except ApiException as error:
            return self._failed(method, path, error, retried=bool(headers))
        except (urllib3.exceptions.HTTPError, UnicodeDecodeError, LookupError) as error:
            trouble = _network(error)
            log.warning("LINE %s %s: %s", method, path, trouble)
            raise trouble from error
        request_id = str(answer.headers.get("x-line-request-id", ""))
        log.info("LINE %s %s %s %s", method, path, answer.status_code, request_id)
        return Answer(answer.status_code, object_in(answer.raw_data), answer.headers, request_id)

    def _failed(self, method: str, path: str, error: ApiException, *, retried: bool) -> Answer:
        headers = error.headers or {}
        request_id = str(headers.get("x-line-request-id", ""))
        log.warning("LINE %s %s %s %s", method, path, error.status, request_id)
        if error.status == 409 and retried:
            return Answer(
                409, object_in(error.body), headers, str(headers.get("x-line-accepted-request-id", request_id))
            )
        raise refusal(int(error.status or 0), headers, error.body) from error

    def _client(self) -> ApiClient:
        return self._tools()[1]

    def _tools(self) -> tuple[int, ApiClient, urllib3.PoolManager]:
        """This process's SDK client and content connections: sockets must not be shared across a fork."""
        with self._lock:
            if self._made is None or self._made[0] != os.getpid():
                config = Configuration(
                    host=self._settings.line_api_url, access_token=self._settings.line_channel_access_token
                )
                config.retries = False  # its own three tries would repeat what must not be repeated
                config.connection_pool_maxsize = 16
                blobs = urllib3.PoolManager(maxsize=8, retries=False, timeout=urllib3.Timeout(*TIMEOUTS))
                self._made = (os.getpid(), ApiClient(config), blobs)
            return self._made

    def _blob(self, method: str, path: str, *, body: bytes | None = None, mime: str = "", **names: str) -> Any:
        headers = {"Authorization": f"Bearer {self._settings.line_channel_access_token}"}
        if mime:
            headers["Content-Type"] = mime
        url = self._settings.line_data_url + path.format(
            **{name: quote(value, safe="") for name, value in names.items()}
        )
        try:
            reply = self._tools()[2].request(method, url, body=body, headers=headers, preload_content=body is not None)
        except urllib3.exceptions.HTTPError as error:
            raise _network(error) from error
        log.info("LINE %s %s %s %s", method, path, reply.status, reply.headers.get("x-line-request-id", ""))
        return reply


def _expect_content(reply: Any) -> None:
    if reply.status == 202:
        raise Later("LINE still prepares it", status=202)
    if reply.status != 200:
        raise refusal(reply.status, reply.headers, b"")


def _copied(reply: Any, into: BinaryIO) -> Any:
    """Copy an answer's bytes, yielding how many have arrived. Raises Later when it takes too long."""
    size, end = 0, time.monotonic() + DOWNLOAD_LIMIT
    for chunk in reply.stream(65536):
        size += len(chunk)
        yield size
        into.write(chunk)
        if time.monotonic() > end:
            raise Later("the download takes too long", status=200)


def _network(error: Exception) -> Later:
    """A call without an answer. Only when no connection was made is it certain that nothing was sent."""
    unsent = isinstance(error, (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError))
    return Later(type(error).__name__, doubtful=not unsent)
