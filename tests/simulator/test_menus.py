"""Rich menus: what is refused, images, defaults and own menus, aliases."""

import io
from typing import Any

import pytest
from PIL import Image

from simulator import Simulator
from tests.simulator.conftest import Bot, Client

Json = dict[str, Any]


def menu(**more: object) -> Json:
    area = {"bounds": {"x": 0, "y": 0, "width": 400, "height": 405}, "action": {"type": "message", "text": "เมนู"}}
    return {
        "size": {"width": 1200, "height": 810},
        "selected": True,
        "name": "หลัก",
        "chatBarText": "เมนู",
        "areas": [area],
        **more,
    }


def drawing(width: int = 1200, height: int = 810, kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), "green").save(out, kind)
    return out.getvalue()


def drawn(client: Client, **more: object) -> str:
    """A menu with an image; returns its id."""
    menu_id = str(client.call("POST", "/v2/bot/richmenu", menu(**more)).json()["richMenuId"])
    path, headers = f"/v2/bot/richmenu/{menu_id}/content", {"Content-Type": "image/png"}
    assert client.call("POST", path, drawing(), headers=headers).status == 200
    return menu_id


def area(x: int, width: int) -> Json:
    bounds = {"x": x, "y": 0, "width": width, "height": 100}
    return {"bounds": bounds, "action": {"type": "message", "text": "ก"}}


@pytest.mark.parametrize(
    "wrong",
    [
        {"size": {"width": 799, "height": 400}},
        {"size": {"width": 2501, "height": 1000}},
        {"size": {"width": 1200, "height": 249}},
        {"size": {"width": 1200, "height": 900}},
        {"chatBarText": "ก" * 15},
        {"chatBarText": ""},
        {"name": "ก" * 301},
        {"selected": None},
        {"areas": [area(0, 10)] * 21},
        {"areas": [area(1000, 201)]},
        {"areas": [{"bounds": area(0, 10)["bounds"]}]},
        {"areas": [{**area(0, 10), "action": {"type": "camera", "label": "ถ่าย"}}]},
        {"colour": "green"},
    ],
)
def test_wrong_menus_are_refused(client: Client, wrong: Json) -> None:
    assert client.call("POST", "/v2/bot/richmenu/validate", menu(**wrong)).status == 400
    assert client.call("POST", "/v2/bot/richmenu", menu(**wrong)).status == 400


@pytest.mark.parametrize(
    ("data", "mime", "status"),
    [
        (drawing(), "image/png", 200),
        (drawing(kind="JPEG"), "image/jpeg", 200),
        (drawing(1200, 800), "image/png", 400),
        (drawing(kind="JPEG"), "image/png", 400),
        (b"no picture", "image/png", 400),
        (drawing(), "application/octet-stream", 415),
        (b"x" * (1024 * 1024 + 1), "image/png", 413),
    ],
)
def test_a_menus_image(client: Client, data: bytes, mime: str, status: int) -> None:
    menu_id = client.call("POST", "/v2/bot/richmenu", menu()).json()["richMenuId"]
    path = f"/v2/bot/richmenu/{menu_id}/content"
    assert client.call("POST", path, data, headers={"Content-Type": mime}).status == status
    if status == 200:
        assert client.call("GET", path).data == data
        assert client.call("POST", path, data, headers={"Content-Type": mime}).status == 400


def test_a_menu_without_image_cannot_be_shown(line: Simulator, client: Client) -> None:
    menu_id = client.call("POST", "/v2/bot/richmenu", menu()).json()["richMenuId"]
    assert client.call("POST", f"/v2/bot/user/all/richmenu/{menu_id}").status == 400


def test_default_and_own_menus(line: Simulator, bot: Bot, client: Client) -> None:
    somsri = line.user("ป้าสมศรี")
    first = drawn(client)
    second = drawn(client, areas=[{**area(0, 10), "action": {"type": "postback", "label": "สอง", "data": "two"}}])
    assert client.call("GET", "/v2/bot/user/all/richmenu").status == 404
    client.call("POST", f"/v2/bot/user/all/richmenu/{first}")
    assert client.call("GET", "/v2/bot/user/all/richmenu").json() == {"richMenuId": first}
    line.tap(somsri, "เมนู")
    assert bot.last["message"]["text"] == "เมนู"
    client.call("POST", f"/v2/bot/user/{somsri.id}/richmenu/{second}")
    assert client.call("GET", f"/v2/bot/user/{somsri.id}/richmenu").json() == {"richMenuId": second}
    line.tap(somsri, "สอง")
    assert bot.last["postback"] == {"data": "two"}
    assert len(client.call("GET", "/v2/bot/richmenu/list").json()["richmenus"]) == 2
    client.call("DELETE", f"/v2/bot/richmenu/{second}")
    assert client.call("GET", f"/v2/bot/user/{somsri.id}/richmenu").status == 404
    assert client.call("GET", f"/v2/bot/richmenu/{second}").status == 404
    client.call("DELETE", "/v2/bot/user/all/richmenu")
    assert line.buttons_on_screen(somsri) == []


def test_many_users_at_once(line: Simulator, client: Client) -> None:
    somsri, menu_id = line.user("ป้าสมศรี"), drawn(client)
    body = {"richMenuId": menu_id, "userIds": [somsri.id]}
    assert client.call("POST", "/v2/bot/richmenu/bulk/link", body).status == 202
    own = f"/v2/bot/user/{somsri.id}/richmenu"
    assert client.call("GET", own).json() == {"richMenuId": menu_id}
    assert client.call("POST", "/v2/bot/richmenu/bulk/unlink", {"userIds": [somsri.id]}).status == 202
    assert client.call("GET", own).status == 404
    assert client.call("POST", "/v2/bot/richmenu/bulk/unlink", {"userIds": [somsri.id] * 501}).status == 400


def test_aliases_and_switching(line: Simulator, bot: Bot, client: Client) -> None:
    somsri, first, second = line.user("ป้าสมศรี"), drawn(client), drawn(client)
    path, body = "/v2/bot/richmenu/alias", {"richMenuAliasId": "more", "richMenuId": first}
    assert client.call("POST", path, {**body, "richMenuAliasId": "เพิ่ม"}).status == 400
    assert client.call("POST", path, body).status == 200
    assert client.call("POST", path, body).status == 400
    assert client.call("POST", f"{path}/more", {"richMenuId": second}).status == 200
    assert client.call("GET", f"{path}/more").json() == {**body, "richMenuId": second}
    assert client.call("GET", f"{path}/list").json() == {"aliases": [{**body, "richMenuId": second}]}
    line.tap(somsri, {"type": "richmenuswitch", "data": "to=more", "richMenuAliasId": "more"})
    assert bot.last["postback"]["params"] == {"newRichMenuAliasId": "more", "status": "SUCCESS"}
    assert somsri.menu_id == second
    assert client.call("DELETE", f"{path}/more").status == 200
    line.tap(somsri, {"type": "richmenuswitch", "data": "to=more", "richMenuAliasId": "more"})
    assert bot.last["postback"]["params"]["status"] == "RICHMENU_ALIAS_ID_NOTFOUND"
