"""LINE's endpoints for rich menus: made, checked, drawn, linked, named by aliases (reference: rich menu)."""

import io

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue
from PIL import Image, UnidentifiedImageError

from simulator import actionrules, checks, ids
from simulator.records import Json, Menu, Refused
from simulator.rules import Path, Report, Shape, boolean, many, matching, number, text
from simulator.wire import json_body
from simulator.world import World

MAX_IMAGE = 1024 * 1024
MAX_MENUS = 1000
_BIG = 2**31 - 1


def _proportions(menu: Json, path: Path, report: Report) -> None:
    size = menu["size"]
    if size["width"] / size["height"] < 1.45:
        report.note((*path, "size"), "the ratio of width to height must be at least 1.45")
    for index, area in enumerate(menu["areas"]):
        bounds = area["bounds"]
        if bounds["x"] + bounds["width"] > size["width"] or bounds["y"] + bounds["height"] > size["height"]:
            report.note((*path, "areas", index, "bounds"), "must be within the rich menu")


_BOUNDS = Shape(
    {"x": number(0, _BIG), "y": number(0, _BIG), "width": number(1, _BIG), "height": number(1, _BIG)},
    ("x", "y", "width", "height"),
)
MENU = Shape(
    {
        "size": Shape({"width": number(800, 2500), "height": number(250, _BIG)}, ("width", "height")),
        "selected": boolean,
        "name": text(300, clusters=True),
        "chatBarText": text(14, clusters=True),
        "areas": many(Shape({"bounds": _BOUNDS, "action": actionrules.MENU}, ("bounds", "action")), 0, 20),
    },
    ("size", "selected", "name", "chatBarText", "areas"),
    (_proportions,),
)
_ALIAS = Shape(
    {"richMenuAliasId": matching(r"[a-z0-9_-]{1,32}", "must match [a-z0-9_-]{1,32}"), "richMenuId": text(100)},
    ("richMenuAliasId", "richMenuId"),
)


def blueprint(world: World) -> Blueprint:
    """All rich menu endpoints that a bot of ours may call."""
    api = Blueprint("line_menus", __name__)
    _menus(api, world)
    _images(api, world)
    _default(api, world)
    _per_user(api, world)
    _bulk(api, world)
    _aliases(api, world)
    return api


def _checked(shape: Shape) -> Json:
    body, report = json_body(), Report()
    shape(body, (), report)
    checks.refuse(report)
    return body


def _menu(world: World, menu_id: str) -> Menu:
    if menu_id not in world.menus:
        raise Refused(404, "richmenu not found")
    return world.menus[menu_id]


def _drawn(world: World, menu_id: str) -> Menu:
    menu = _menu(world, menu_id)
    if not menu.image:
        raise Refused(400, "must upload richmenu image before applying it to user")
    return menu


def _menus(api: Blueprint, world: World) -> None:
    @api.post("/v2/bot/richmenu/validate")
    def validate() -> Json:
        _checked(MENU)
        return {}

    @api.post("/v2/bot/richmenu")
    def create() -> Json:
        body = _checked(MENU)
        with world.changing():
            if len(world.menus) >= MAX_MENUS:
                raise Refused(400, "The number of rich menus has reached its limit")
            menu = Menu(ids.rich_menu_id(), body)
            world.menus[menu.id] = menu
        return {"richMenuId": menu.id}

    @api.get("/v2/bot/richmenu/list")
    def listed() -> Json:
        return {"richmenus": [{"richMenuId": menu.id, **menu.body} for menu in list(world.menus.values())]}

    @api.get("/v2/bot/richmenu/<menu_id>")
    def get(menu_id: str) -> Json:
        return {"richMenuId": menu_id, **_menu(world, menu_id).body}

    @api.delete("/v2/bot/richmenu/<menu_id>")
    def delete(menu_id: str) -> Json:
        with world.changing():
            _menu(world, menu_id)
            del world.menus[menu_id]
            if world.default_menu == menu_id:
                world.default_menu = None
            for user in world.users.values():
                user.menu_id = None if user.menu_id == menu_id else user.menu_id
        return {}


def _images(api: Blueprint, world: World) -> None:
    @api.post("/v2/bot/richmenu/<menu_id>/content")
    def upload(menu_id: str) -> Json:
        menu = _menu(world, menu_id)
        if menu.image:
            raise Refused(400, "An image has already been uploaded to the richmenu")
        if (request.content_length or 0) > MAX_IMAGE:
            raise Refused(413, "The image is larger than 1 MB")
        data = request.get_data()
        _refuse_bad_image(data, request.mimetype, menu.body["size"])
        with world.changing():
            menu.image, menu.mime = data, request.mimetype
        return {}

    @api.get("/v2/bot/richmenu/<menu_id>/content")
    def download(menu_id: str) -> ResponseReturnValue:
        menu = _menu(world, menu_id)
        if not menu.image:
            raise Refused(404, "Not found")
        return Response(menu.image, mimetype=menu.mime)


def _refuse_bad_image(data: bytes, mime: str, size: Json) -> None:
    kinds = {"image/jpeg": "JPEG", "image/png": "PNG"}
    if mime not in kinds:
        raise Refused(415, "The Content-Type must be image/jpeg or image/png")
    if len(data) > MAX_IMAGE:
        raise Refused(413, "The image is larger than 1 MB")
    try:
        with Image.open(io.BytesIO(data), formats=[kinds[mime]]) as image:
            image.verify()
            real = image.size
    except (UnidentifiedImageError, OSError, SyntaxError):
        raise Refused(400, "The image is not what its Content-Type says") from None
    if real != (size["width"], size["height"]):
        raise Refused(400, f"The size of the image {real} is not that of the rich menu")


def _default(api: Blueprint, world: World) -> None:
    @api.post("/v2/bot/user/all/richmenu/<menu_id>")
    def set_default(menu_id: str) -> Json:
        _drawn(world, menu_id)
        with world.changing():
            world.default_menu = menu_id
        return {}

    @api.get("/v2/bot/user/all/richmenu")
    def get_default() -> Json:
        if world.default_menu is None:
            raise Refused(404, "no default richmenu")
        return {"richMenuId": world.default_menu}

    @api.delete("/v2/bot/user/all/richmenu")
    def clear_default() -> Json:
        with world.changing():
            world.default_menu = None
        return {}


def _per_user(api: Blueprint, world: World) -> None:
    @api.post("/v2/bot/user/<user_id>/richmenu/<menu_id>")
    def link(user_id: str, menu_id: str) -> Json:
        _drawn(world, menu_id)
        _link(world, [user_id], menu_id)
        return {}

    @api.get("/v2/bot/user/<user_id>/richmenu")
    def linked(user_id: str) -> Json:
        user = world.users.get(user_id)
        if user is None or user.menu_id is None:
            raise Refused(404, "the user has no richmenu")
        return {"richMenuId": user.menu_id}

    @api.delete("/v2/bot/user/<user_id>/richmenu")
    def unlink(user_id: str) -> Json:
        _link(world, [user_id], None)
        return {}


def _link(world: World, user_ids: list[str], menu_id: str | None) -> None:
    with world.changing():
        for user_id in user_ids:
            if user_id in world.users:
                world.users[user_id].menu_id = menu_id


def _bulk(api: Blueprint, world: World) -> None:
    users = many(matching(r"U[0-9a-f]{32}", "must be a userId"), 1, 500)

    @api.post("/v2/bot/richmenu/bulk/link")
    def bulk_link() -> ResponseReturnValue:
        body = _checked(Shape({"richMenuId": text(100), "userIds": users}, ("richMenuId", "userIds")))
        _drawn(world, body["richMenuId"])
        _link(world, body["userIds"], body["richMenuId"])
        return {}, 202

    @api.post("/v2/bot/richmenu/bulk/unlink")
    def bulk_unlink() -> ResponseReturnValue:
        _link(world, _checked(Shape({"userIds": users}, ("userIds",)))["userIds"], None)
        return {}, 202


def _aliases(api: Blueprint, world: World) -> None:
    @api.post("/v2/bot/richmenu/alias")
    def create_alias() -> Json:
        body = _checked(_ALIAS)
        if body["richMenuAliasId"] in world.aliases:
            raise Refused(400, "conflict richmenu alias id")
        return _name(world, body["richMenuAliasId"], body["richMenuId"])

    @api.get("/v2/bot/richmenu/alias/list")
    def aliases() -> Json:
        pairs = list(world.aliases.items())
        return {"aliases": [{"richMenuAliasId": alias, "richMenuId": menu_id} for alias, menu_id in pairs]}

    @api.get("/v2/bot/richmenu/alias/<alias>")
    def get_alias(alias: str) -> Json:
        return {"richMenuAliasId": _existing(world, alias), "richMenuId": world.aliases[alias]}

    @api.post("/v2/bot/richmenu/alias/<alias>")
    def update_alias(alias: str) -> Json:
        body = _checked(Shape({"richMenuId": text(100)}, ("richMenuId",)))
        return _name(world, _existing(world, alias), body["richMenuId"])

    @api.delete("/v2/bot/richmenu/alias/<alias>")
    def delete_alias(alias: str) -> Json:
        with world.changing():
            del world.aliases[_existing(world, alias)]
        return {}


def _existing(world: World, alias: str) -> str:
    if alias not in world.aliases:
        raise Refused(404, "richmenu alias not found")
    return alias


def _name(world: World, alias: str, menu_id: str) -> Json:
    if menu_id not in world.menus or not world.menus[menu_id].image:
        raise Refused(400, "richmenu not found")
    with world.changing():
        world.aliases[alias] = menu_id
    return {}
