"""Calls to LINE: what goes over the wire, what is logged, and what each kind of failure is called."""

from __future__ import annotations

import logging
import os
import socket
import threading
import uuid
from collections.abc import Iterator, Sequence
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from typing import Any

import pytest

from bot.line import Line
from bot.trouble import Gone, Later, LineTrouble, QuotaGone, Refused, TokenDead, TooBig, Unauthorised
from simulator import Content, Simulator, User
from tests.office import SECRET, TOKEN, Address, text


@pytest.fixture
def platform() -> Iterator[Simulator]:
    with Simulator(secret=SECRET, token=TOKEN) as opened:
        yield opened


@pytest.fixture
def line(platform: Simulator) -> Line:
    return Line(Address(platform.url, platform.url))


@pytest.fixture
def somsri(platform: Simulator) -> User:
    return platform.user("ป้าสมศรี")


def key() -> str:
    return str(uuid.uuid4())


def test_messages_arrive_exactly_as_they_were_written(platform: Simulator, line: Line, somsri: User) -> None:
    button = {"type": "button", "action": {"type": "postback", "label": "รับเรื่อง", "data": "t=1", "displayText": "รับ"}}
    flex = {
        "type": "flex",
        "altText": "เรื่อง 42",
        "contents": {
            "type": "bubble",
            "body": {
                "type": "box",
                "layout": "vertical",
                "contents": [{"type": "text", "text": "ไฟดับ", "scaling": True, "lineSpacing": "4px"}, button],
            },
        },
    }
    quick = {"items": [{"type": "action", "action": {"type": "clipboard", "label": "คัดลอก", "clipboardText": "42"}}]}
    messages = [flex, text("เกิดที่ไหนคะ") | {"quickReply": quick}]
    line.push(somsri.id, messages, key())
    assert [message.json for message in platform.messages(somsri)] == messages
    body = platform.calls("message/push")[0].body
    assert body == {"to": somsri.id, "messages": messages}


def test_the_same_retry_key_is_success_and_delivers_once(platform: Simulator, line: Line, somsri: User) -> None:
    once = key()
    first = line.push(somsri.id, [text("ก")], once)
    again = line.push(somsri.id, [text("ก")], once)
    assert (first.repeated, again.repeated) == (False, True)
    assert again.request_id == first.request_id
    assert len(platform.messages(somsri)) == 1


def test_a_token_can_be_used_once(platform: Simulator, line: Line, somsri: User) -> None:
    token = platform.world.new_reply_token(somsri.id)
    line.reply(token, [text("ก")])
    with pytest.raises(TokenDead):
        line.reply(token, [text("ก")])


def test_a_body_that_line_refuses_names_the_field_and_not_the_words(
    platform: Simulator, line: Line, somsri: User
) -> None:
    long = "ความลับของป้า" * 500
    with pytest.raises(Refused, match=r"messages\[1\].text") as refused:
        line.push(somsri.id, [text("ก"), text(long)], key())
    assert "ความลับ" not in str(refused.value)
    with pytest.raises(Refused):
        line.reply(platform.world.new_reply_token(somsri.id), [text("")])
    with pytest.raises(Refused):
        line.validate("push", [{"type": "hologram"}])


class Unjudged(Line):
    """LINE played by something that has no endpoint to judge messages."""

    def validate(self, kind: str, messages: Sequence[Any]) -> None:
        raise Gone("HTTP 404", status=404)


def test_where_nobody_judges_the_content_a_dead_token_is_still_only_a_dead_token(
    platform: Simulator, somsri: User
) -> None:
    line = Unjudged(Address(platform.url, platform.url))
    token = platform.world.new_reply_token(somsri.id)
    line.reply(token, [text("ก")])
    with pytest.raises(TokenDead):
        line.reply(token, [text("ก")])


def test_an_unknown_receiver_is_gone(line: Line) -> None:
    with pytest.raises(Gone):
        line.push("U" + "0" * 32, [text("ก")], key())
    with pytest.raises(Gone):
        line.profile("U" + "0" * 32)
    with pytest.raises(Gone):
        line.group_summary("C" + "0" * 32)


def test_a_used_up_quota_is_told_from_a_rate_limit(platform: Simulator, line: Line, somsri: User) -> None:
    platform.fail("429", only="message/push")
    with pytest.raises(Later) as rate:
        line.push(somsri.id, [text("ก")], key())
    assert not rate.value.doubtful
    platform.switch(quota=0)
    with pytest.raises(QuotaGone):
        line.push(somsri.id, [text("ก")], key())
    with pytest.raises(QuotaGone):
        line.multicast([somsri.id], [text("ก")], key())


@pytest.mark.parametrize("fault", ["500", "drop_before", "drop_after"])
def test_after_a_failure_within_a_call_its_effect_is_in_doubt(
    platform: Simulator, line: Line, somsri: User, fault: str
) -> None:
    platform.fail(fault, only="message/push")
    with pytest.raises(Later) as later:
        line.push(somsri.id, [text("ก")], key())
    assert later.value.doubtful


def test_without_a_connection_nothing_was_sent() -> None:
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{free.getsockname()[1]}"
    line = Line(Address(nobody, nobody))
    with pytest.raises(Later) as later:
        line.push("U" + "0" * 32, [text("ก")], key())
    assert not later.value.doubtful
    with pytest.raises(Later):
        line.content("1", BytesIO(), 10)


def test_a_silent_server_is_given_up_in_doubt_and_asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.line.TIMEOUTS", (0.5, 0.3))
    accepted = []
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:

        def listen() -> None:
            while True:
                try:
                    accepted.append(silent.accept()[0])
                except OSError:
                    return

        thread = threading.Thread(target=listen)
        thread.start()
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        line = Line(Address(address, address))
        for call in (line.bot_info, lambda: line.push("U" + "0" * 32, [text("ก")], key())):
            with pytest.raises(Later) as later:
                call()
            assert later.value.doubtful
        silent.shutdown(socket.SHUT_RDWR)
    thread.join()
    for connection in accepted:
        connection.close()
    assert len(accepted) == 2


def test_a_wrong_token_is_unauthorised(platform: Simulator, somsri: User) -> None:
    line = Line(Address(platform.url, platform.url, "another"))
    with pytest.raises(Unauthorised):
        line.push(somsri.id, [text("ก")], key())
    with pytest.raises(Unauthorised):
        line.content("1", BytesIO(), 10)


def test_the_log_has_request_ids_and_neither_tokens_nor_words_nor_people(
    platform: Simulator, line: Line, somsri: User, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    token = platform.world.new_reply_token(somsri.id)
    line.reply(token, [text("ความลับ")])
    line.profile(somsri.id)
    with pytest.raises(LineTrouble):
        line.reply(token, [text("ความลับ")])
    for secret in (TOKEN, token, "ความลับ", somsri.id):
        assert secret not in "".join(record.getMessage() for record in caplog.records if record.name == "bot.line")
    request = platform.calls("message/reply")[0].request_id
    assert f"LINE POST /v2/bot/message/reply 200 {request}" in caplog.messages


def test_asking_about_people_groups_and_ourselves(platform: Simulator, line: Line, somsri: User) -> None:
    crew = platform.group("กองช่าง", [somsri])
    assert line.profile(somsri.id)["displayName"] == "ป้าสมศรี"
    assert line.group_summary(crew.id)["groupName"] == "กองช่าง"
    assert line.group_member_count(crew.id) == 1
    assert line.bot_info().data["userId"] == platform.world.bot_id
    assert line.quota().limit == 300
    platform.switch(quota=None)
    assert line.quota().holds(10**9)
    line.leave_group(crew.id)
    assert not crew.joined


def test_the_loading_animation_takes_any_number_of_seconds(platform: Simulator, line: Line, somsri: User) -> None:
    for seconds in (1, 7, 20, 400):
        line.loading(somsri.id, seconds)
    bodies = [call.body or {} for call in platform.calls("loading")]
    assert [body["loadingSeconds"] for body in bodies] == [5, 10, 20, 60]


def test_content_is_streamed_and_capped(platform: Simulator, line: Line) -> None:
    data = os.urandom(300_000)
    platform.world.contents["1"] = Content(data, "image/jpeg")
    into = BytesIO()
    assert line.content("1", into, 300_000) == "image/jpeg"
    assert into.getvalue() == data
    with pytest.raises(TooBig):
        line.content("1", BytesIO(), 299_999)


def test_content_that_is_not_ready_or_gone(platform: Simulator, line: Line) -> None:
    platform.world.contents["1"] = Content(b"x", "audio/mp4", pending=1)
    platform.world.contents["2"] = Content(b"", "image/jpeg", gone=True)
    with pytest.raises(Later) as later:
        line.content("1", BytesIO(), 10)
    assert later.value.status == 202
    for message in ("2", "3"):
        with pytest.raises(Gone):
            line.content(message, BytesIO(), 10)


def test_threads_share_one_client(platform: Simulator, line: Line, somsri: User) -> None:
    threads = [threading.Thread(target=line.push, args=(somsri.id, [text(str(n))], key())) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {message.text for message in platform.messages(somsri)} == {str(n) for n in range(20)}


class Strange(BaseHTTPRequestHandler):
    """A server that answers what no LINE would: web pages, redirects, bytes that are no text."""

    answers = ((200, b"<html>"), (200, b"\xff\xfe"), (302, b""), (502, b"<html>"), (400, b"[]"), (429, b"{}"))
    asked = 0

    def do_GET(self) -> None:
        status, body = self.answers[type(self).asked % len(self.answers)]
        type(self).asked += 1
        self.send_response(status)
        for name, value in (("Location", "http://127.0.0.1:1/"), ("Retry-After", "7"), ("Content-Length", len(body))):
            self.send_header(name, str(value))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: Any) -> None:
        """Silence."""


def test_strange_answers_become_our_own_troubles() -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), Strange) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}"
        line = Line(Address(address, address))
        assert line.bot_info().data == {}
        for kind in (Later, Later, Later, Refused):
            with pytest.raises(kind):
                line.bot_info()
        with pytest.raises(Later) as later:
            line.bot_info()
        assert later.value.retry_after == 7
        server.shutdown()


def test_a_child_process_opens_its_own_connections(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    line.bot_info()
    ours = line._tools()
    assert line._tools() is ours
    monkeypatch.setattr("os.getpid", lambda: -1)  # what a fork changes; forking here would copy the simulator's threads
    line.bot_info()
    theirs = line._tools()
    assert theirs[1] is not ours[1]
    assert theirs[2] is not ours[2]
