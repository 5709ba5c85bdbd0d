"""The rich menu: what LINE accepts, installed once, replaced when it changes, and tapped."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
from PIL import Image

from bot import richmenu
from bot.line import Line
from bot.richmenu import body, install, picture, shown
from bot.trouble import Later
from simulator import Simulator
from tests.office import SECRET, TOKEN, Address


@pytest.fixture
def platform() -> Iterator[Simulator]:
    with Simulator(secret=SECRET, token=TOKEN, transport=lambda body, headers: 200) as opened:
        yield opened


@pytest.fixture
def line(platform: Simulator) -> Line:
    return Line(Address(platform.url, platform.url))


def test_everybody_sees_the_six_tiles_and_can_tap_each(platform: Simulator, line: Line) -> None:
    somsri = platform.user("ป้าสมศรี")
    install(line)
    labels = [button.label for button in platform.buttons_on_screen(somsri)]
    assert labels == ["แจ้งปัญหา", "ติดตามเรื่อง", "เสนอโครงการ", "ร่วมลงคะแนน", "ข่าวและผลงาน", "ช่วยเหลือ"]
    datas = [button.action["data"] for button in platform.buttons_on_screen(somsri)]
    assert datas == ["m=report", "m=track", "m=propose", "m=vote", "m=news", "m=help"]
    assert shown(line)


def test_the_tiles_cover_the_picture_without_gaps_or_overlaps() -> None:
    areas = [area["bounds"] for area in body(picture())["areas"]]
    assert sum(area["width"] * area["height"] for area in areas) == 2500 * 1686
    corners = {(area["x"], area["y"]) for area in areas}
    assert len(corners) == 6
    assert all(0 <= area["x"] <= 2500 - area["width"] and 0 <= area["y"] <= 1686 - area["height"] for area in areas)


def test_the_picture_is_what_line_takes() -> None:
    data = picture()
    assert len(data) <= 1_000_000
    with Image.open(io.BytesIO(data)) as image:
        assert (image.format, image.size) == ("PNG", (2500, 1686))


def test_installing_again_changes_nothing(platform: Simulator, line: Line) -> None:
    install(line)
    menus = set(platform.world.menus)
    assert "up to date" in install(line)
    assert set(platform.world.menus) == menus
    assert len(platform.calls("content")) == 1


def test_a_changed_menu_replaces_the_old_one_and_leaves_others_alone(
    platform: Simulator, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    foreign = line.call("POST", "/v2/bot/richmenu", body=body(picture()) | {"name": "ของกองอื่น"}).data["richMenuId"]
    install(line)
    old = platform.world.default_menu
    monkeypatch.setattr(richmenu, "TILES", ("help", *richmenu.TILES[1:5], "report"))
    install(line)
    assert platform.world.default_menu != old
    assert set(platform.world.menus) == {foreign, platform.world.default_menu}


def test_an_installation_that_broke_off_is_finished_by_the_next(platform: Simulator, line: Line) -> None:
    platform.fail("500", only="content")
    with pytest.raises(Later):
        install(line)
    assert not shown(line)
    install(line)
    assert shown(line)
    assert len(platform.world.menus) == 1
