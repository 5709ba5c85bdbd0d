"""The control API: what the page, a demo or another process uses to move the pretended world. JSON, loopback only.

Requests must come from this machine, name it as their Host, and, when a browser sends them, come from our own page
(``Origin``, ``Sec-Fetch-Site``); everything else is answered 403. ``who`` is a userId or a name, ``group`` a groupId
or a name, or absent for a 1:1 chat. Refusals are 400 with ``{"error": "..."}``.

* ``POST /sim/users`` ``{name, id?, friend?}`` → ``{id, name}``
* ``POST /sim/groups`` ``{name, members: [who], id?, joined?}`` → ``{id, name}``
* ``POST /sim/act`` ``{act, who, group?, …}`` → ``{status, reason, ms}`` once the bot has answered the webhook; the
  acts and their further fields are in ``ACTS``
* ``POST /sim/tap`` ``{who, group?, label | action, where?, params?}`` → as ``act``; reason uri, camera, cameraRoll,
  location or clipboard with status 0 where a tap sends nothing
* ``POST /sim/media`` multipart: ``kind`` photo, voice, video or file; ``who``; ``group?``; ``seconds?``; one or more
  ``data`` files → ``{sent: [{status, reason, ms}]}``; photos of one request form an image set
* ``POST /sim/events`` ``{events: [...]}``: sent untouched in one signed body (fuzz, unknown types, standby)
* ``GET /sim/state?after=REV&epoch=EPOCH&timeout=SECONDS``: everything that the page shows; with the ``rev`` and
  ``epoch`` of an earlier answer only lines changed since then, and only once something has changed or the time is over
* ``GET /sim/messages?chat=ID&after=SEQ&count=N&timeout=SECONDS``: the bot's messages with their buttons, once there
  are ``count`` of them or the time is over
* ``GET /sim/buttons?who=&group=``: what that person can tap
* ``POST /sim/switches``: any of ``delay_ms, quota, used, redelivery, redelivery_pauses, webhook, webhook_url,
  webhook_timeout, batch, reply_seconds, content_pending, loopback_http, clear_faults`` and ``fault: {kind, times?,
  only?, ms?}`` with kind 429, 500, drop_before, drop_after or slow → state
* ``POST /sim/redeliver``: the last webhook once more
* ``POST /sim/reset``: forget chats, tokens, usage, faults and logs
* ``GET /sim/content/ID`` a message's bytes (``?preview=1`` the small picture); ``GET /sim/menu/ID`` a rich menu's
  image; ``GET /sim/samples/NAME`` a built-in photo
"""

from collections.abc import Callable
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue

from simulator import samples, screen, view
from simulator.acts import Acts
from simulator.deliver import Delivery
from simulator.records import Json
from simulator.screen import Button
from simulator.turn_on import set_switches

MAX_WAIT = 30.0
"""Seconds for which a request may wait for something to happen."""
ANSWER_WAIT = 40.0


def blueprint(acts: Acts) -> Blueprint:
    """The endpoints of the table above."""
    sim = Blueprint("sim", __name__, url_prefix="/sim")
    sim.before_request(_only_from_here)
    sim.register_error_handler(LookupError, _complain)
    sim.register_error_handler(ValueError, _complain)
    sim.register_error_handler(TypeError, _complain)
    _people(sim, acts)
    _doing(sim, acts)
    _media(sim, acts)
    _looking(sim, acts)
    _turning(sim, acts)
    _bytes(sim, acts)
    return sim


def _complain(error: Exception) -> tuple[Response, int]:
    return jsonify({"error": str(error.args[0] if error.args else error)}), 400


def is_loopback(name: str) -> bool:
    """Whether a host name or address means this machine."""
    if name.lower() == "localhost":
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


def _only_from_here() -> ResponseReturnValue | None:
    host = urlsplit("//" + request.host).hostname or ""
    origin = request.headers.get("Origin")
    strange = (
        not is_loopback(request.remote_addr or "")
        or not is_loopback(host)
        or (origin is not None and origin != f"http://{request.host}")
        or request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none")
    )
    return (jsonify({"error": "only from this machine and its own page"}), 403) if strange else None


def _said(delivery: Delivery) -> Json:
    delivery.wait(ANSWER_WAIT)
    return {"status": delivery.status, "reason": delivery.reason, "ms": round(delivery.ms, 1)}


def _asked() -> Json:
    body = request.get_json(force=True, silent=True)
    if not isinstance(body, dict):
        raise ValueError("the body must be a JSON object")
    return body


def _people(sim: Blueprint, acts: Acts) -> None:
    @sim.post("/users")
    def users() -> Json:
        body = _asked()
        user = acts.world.add_user(str(body["name"]), body.get("id"), friend=bool(body.get("friend", True)))
        return {"id": user.id, "name": user.name}

    @sim.post("/groups")
    def groups() -> Json:
        body = _asked()
        members = [acts.find_user(one).id for one in body.get("members", [])]
        group = acts.world.add_group(str(body["name"]), members, body.get("id"), joined=bool(body.get("joined", True)))
        return {"id": group.id, "name": group.name}


ACTS: dict[str, Callable[[Acts, Json], Delivery]] = {
    "say": lambda a, b: a.say(b["who"], str(b["text"]), b.get("group"), quote=b.get("quote")),
    "photo": lambda a, b: a.send_photo(b["who"], samples.photo(b.get("name", "lamp-out")), b.get("group")),
    "voice": lambda a, b: a.send_voice(b["who"], None, b.get("group"), seconds=float(b.get("seconds", 3))),
    "location": lambda a, b: a.send_location(
        b["who"],
        float(b["latitude"]),
        float(b["longitude"]),
        b.get("group"),
        title=b.get("title"),
        address=b.get("address"),
    ),
    "sticker": lambda a, b: a.send_sticker(
        b["who"],
        str(b.get("package", "446")),
        str(b.get("sticker", "1988")),
        b.get("group"),
        keywords=b.get("keywords", []),
    ),
    "unsend": lambda a, b: a.unsend(b["who"], b.get("message"), b.get("group")),
    "edit": lambda a, b: a.edit(b["who"], str(b["text"]), b["group"], b.get("message")),
    "follow": lambda a, b: a.follow(b["who"]),
    "block": lambda a, b: a.block(b["who"]),
    "join": lambda a, b: a.join(b["group"]),
    "remove_bot": lambda a, b: a.remove_bot(b["group"]),
    "member_joins": lambda a, b: a.member_joins(b["group"], b["who"]),
    "member_leaves": lambda a, b: a.member_leaves(b["group"], b["who"]),
}
"""What ``/sim/act`` can do, with the names of the further fields of its body."""


def _doing(sim: Blueprint, acts: Acts) -> None:
    @sim.post("/act")
    def act() -> Json:
        body = _asked()
        if body.get("act") not in ACTS:
            raise LookupError(f"act must be one of {sorted(ACTS)}")
        return _said(ACTS[body["act"]](acts, body))

    @sim.post("/tap")
    def tap() -> Json:
        body = _asked()
        what = (
            body["action"]
            if isinstance(body.get("action"), dict)
            else acts.pick(body["who"], str(body["label"]), body.get("group"))
        )
        if isinstance(what, dict):
            what = Button(str(what.get("label", "")), what, str(body.get("where", "given")))
        return _said(acts.tap(body["who"], what, body.get("group"), params=body.get("params")))

    @sim.post("/events")
    def events() -> Json:
        many = _asked()["events"]
        if not isinstance(many, list):
            raise ValueError("events must be an array")
        return _said(acts.raw_many(many))


def _media(sim: Blueprint, acts: Acts) -> None:
    @sim.post("/media")
    def media() -> Json:
        who, group, kind = request.form["who"], request.form.get("group") or None, request.form["kind"]
        files = [(file.filename or "file", file.read(), file.mimetype) for file in request.files.getlist("data")]
        if not files:
            raise ValueError("no data")
        name, data, mime = files[0]
        seconds = float(request.form.get("seconds", 3))
        if kind == "photo":
            sent = acts.send_photos(who, [one[1] for one in files], group, mime=mime)
        elif kind == "voice":
            sent = [acts.send_voice(who, data, group, seconds=seconds, mime=mime)]
        elif kind == "video":
            sent = [acts.send_video(who, data, group, seconds=seconds)]
        else:
            sent = [acts.send_file(who, name, data, group, mime=mime)]
        return {"sent": [_said(delivery) for delivery in sent]}


def _number(name: str, default: float) -> float:
    return float(request.args.get(name, default))


def _looking(sim: Blueprint, acts: Acts) -> None:
    world = acts.world

    @sim.get("/state")
    def state() -> Json:
        after = int(_number("after", -1))
        epoch = request.args.get("epoch", "")
        world.wait_for(lambda: world.rev > after or world.epoch != epoch, min(_number("timeout", 0), MAX_WAIT))
        return view.state(world, after, epoch)

    @sim.get("/messages")
    def messages() -> Json:
        chat, after, count = request.args["chat"], int(_number("after", 0)), int(_number("count", 0))
        world.wait_for(lambda: len(world.bot_lines(chat, after)) >= count, min(_number("timeout", 0), MAX_WAIT))
        return {"messages": [view.bot_message(screen.read(line)) for line in world.bot_lines(chat, after)]}

    @sim.get("/buttons")
    def buttons() -> Json:
        return {"buttons": [view.button(one) for one in acts.on_screen(request.args["who"], request.args.get("group"))]}


def _turning(sim: Blueprint, acts: Acts) -> None:
    world = acts.world

    @sim.post("/switches")
    def switches() -> Json:
        set_switches(world, _asked())
        return view.state(world, world.rev, world.epoch)

    @sim.post("/redeliver")
    def redeliver() -> Json:
        return _said(acts.redeliver())

    @sim.post("/reset")
    def reset() -> Json:
        world.reset()
        return view.state(world, world.rev, world.epoch)


def _bytes(sim: Blueprint, acts: Acts) -> None:
    world = acts.world

    def hand_out(data: bytes, mime: str) -> Response:
        safe = (
            mime
            if mime.startswith(("image/", "audio/", "video/")) and "svg" not in mime
            else "application/octet-stream"
        )
        answer = Response(data, mimetype=safe)
        answer.headers["X-Content-Type-Options"] = "nosniff"
        answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
        return answer

    @sim.get("/content/<message_id>")
    def content(message_id: str) -> ResponseReturnValue:
        held = world.contents.get(message_id)
        if held is None or held.gone:
            return Response(status=410 if held else 404)
        small: Any = request.args.get("preview")
        return hand_out(held.preview, "image/jpeg") if small and held.preview else hand_out(held.data, held.mime)

    @sim.get("/menu/<menu_id>")
    def menu(menu_id: str) -> ResponseReturnValue:
        held = world.menus.get(menu_id)
        return hand_out(held.image, held.mime) if held and held.image else Response(status=404)

    @sim.get("/samples/<name>")
    def sample(name: str) -> ResponseReturnValue:
        return hand_out(samples.photo(name), "image/jpeg") if name in samples.PHOTOS else Response(status=404)
