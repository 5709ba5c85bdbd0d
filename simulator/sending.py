"""What reply, push, multicast, broadcast and narrowcast do once their body is found good: deliver, count, remember."""

import re
from collections.abc import Sequence

from simulator import ids
from simulator.records import BOT, Json, Refused
from simulator.world import World

_RETRY_KEY = re.compile(r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$")
UNREACHABLE = "Failed to send messages"


def checked_retry_key(key: str | None) -> str | None:
    """The retry key in one spelling; ``Refused`` with 400 when it is no UUID."""
    if key is not None and not _RETRY_KEY.match(key):
        raise Refused(400, "The value for the 'X-Line-Retry-Key' header is invalid")
    return key.lower() if key else None


def reply(world: World, body: Json, request_id: str) -> Json:
    """Spend the token and deliver. Not counted."""
    with world.lock:
        chat = world.take_reply_token(str(body["replyToken"]))
        group = world.groups.get(chat)
        if group is not None and not group.joined:
            raise Refused(400, UNREACHABLE)
        show = group is not None or not world.users[chat].blocked
        return {"sentMessages": _deliver(world, chat, body["messages"], "reply", request_id, show=show)}


def push(world: World, body: Json, request_id: str, key: str | None) -> Json:
    """Deliver to one chat, counted per person. A blocked user gets nothing and costs nothing, and the answer is 200."""
    with world.lock:
        world.refuse_repeated(key, with_sent=True)
        to = str(body["to"])
        group = world.groups.get(to)
        if not (group.joined if group else to in world.users):
            raise Refused(400, UNREACHABLE)
        shown = group is not None or world.reachable(to)
        world.charge(len(group.members) if group else int(shown))
        sent = _deliver(world, to, body["messages"], "push", request_id, show=shown)
        world.remember(key, request_id, sent)
        return {"sentMessages": sent}


def to_many(world: World, to: Sequence[str], body: Json, via: str, request_id: str, key: str | None) -> Json:
    """Deliver to every reachable user of ``to`` once, counted per person."""
    with world.lock:
        world.refuse_repeated(key, with_sent=False)
        reachable = [one for one in dict.fromkeys(to) if world.reachable(one)]
        world.charge(len(reachable))
        for one in reachable:
            _deliver(world, one, body["messages"], via, request_id, show=True)
        world.remember(key, request_id, [])
        return {}


def friends(world: World) -> list[str]:
    """Everybody whom a broadcast reaches."""
    return [user.id for user in world.users.values() if user.friend and not user.blocked]


def _deliver(world: World, chat: str, messages: Sequence[Json], via: str, call: str, *, show: bool) -> list[Json]:
    sent = []
    for message in messages:
        if show:
            line = world.add_line(chat, BOT, message, via=via, call=call)
            answer: Json = {"id": line.id}
            quote_token = line.quote_token
        else:
            answer, quote_token = {"id": world.next_message_id()}, ids.quote_token()
        if message["type"] in ("text", "textV2", "sticker", "image", "video", "template", "flex"):
            answer["quoteToken"] = quote_token
        sent.append(answer)
    return sent
