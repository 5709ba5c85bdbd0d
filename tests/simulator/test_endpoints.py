"""The other endpoints: token, profiles, groups, content, quota, loading, the webhook's address, faults."""

import io
import time
from typing import Any
from urllib.parse import urlencode

import pytest
import urllib3
from PIL import Image

from simulator import Simulator
from tests.simulator.conftest import Bot, Client, Clock, text

Json = dict[str, Any]


@pytest.mark.parametrize("header", ["", "Bearer wrong", "Basic token", "token"])
def test_without_the_token_nothing_goes(line: Simulator, client: Client, header: str) -> None:
    answer = client.call("GET", "/v2/bot/info", headers={"Authorization": header})
    assert answer.status == 401
    assert answer.headers["x-line-request-id"]
    assert client.call("GET", "/v2/bot/nothing", headers={"Authorization": header}).status == 401


def test_unknown_paths_are_404(client: Client) -> None:
    answer = client.call("GET", "/v2/bot/nothing")
    assert (answer.status, answer.json()) == (404, {"message": "Not Found"})


def test_a_stateless_token_serves_fifteen_minutes(line: Simulator, client: Client, clock: Clock) -> None:
    form = {"grant_type": "client_credentials", "client_id": "1", "client_secret": "secret"}
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    given = client.call("POST", "/oauth2/v3/token", urlencode(form).encode(), headers=headers).json()
    assert given["expires_in"] == 900
    other = Client(line.url, given["access_token"], client.http)
    assert other.call("GET", "/v2/bot/info").status == 200
    clock.at += 901
    assert other.call("GET", "/v2/bot/info").status == 401
    wrong = urlencode({**form, "client_secret": "no"}).encode()
    assert client.call("POST", "/oauth2/v3/token", wrong, headers=headers).status == 400


def test_a_body_over_two_megabytes_is_413(line: Simulator, client: Client) -> None:
    assert client.push(line.user("ป้าสมศรี").id, text("ก" * 800_000)).status == 413


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"text"', b"\xff"])
def test_a_body_that_is_no_object_is_400(client: Client, body: bytes) -> None:
    assert client.call("POST", "/v2/bot/message/push", body).status == 400


def test_profiles(line: Simulator, client: Client) -> None:
    somsri, stranger = line.user("ป้าสมศรี"), line.user("คนผ่านทาง", friend=False)
    found = client.call("GET", f"/v2/bot/profile/{somsri.id}").json()
    assert found == {"userId": somsri.id, "displayName": "ป้าสมศรี", "language": "th"}
    assert client.call("GET", f"/v2/bot/profile/{stranger.id}").status == 404
    line.say(stranger, "สวัสดี")
    assert client.call("GET", f"/v2/bot/profile/{stranger.id}").status == 200
    assert client.call("GET", "/v2/bot/profile/U" + "0" * 32).status == 404


def test_groups(line: Simulator, bot: Bot, client: Client) -> None:
    ek, stranger = line.user("ช่างเอก", friend=False), line.user("คนผ่านทาง")
    crew = line.group("กองช่าง", [ek])
    base = f"/v2/bot/group/{crew.id}"
    assert client.call("GET", f"{base}/summary").json() == {"groupId": crew.id, "groupName": "กองช่าง"}
    assert client.call("GET", f"{base}/members/count").json() == {"count": 1}
    assert client.call("GET", f"{base}/member/{ek.id}").json()["displayName"] == "ช่างเอก"
    assert client.call("GET", f"{base}/member/{stranger.id}").status == 404
    assert client.call("GET", f"{base}/members/ids").status == 403
    assert client.call("POST", f"{base}/leave").status == 200
    assert client.call("GET", f"{base}/summary").status == 404
    assert line.say(ek, "มีใครไหม", crew).reason == "not_listening"
    with pytest.raises(LookupError):
        line.say(stranger, "ขอเข้าด้วย", crew)


def test_content(line: Simulator, bot: Bot, client: Client) -> None:
    somsri = line.user("ป้าสมศรี")
    out = io.BytesIO()
    Image.new("RGB", (1000, 500), "red").save(out, "JPEG")
    line.send_photo(somsri, out.getvalue())
    base = f"/v2/bot/message/{bot.last['message']['id']}/content"
    whole = client.call("GET", base)
    assert (whole.data, whole.headers["Content-Type"]) == (out.getvalue(), "image/jpeg")
    with Image.open(io.BytesIO(client.call("GET", f"{base}/preview").data)) as small:
        assert small.size == (240, 120)
    assert client.call("GET", f"{base}/transcoding").status == 400
    line.unsend(somsri)
    assert client.call("GET", base).status == 410
    assert client.call("GET", "/v2/bot/message/1/content").status == 404


def test_big_content_is_prepared_first(line: Simulator, bot: Bot, client: Client) -> None:
    line.switch(content_pending=2)
    line.send_video(line.user("ป้าสมศรี"), b"film")
    base = f"/v2/bot/message/{bot.last['message']['id']}/content"
    assert client.call("GET", f"{base}/transcoding").json() == {"status": "processing"}
    assert [client.call("GET", base).status for _ in range(3)] == [202, 202, 200]
    assert client.call("GET", f"{base}/transcoding").json() == {"status": "succeeded"}


@pytest.mark.parametrize(
    ("seconds", "status"), [(5, 202), (60, 202), (None, 202), (7, 400), (0, 400), (65, 400), ("20", 400)]
)
def test_loading(line: Simulator, client: Client, seconds: object, status: int) -> None:
    body = {"chatId": line.user("ป้าสมศรี").id} | ({} if seconds is None else {"loadingSeconds": seconds})
    assert client.call("POST", "/v2/bot/chat/loading/start", body).status == status


def test_loading_is_not_for_groups(line: Simulator, client: Client) -> None:
    crew = line.group("กองช่าง", [line.user("ช่างเอก")])
    assert client.call("POST", "/v2/bot/chat/loading/start", {"chatId": crew.id}).status == 400


def test_mark_as_read(line: Simulator, bot: Bot, client: Client) -> None:
    line.say(line.user("ป้าสมศรี"), "สวัสดี")
    path, message = "/v2/bot/chat/markAsRead", bot.last["message"]
    assert client.call("POST", path, {"markAsReadToken": message["markAsReadToken"]}).status == 200
    assert list(line.world.journal.read) == [message["id"]]
    assert client.call("POST", path, {"markAsReadToken": "x"}).status == 400


def test_delivered_messages_of_a_day_are_ready_the_next(line: Simulator, client: Client, clock: Clock) -> None:
    client.push(line.user("ป้าสมศรี").id, text("หนึ่ง"), text("สอง"))
    day = time.strftime("%Y%m%d", time.gmtime(clock.at + 9 * 3600))
    path = f"/v2/bot/message/delivery/push?date={day}"
    assert client.call("GET", path).json() == {"status": "unready"}
    clock.at += 86_400
    assert client.call("GET", path).json() == {"status": "ready", "success": 2}
    assert client.call("GET", "/v2/bot/message/delivery/push?date=yesterday").status == 400


def test_the_webhooks_address_and_its_test(line: Simulator, bot: Bot, client: Client) -> None:
    path = "/v2/bot/channel/webhook/endpoint"
    assert client.call("GET", path).status == 404
    assert client.call("PUT", path, {"endpoint": "http://example.org/line"}).status == 400
    assert client.call("PUT", path, {"endpoint": "https://example.org/line"}).status == 200
    assert client.call("GET", path).json() == {"endpoint": "https://example.org/line", "active": True}
    tested = client.call("POST", "/v2/bot/channel/webhook/test", {}).json()
    assert (tested["success"], tested["statusCode"], tested["reason"]) == (True, 200, "OK")
    assert bot.raw[-1][0].endswith(b'"events": []}')
    bot.status = 403
    tested = client.call("POST", "/v2/bot/channel/webhook/test", {}).json()
    assert (tested["success"], tested["statusCode"], tested["reason"]) == (False, 403, "ERROR_STATUS_CODE")


def test_faults_strike_the_next_calls_of_their_path_only(line: Simulator, client: Client) -> None:
    somsri = line.user("ป้าสมศรี")
    line.fail("429", 2, only="/push")
    assert client.call("GET", "/v2/bot/info").status == 200
    first = client.push(somsri.id)
    assert (first.status, first.json()["message"]) == (429, "The API rate limit has been exceeded. Try again later.")
    assert [client.push(somsri.id).status for _ in range(2)] == [429, 200]
    line.fail("500")
    assert client.push(somsri.id).status == 500
    assert [call.status for call in line.refused()] == [429, 429, 500]


def test_slowness_delays_the_answer(line: Simulator, client: Client) -> None:
    somsri = line.user("ป้าสมศรี")
    line.fail("slow", only="push", ms=3000)
    with pytest.raises(urllib3.exceptions.ReadTimeoutError):
        client.http.request(
            "POST",
            line.url + "/v2/bot/message/push",
            json={"to": somsri.id, "messages": [text("ช้า")]},
            headers={"Authorization": "Bearer token"},
            timeout=0.2,
        )


def test_wrong_switches_are_named(line: Simulator) -> None:
    with pytest.raises(ValueError, match="speed"):
        line.switch(speed=3)
    with pytest.raises(ValueError, match="quota"):
        line.switch(quota=-1, delay_ms=5)
    assert line.world.switches.delay_ms == 0
    with pytest.raises(ValueError, match="kind"):
        line.fail("flood")


def test_what_was_refused_is_on_record(line: Simulator, client: Client) -> None:
    client.push("U" + "0" * 32)
    (call,) = line.refused()
    assert (call.path, call.status, call.reason) == ("/v2/bot/message/push", 400, "Failed to send messages")
    assert call.body == {"to": "U" + "0" * 32, "messages": [text("ข่าว")]}


def test_reset_forgets_what_was_said_but_not_who_there_is(line: Simulator, client: Client) -> None:
    somsri = line.user("ป้าสมศรี")
    client.push(somsri.id)
    line.world.reset()
    assert (line.messages(somsri), line.world.used(), line.calls()) == ([], 0, [])
    assert client.push(somsri.id).status == 200


def test_it_is_a_wsgi_app_too(line: Simulator) -> None:
    from werkzeug.test import Client as InProcess

    caller = InProcess(line.app)
    headers = {"Authorization": "Bearer token"}
    assert caller.get("/v2/bot/info", headers=headers).status_code == 200
    line.fail("drop_after")
    with pytest.raises(ConnectionResetError):
        caller.get("/v2/bot/info", headers=headers)
