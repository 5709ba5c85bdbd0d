"""The world as JSON, for the page and for whoever asks through the control API."""

from dataclasses import asdict

from simulator import samples, screen
from simulator.records import Call, Hook, Json, Line
from simulator.screen import BotMessage, Button
from simulator.world import World

LOG_LENGTH = 60
"""So many calls and webhooks are shown in the log."""


def line(one: Line) -> Json:
    """One line of a chat."""
    shown = asdict(one)
    del shown["quote_token"]
    return shown


def button(one: Button) -> Json:
    """A button with the line it stands on."""
    return {"label": one.label, "action": one.action, "where": one.where, "seq": one.seq}


def bot_message(one: BotMessage) -> Json:
    """A bot's message as tests read it."""
    return {**asdict(one), "buttons": [button(each) for each in one.buttons]}


def call(one: Call) -> Json:
    """One API call, without its body."""
    return {
        "at": one.at,
        "method": one.method,
        "path": one.path,
        "status": one.status,
        "reason": one.reason,
        "ms": round(one.ms, 1),
        "requestId": one.request_id,
    }


def hook(one: Hook) -> Json:
    """One webhook request."""
    return {**asdict(one), "events": list(one.events), "ms": round(one.ms, 1)}


def state(world: World, after: int = -1, epoch: str = "") -> Json:
    """Everything the page shows. Lines: those with ``rev`` above ``after`` only, all when ``epoch`` is not the
    world's.
    """
    with world.lock:
        after = after if epoch == world.epoch else -1
        lines = [one for chat in world.chats.values() for one in chat if one.rev > after]
        return {
            "rev": world.rev,
            "epoch": world.epoch,
            "places": world.places,
            "now": world.now_ms(),
            "bot": {"id": world.bot_id, "name": world.bot_name},
            "webhookUrl": world.webhook_url,
            "users": [_user(world, user_id) for user_id in world.users],
            "groups": [asdict(group) for group in world.groups.values()],
            "lines": [line(one) for one in sorted(lines, key=lambda one: one.seq)],
            "loading": [
                {"chat": chat, "until": until * 1000} for chat, until in world.journal.loading if until > world.clock()
            ],
            "switches": asdict(world.switches),
            "used": world.used(),
            "calls": [call(one) for one in list(world.journal.calls)[-LOG_LENGTH:]],
            "hooks": [hook(one) for one in list(world.journal.hooks)[-LOG_LENGTH:]],
            "photos": samples.PHOTOS,
        }


def _user(world: World, user_id: str) -> Json:
    user = world.users[user_id]
    return {
        "id": user.id,
        "name": user.name,
        "friend": user.friend,
        "blocked": user.blocked,
        "menu": screen.menu_of(world, user_id),
    }
