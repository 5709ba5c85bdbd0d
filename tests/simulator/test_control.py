"""The control API: everything a person can do, from this machine and its own page only."""

import io
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
import urllib3
from PIL import Image

from simulator import Simulator
from simulator.__main__ import main, make, parser
from simulator.cast import CAST
from tests.simulator.conftest import Bot, Client, text

Json = dict[str, Any]


class Remote:
    """Calls the control API as another process does."""

    def __init__(self, url: str) -> None:
        self.url, self.http = url, urllib3.PoolManager(retries=False)

    def post(self, path: str, body: object) -> Json:
        """POST JSON; returns the answer."""
        return dict(self.http.request("POST", f"{self.url}/sim/{path}", json=body).json())

    def get(self, path: str) -> Json:
        """GET; returns the answer."""
        return dict(self.http.request("GET", f"{self.url}/sim/{path}").json())


@pytest.fixture
def remote(line: Simulator) -> Iterator[Remote]:
    caller = Remote(line.url)
    yield caller
    caller.http.clear()


def test_a_conversation_from_outside(line: Simulator, bot: Bot, client: Client, remote: Remote) -> None:
    somsri = remote.post("users", {"name": "ป้าสมศรี", "friend": False})
    assert remote.post("act", {"act": "follow", "who": "ป้าสมศรี"})["status"] == 200
    assert remote.post("act", {"act": "say", "who": somsri["id"], "text": "ไฟถนนดับ"})["status"] == 200
    items = [{"type": "action", "action": {"type": "postback", "label": "ใช่", "data": "yes"}}]
    client.reply(bot.last["replyToken"], text("ถูกไหมคะ", quickReply={"items": items}))
    (said,) = remote.get(f"messages?chat={somsri['id']}&count=1&timeout=5")["messages"]
    assert (said["text"], said["via"], said["buttons"][0]["label"]) == ("ถูกไหมคะ", "reply", "ใช่")
    assert [one["label"] for one in remote.get(f"buttons?who={somsri['id']}")["buttons"]] == ["ใช่"]
    assert remote.post("tap", {"who": "ป้าสมศรี", "label": "ใช่"})["status"] == 200
    assert bot.last["postback"] == {"data": "yes"}


@pytest.mark.parametrize(
    ("more", "kind"),
    [
        ({"act": "photo", "name": "pothole"}, "image"),
        ({"act": "voice", "seconds": 1}, "audio"),
        ({"act": "location", "latitude": 14.02, "longitude": 100.52}, "location"),
        ({"act": "sticker"}, "sticker"),
    ],
)
def test_acts(line: Simulator, bot: Bot, remote: Remote, more: Json, kind: str) -> None:
    line.user("ป้าสมศรี")
    assert remote.post("act", {"who": "ป้าสมศรี", **more})["status"] == 200
    assert bot.last["message"]["type"] == kind


def test_groups_from_outside(line: Simulator, bot: Bot, remote: Remote) -> None:
    remote.post("users", {"name": "ช่างเอก"})
    remote.post("users", {"name": "ช่างโท"})
    remote.post("groups", {"name": "กองช่าง", "members": ["ช่างเอก"], "joined": False})
    group = {"group": "กองช่าง"}
    for act in ("join", "member_joins", "member_leaves", "remove_bot"):
        remote.post("act", {"act": act, "who": "ช่างโท", **group})
    assert [event["type"] for event in bot.heard] == ["join", "memberJoined", "memberLeft", "leave"]


def test_files_from_outside(line: Simulator, bot: Bot, remote: Remote) -> None:
    line.user("ป้าสมศรี")
    fields: list[tuple[str, Any]] = [("who", "ป้าสมศรี"), ("kind", "photo")]
    fields += [("data", ("a.jpg", b"1", "image/jpeg")), ("data", ("b.jpg", b"2", "image/jpeg"))]
    answer = remote.http.request("POST", f"{line.url}/sim/media", fields=fields)
    assert [one["status"] for one in answer.json()["sent"]] == [200, 200]
    assert bot.last["message"]["imageSet"]["total"] == 2
    fields = [("who", "ป้าสมศรี"), ("kind", "file"), ("data", ("คำร้อง.pdf", b"%PDF", "application/pdf"))]
    remote.http.request("POST", f"{line.url}/sim/media", fields=fields)
    assert bot.last["message"]["fileName"] == "คำร้อง.pdf"


def test_raw_events_go_out_signed_and_untouched(line: Simulator, bot: Bot, remote: Remote) -> None:
    assert remote.post("events", {"events": [{"type": "new"}, 5]})["status"] == 200
    assert bot.heard == [{"type": "new"}, 5]


def test_state_tells_what_is_new(line: Simulator, client: Client, remote: Remote) -> None:
    somsri = line.user("ป้าสมศรี")
    client.push(somsri.id, text("หนึ่ง"))
    whole = remote.get("state")
    assert [one["message"]["text"] for one in whole["lines"]] == ["หนึ่ง"]
    client.push(somsri.id, text("สอง"))
    later = remote.get(f"state?after={whole['rev']}&epoch={quote(whole['epoch'])}&timeout=5")
    assert [one["message"]["text"] for one in later["lines"]] == ["สอง"]
    assert later["used"] == 2
    remote.post("reset", {})
    fresh = remote.get(f"state?after={later['rev']}&epoch={quote(later['epoch'])}&timeout=5")
    assert (fresh["lines"], fresh["epoch"] == later["epoch"]) == ([], False)


def test_switches_from_outside(line: Simulator, bot: Bot, client: Client, remote: Remote) -> None:
    somsri = line.user("ป้าสมศรี")
    state = remote.post("switches", {"quota": 10, "used": 9, "fault": {"kind": "429", "times": 3, "only": "push"}})
    assert (state["used"], state["switches"]["quota"]) == (9, 10)
    assert client.push(somsri.id).json()["message"].startswith("The API rate limit")
    remote.post("switches", {"clear_faults": True})
    assert [client.push(somsri.id).status for _ in range(2)] == [200, 429]
    line.say(somsri, "สวัสดี")
    assert remote.post("redeliver", {})["status"] == 200
    assert bot.last["deliveryContext"] == {"isRedelivery": True}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("act", {"act": "fly", "who": "ป้าสมศรี"}),
        ("act", {"act": "say", "who": "ไม่มีใคร", "text": "ก"}),
        ("act", {"act": "say", "who": "ป้าสมศรี"}),
        ("act", {"act": "location", "who": "ป้าสมศรี", "latitude": "north", "longitude": 1}),
        ("tap", {"who": "ป้าสมศรี", "label": "ไม่มีปุ่มนี้"}),
        ("switches", {"speed": 1}),
        ("switches", {"quota": "many"}),
        ("events", {"events": 5}),
        ("act", [1]),
    ],
)
def test_mistakes_are_told(line: Simulator, remote: Remote, path: str, body: object) -> None:
    line.user("ป้าสมศรี")
    answer = remote.http.request("POST", f"{line.url}/sim/{path}", json=body)
    assert answer.status == 400
    assert answer.json()["error"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Host": "evil.example"},
    ],
)
def test_other_pages_are_kept_out(line: Simulator, remote: Remote, headers: dict[str, str]) -> None:
    for method, path in (("GET", "state"), ("POST", "reset")):
        assert remote.http.request(method, f"{line.url}/sim/{path}", headers=headers).status == 403


def test_its_own_page_is_let_in(line: Simulator, remote: Remote) -> None:
    headers = {"Origin": line.url, "Sec-Fetch-Site": "same-origin"}
    assert remote.http.request("POST", f"{line.url}/sim/reset", headers=headers, json={}).status == 200


def test_other_machines_are_kept_out(line: Simulator) -> None:
    from werkzeug.test import Client as InProcess

    there = InProcess(line.app).get("/sim/state", environ_base={"REMOTE_ADDR": "203.0.113.9"})
    assert there.status_code == 403


def test_peoples_files_are_handed_out_harmless(line: Simulator, bot: Bot, remote: Remote) -> None:
    line.send_file(line.user("ป้าสมศรี"), "page.html", b"<script>alert(1)</script>", mime="text/html")
    path = f"{line.url}/sim/content/{bot.last['message']['id']}"
    answer = remote.http.request("GET", path)
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    line.unsend("ป้าสมศรี")
    assert remote.http.request("GET", path).status == 410


def test_the_page_has_a_strict_policy(line: Simulator, remote: Remote) -> None:
    answer = remote.http.request("GET", line.url + "/")
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert b"<script>" not in answer.data
    for name in ("main.js", "phone.css", "icon.svg"):
        assert remote.http.request("GET", f"{line.url}/sim/static/{name}").status == 200
    assert remote.http.request("GET", f"{line.url}/sim/static/../server.py").status == 404


def test_sample_photos_are_pictures(line: Simulator, remote: Remote) -> None:
    for name in remote.get("state")["photos"]:
        with Image.open(io.BytesIO(remote.http.request("GET", f"{line.url}/sim/samples/{name}").data)) as image:
            assert image.format == "JPEG"
    assert remote.http.request("GET", f"{line.url}/sim/samples/none").status == 404


def test_the_command_line_makes_the_world_it_is_asked_for(tmp_path: Any) -> None:
    file = tmp_path / "world.json"
    file.write_text(json.dumps({"users": [{"name": "ยายคำ"}], "groups": []}), "utf-8")
    simulator = make(parser().parse_args(["--port", "0", "--quota", "none", "--world", str(file), "--secret", "s"]))
    with simulator:
        assert [user.name for user in simulator.world.users.values()] == ["ยายคำ"]
        assert simulator.world.switches.quota is None
    default = make(parser().parse_args(["--port", "0"]))
    default.stop()
    default.courier.close()
    assert [user.name for user in default.world.users.values()] == [one["name"] for one in CAST["users"]]


def test_a_wrong_command_line_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--quota", "many"]) == 2
    assert main(["--world", "no-such-file.json"]) == 2
    assert "no-such-file.json" in capsys.readouterr().err
