"""Webhook events as LINE words them: plain JSON objects, built from what happened in a chat."""

from simulator import ids
from simulator.records import Group, Json, Line, User
from simulator.world import World


def source_of(user: User | None, group: Group | None, *, anonymous: bool = False) -> Json:
    """The ``source`` of an event; ``anonymous`` leaves out the userId in a group, as LINE may."""
    if group is None:
        return {"type": "user", "userId": user.id} if user else {}
    source: Json = {"type": "group", "groupId": group.id}
    if user is not None and not anonymous:
        source["userId"] = user.id
    return source


def event(world: World, kind: str, source: Json, *, reply: bool, **more: object) -> Json:
    """One event with the properties that all have in common; with a reply token when ``reply``."""
    now = world.now_ms()
    made: Json = {
        "type": kind,
        "mode": "active",
        "timestamp": now,
        "source": source,
        "webhookEventId": ids.ulid(now),
        "deliveryContext": {"isRedelivery": False},
        **more,
    }
    if reply:
        made["replyToken"] = world.new_reply_token(source.get("groupId") or source.get("roomId") or source["userId"])
    return made


def message_event(world: World, line: Line, source: Json) -> Json:
    """The event of a line that a person wrote."""
    message: Json = {"id": line.id, **line.message, "markAsReadToken": "read-" + line.id}
    if message["type"] in ("text", "sticker", "image", "video"):
        message["quoteToken"] = line.quote_token
    return event(world, "message", source, reply=True, message=message)


def utf16_length(text: str) -> int:
    """Length in UTF-16 code units, in which LINE counts positions and most limits."""
    return len(text.encode("utf-16-le")) // 2


def mentions_in(world: World, group: Group, text: str) -> Json | None:
    """The ``mention`` object for every ``@name`` of the bot, of a member or of all that the text contains."""
    who: list[tuple[str, Json]] = [("@" + world.bot_name, {"type": "user", "userId": world.bot_id, "isSelf": True})]
    who += [
        ("@" + world.users[m].name, {"type": "user", "userId": m, "isSelf": False})
        for m in group.members
        if m in world.users
    ]
    who.append(("@All", {"type": "all"}))
    found = []
    for words, target in who:
        at = text.find(words)
        if at >= 0:
            found.append({"index": utf16_length(text[:at]), "length": utf16_length(words), **target})
    return {"mentionees": sorted(found, key=lambda one: int(one["index"]))[:20]} if found else None
