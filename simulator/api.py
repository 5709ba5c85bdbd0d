"""LINE's endpoints for messages, people, groups, content, quota and the channel itself."""

import secrets
from datetime import UTC, datetime

from flask import Blueprint, Response, g, jsonify, request
from flask.typing import ResponseReturnValue

from simulator import checks, sending
from simulator.deliver import Courier, Delivery
from simulator.records import SYSTEM, Group, Json, Refused
from simulator.rules import Report, uri
from simulator.wire import json_body
from simulator.world import World

STATELESS_LIFE = 900
"""Seconds for which a stateless channel access token lives (docs: channel access tokens)."""


def blueprint(world: World, courier: Courier) -> Blueprint:
    """Everything but rich menus."""
    api = Blueprint("line", __name__)
    _messages(api, world)
    _metered(api, world)
    _people(api, world)
    _groups(api, world)
    _content(api, world)
    _small_acts(api, world)
    _channel(api, world, courier)
    return api


def _good_body(world: World, kind: str) -> Json:
    body = json_body()
    checks.refuse_bad(kind, body, loopback_http=world.switches.loopback_http)
    return body


def _retry_key() -> str | None:
    return sending.checked_retry_key(request.headers.get("X-Line-Retry-Key"))


def _messages(api: Blueprint, world: World) -> None:
    @api.post("/v2/bot/message/reply")
    def reply() -> Json:
        return sending.reply(world, _good_body(world, "reply"), g.line_request_id)

    @api.post("/v2/bot/message/push")
    def push() -> Json:
        return sending.push(world, _good_body(world, "push"), g.line_request_id, _retry_key())

    @api.post("/v2/bot/message/multicast")
    def multicast() -> Json:
        body = _good_body(world, "multicast")
        return sending.to_many(world, body["to"], body, "multicast", g.line_request_id, _retry_key())

    @api.post("/v2/bot/message/<any(broadcast, narrowcast):via>")
    def to_friends(via: str) -> ResponseReturnValue:
        body = _good_body(world, via)
        answer = sending.to_many(world, sending.friends(world), body, via, g.line_request_id, _retry_key())
        return answer, 202 if via == "narrowcast" else 200

    @api.get("/v2/bot/message/progress/narrowcast")
    def progress() -> Json:
        now = datetime.fromtimestamp(world.clock(), UTC).isoformat().replace("+00:00", "Z")
        return {"phase": "succeeded", "acceptedTime": now, "completedTime": now}

    @api.post("/v2/bot/message/validate/<any(reply, push, multicast, narrowcast, broadcast):_via>")
    def validate(_via: str) -> Json:
        _good_body(world, "validate")
        return {}


def _metered(api: Blueprint, world: World) -> None:
    @api.get("/v2/bot/message/quota")
    def quota() -> Json:
        most = world.switches.quota
        return {"type": "none"} if most is None else {"type": "limited", "value": most}

    @api.get("/v2/bot/message/quota/consumption")
    def consumption() -> Json:
        return {"totalUsage": world.used()}

    @api.get("/v2/bot/message/delivery/<any(reply, push, multicast, broadcast):via>")
    def delivered(via: str) -> Json:
        day = request.args.get("date", "")
        try:
            start = datetime.strptime(day + "+0900", "%Y%m%d%z").timestamp()
        except ValueError:
            raise Refused(400, "The value for the 'date' parameter is invalid") from None
        if start + 86_400 > world.clock():
            return {"status": "unready"}
        with world.lock:
            lines = [line for chat in world.chats.values() for line in chat if line.via == via]
        return {"status": "ready", "success": sum(start <= line.time / 1000 < start + 86_400 for line in lines)}


def _people(api: Blueprint, world: World) -> None:
    @api.get("/v2/bot/profile/<user_id>")
    def profile(user_id: str) -> Json:
        user = world.users.get(user_id)
        if user is None or user.blocked or not (user.friend or user.wrote_at):
            raise Refused(404, "Not found")
        found: Json = {"userId": user.id, "displayName": user.name, "language": user.language}
        if user.status_message:
            found["statusMessage"] = user.status_message
        return found

    @api.get("/v2/bot/followers/ids")
    @api.get("/v2/bot/group/<_group_id>/members/ids")
    def verified_only(_group_id: str = "") -> Json:
        raise Refused(403, "Access to this API is not available for your account")


def _groups(api: Blueprint, world: World) -> None:
    def joined(group_id: str) -> Group:
        group = world.groups.get(group_id)
        if group is None or not group.joined:
            raise Refused(404, "Not found")
        return group

    @api.get("/v2/bot/group/<group_id>/summary")
    def summary(group_id: str) -> Json:
        group = joined(group_id)
        return {"groupId": group.id, "groupName": group.name}

    @api.get("/v2/bot/group/<group_id>/members/count")
    def count(group_id: str) -> Json:
        return {"count": len(joined(group_id).members)}

    @api.get("/v2/bot/group/<group_id>/member/<user_id>")
    def member(group_id: str, user_id: str) -> Json:
        group = joined(group_id)
        if user_id not in group.members or user_id not in world.users:
            raise Refused(404, "Not found")
        return {"userId": user_id, "displayName": world.users[user_id].name}

    @api.post("/v2/bot/group/<group_id>/leave")
    def leave(group_id: str) -> Json:
        group = joined(group_id)
        with world.changing():
            group.joined = False
            world.add_line(group.id, SYSTEM, {"type": "note", "text": f"{world.bot_name} ออกจากกลุ่ม"})
        return {}


def _content(api: Blueprint, world: World) -> None:
    @api.get("/v2/bot/message/<message_id>/content")
    @api.get("/v2/bot/message/<message_id>/content/<any(preview):part>")
    def content(message_id: str, part: str = "") -> ResponseReturnValue:
        held = world.contents.get(message_id)
        if held is None or (part and not held.preview):
            raise Refused(404, "Not found")
        if held.gone:
            raise Refused(410, "Gone")
        if held.pending > 0:
            held.pending -= 1
            return Response(status=202)
        return Response(held.preview, mimetype="image/jpeg") if part else Response(held.data, mimetype=held.mime)

    @api.get("/v2/bot/message/<message_id>/content/transcoding")
    def transcoding(message_id: str) -> Json:
        held = world.contents.get(message_id)
        if held is None:
            raise Refused(404, "Not found")
        if not held.mime.startswith(("audio/", "video/")):
            raise Refused(400, "The message is neither audio nor video")
        if held.gone:
            raise Refused(410, "Gone")
        return {"status": "processing" if held.pending > 0 else "succeeded"}


def _small_acts(api: Blueprint, world: World) -> None:
    @api.post("/v2/bot/chat/loading/start")
    def loading() -> ResponseReturnValue:
        body = json_body()
        seconds = body.get("loadingSeconds", 20)
        if body.get("chatId") not in world.users:
            raise Refused(400, "The property, 'chatId', in the request body is invalid (line: -, column: -)")
        whole = isinstance(seconds, int) and not isinstance(seconds, bool)
        if not whole or seconds not in range(5, 61, 5):
            detail = {"message": "must be a multiple of 5 between 5 and 60", "property": "loadingSeconds"}
            raise Refused(400, "The request body has 1 error(s)", [detail])
        world.journal.loading.append((str(body["chatId"]), world.clock() + seconds))
        world.touch()
        return {}, 202

    @api.post("/v2/bot/chat/markAsRead")
    def mark_as_read() -> Json:
        token = json_body().get("markAsReadToken")
        if not isinstance(token, str) or not token.startswith("read-"):
            raise Refused(400, "Invalid markAsReadToken")
        world.journal.read.append(token.removeprefix("read-"))
        return {}


def _channel(api: Blueprint, world: World, courier: Courier) -> None:
    @api.get("/v2/bot/info")
    def info() -> Json:
        return {
            "userId": world.bot_id,
            "basicId": world.basic_id,
            "displayName": world.bot_name,
            "chatMode": "bot",
            "markAsReadMode": "manual",
        }

    @api.get("/v2/bot/channel/webhook/endpoint")
    def endpoint() -> Json:
        if not world.webhook_url:
            raise Refused(404, "Not found")
        return {"endpoint": world.webhook_url, "active": world.switches.webhook}

    @api.put("/v2/bot/channel/webhook/endpoint")
    def set_endpoint() -> Json:
        address, report = json_body().get("endpoint"), Report()
        uri(500, ("https", "http") if world.switches.loopback_http else ("https",))(address, ("endpoint",), report)
        checks.refuse(report)
        with world.changing():
            world.webhook_url = str(address)
        return {}

    @api.post("/v2/bot/channel/webhook/test")
    def test() -> Json:
        json_body()
        return _tested(world, courier.verify())

    @api.post("/oauth2/v3/token")
    def stateless_token() -> Response:
        if request.form.get("grant_type") != "client_credentials" or request.form.get("client_secret") != world.secret:
            failed = jsonify({"error": "invalid_client", "error_description": "invalid client_id or client_secret"})
            failed.status_code = 400
            return failed
        token = secrets.token_urlsafe(60)
        world.short_tokens[token] = world.clock() + STATELESS_LIFE
        return jsonify({"token_type": "Bearer", "access_token": token, "expires_in": STATELESS_LIFE})


def _tested(world: World, delivery: Delivery) -> Json:
    return {
        "success": delivery.ok,
        "timestamp": datetime.fromtimestamp(world.clock(), UTC).isoformat().replace("+00:00", "Z"),
        "statusCode": delivery.status or 0,
        "reason": {"": "OK"}.get(delivery.reason, delivery.reason.upper()),
        "detail": str(delivery.status or delivery.reason),
    }
