"""The rich menu: six tiles under every chat with the bot. Installing it again changes nothing unless the menu has
changed.

LINE's picture of a menu cannot be changed, so a changed menu is a new one; its name carries a hash of all it consists
of. The picture is drawn by tools/draw_richmenu.py. Menus made in LINE's own manager are not visible here and stay
untouched.
"""

from __future__ import annotations

import hashlib
import json
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from bot.trouble import Gone, Refused
from messages.parts import pack
from messages.words import Words

if TYPE_CHECKING:
    from bot.line import Line

#: As tools/draw_richmenu.py draws them: three columns, two rows.
WIDTH, HEIGHT, COLUMNS, ROWS = 2500, 1686, 3, 2
#: The routes of the tiles, row by row; the words of each are the text `button.<route>`.
TILES = ("report", "track", "propose", "vote", "news", "help")
#: Names of our menus begin so; others are not ours to delete.
OURS = "songsiang-"

Menu = dict[str, Any]


def install(line: Line) -> str:
    """Make the menu if LINE does not have this very one, show it to everybody, delete our older ones.

    Returns what was done, in Thai and English. Raises LineTrouble.
    """
    image = picture()
    menu = body(image)
    known = line.call("GET", "/v2/bot/richmenu/list").data.get("richmenus", [])
    same = [each["richMenuId"] for each in known if each.get("name") == menu["name"]]
    chosen = _reused(line, same) or _made(line, menu, image)
    for each in known:
        if str(each.get("name", "")).startswith(OURS) and each["richMenuId"] != chosen:
            line.call("DELETE", "/v2/bot/richmenu/{menu}", menu=each["richMenuId"])
    if chosen in same:
        return "ริชเมนูเป็นรุ่นล่าสุดอยู่แล้ว (the rich menu is up to date)"
    return (
        "ติดตั้งริชเมนูแล้ว ผู้ใช้จะเห็นเมื่อเปิดแชตครั้งถัดไป (the rich menu is installed; people see it when they next open the chat)"
    )


def shown(line: Line) -> bool:
    """Whether everybody sees a menu of ours. Raises LineTrouble."""
    try:
        current = line.call("GET", "/v2/bot/user/all/richmenu").data.get("richMenuId")
    except Gone:
        return False
    known = line.call("GET", "/v2/bot/richmenu/list").data.get("richmenus", [])
    return any(each["richMenuId"] == current and str(each.get("name", "")).startswith(OURS) for each in known)


def picture() -> bytes:
    """The menu's picture (PNG)."""
    return files("messages").joinpath("assets", "richmenu.png").read_bytes()


def body(image: bytes) -> Menu:
    """The menu as LINE takes it; its name tells this one from any other."""
    words = Words("th")
    menu: Menu = {
        "size": {"width": WIDTH, "height": HEIGHT},
        "selected": True,
        "chatBarText": words("button.menu"),
        "areas": [_area(words, number, route) for number, route in enumerate(TILES)],
    }
    mark = hashlib.sha256(json.dumps(menu, sort_keys=True).encode() + image).hexdigest()[:16]
    return menu | {"name": OURS + mark}


def _area(words: Words, number: int, route: str) -> Menu:
    row, column = divmod(number, COLUMNS)
    left, right = WIDTH * column // COLUMNS, WIDTH * (column + 1) // COLUMNS
    top, bottom = HEIGHT * row // ROWS, HEIGHT * (row + 1) // ROWS
    said = words(f"button.{route}")
    return {
        "bounds": {"x": left, "y": top, "width": right - left, "height": bottom - top},
        "action": {"type": "postback", "label": said, "data": pack(route), "displayText": said},
    }


def _reused(line: Line, same: list[str]) -> str | None:
    """Show one of these menus. None when there is none, or when it has no picture: an installation broke off there."""
    for menu in same:
        try:
            line.call("POST", "/v2/bot/user/all/richmenu/{menu}", menu=menu)
        except (Refused, Gone):
            continue
        return menu
    return None


def _made(line: Line, menu: Menu, image: bytes) -> str:
    made = str(line.call("POST", "/v2/bot/richmenu", body=menu).data["richMenuId"])
    line.upload_menu_image(made, image, "image/png")
    line.call("POST", "/v2/bot/user/all/richmenu/{menu}", menu=made)
    return made
