"""What can be read and tapped in a chat: buttons of quick replies, templates, Flex and the rich menu, and a message's
words.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from simulator.records import BOT, Json, Line
from simulator.world import World


@dataclass(frozen=True)
class Button:
    """Something to tap. ``where``: quick, flex, template, imagemap or menu; ``seq`` is its line's (0 for the rich
    menu).
    """

    label: str
    action: Json
    where: str
    seq: int = 0

    @property
    def kind(self) -> str:
        """The action's type: message, postback, uri, datetimepicker, camera, cameraRoll, location, clipboard …"""
        return str(self.action.get("type", ""))


@dataclass(frozen=True)
class BotMessage:
    """One delivered message of the bot. ``text`` is everything a person can read in it; ``json`` what was sent."""

    seq: int
    id: str
    type: str
    text: str
    json: Json
    via: str
    call: str
    time: int
    buttons: tuple[Button, ...]

    def button(self, label: str) -> Button:
        """The button with exactly this label; KeyError, with the labels there are, when there is none."""
        for button in self.buttons:
            if button.label == label:
                return button
        raise KeyError(f"no button {label!r}; there are {[button.label for button in self.buttons]}")


def read(line: Line) -> BotMessage:
    """A bot's line as tests want to read it."""
    buttons = tuple(line_buttons(line))
    message = line.message
    return BotMessage(
        line.seq, line.id, message["type"], words(message), message, line.via, line.call, line.time, buttons
    )


def walk(node: object) -> Iterator[Json]:
    """Every JSON object inside a JSON value, outermost first."""
    if isinstance(node, dict):
        yield node
        for value in node.values():
            yield from walk(value)
    elif isinstance(node, list):
        for value in node:
            yield from walk(value)


def words(message: Json) -> str:
    """The words on the screen, one line each; a Flex message's altText is only used where it shows no text itself."""
    kind = message.get("type")
    if kind in ("text", "textV2"):
        return str(message.get("text", ""))
    if kind == "flex":
        return "\n".join(_flex_words(message["contents"])) or str(message.get("altText", ""))
    if kind == "template":
        return "\n".join(_template_words(message["template"])) or str(message.get("altText", ""))
    if kind == "location":
        return f"{message.get('title', '')}\n{message.get('address', '')}"
    return str(message.get("altText", ""))


def _flex_words(contents: Json) -> Iterator[str]:
    for node in walk(contents):
        if node.get("type") == "text":
            spans = node.get("contents")
            yield "".join(str(span.get("text", "")) for span in spans) if spans else str(node.get("text", ""))
        elif node.get("type") == "button":
            yield str(node["action"].get("label", ""))


def _template_words(template: Json) -> Iterator[str]:
    for part in [template, *template.get("columns", [])]:
        yield from (str(part[key]) for key in ("title", "text") if part.get(key))
        yield from (str(action.get("label", "")) for action in part.get("actions", []))


def line_buttons(line: Line) -> Iterator[Button]:
    """Every button of one line, from top to bottom: its body first, then its quick replies."""
    message = line.message
    if message["type"] == "flex":
        yield from (
            Button(_label(node), node["action"], "flex", line.seq) for node in _with_action(message["contents"])
        )
    elif message["type"] == "template":
        yield from _template_buttons(message["template"], line.seq)
    elif message["type"] == "imagemap":
        yield from (Button(_label({"action": a}), a, "imagemap", line.seq) for a in message["actions"])
    for item in message.get("quickReply", {}).get("items", []):
        yield Button(str(item["action"].get("label", "")), item["action"], "quick", line.seq)


def _with_action(contents: Json) -> Iterator[Json]:
    return (node for node in walk(contents) if "type" in node and isinstance(node.get("action"), dict))


def _label(node: Json) -> str:
    action: Json = node["action"]
    if action.get("label"):
        return str(action["label"])
    inside = [text for text in _flex_words(node) if text]
    return inside[0] if inside else str(action.get("text") or action.get("displayText") or action.get("uri") or "")


def _template_buttons(template: Json, seq: int) -> Iterator[Button]:
    for part in [template, *template.get("columns", [])]:
        single: list[Any] = [part["action"]] if "action" in part else []
        actions = [*part.get("actions", []), *single, *([part["defaultAction"]] if "defaultAction" in part else [])]
        yield from (Button(_label({"action": action}), action, "template", seq) for action in actions)


def menu_of(world: World, user_id: str) -> Json | None:
    """The rich menu that this user sees, with its id as ``richMenuId``; only one with an image is shown."""
    user = world.users.get(user_id)
    menu_id = (user.menu_id if user else None) or world.default_menu
    menu = world.menus.get(menu_id or "")
    return {**menu.body, "richMenuId": menu.id} if menu and menu.image and user and user.friend else None


def on_screen(world: World, chat: str, back: int = 12) -> list[Button]:
    """What can be tapped in a chat: quick replies of the last line, then the buttons of the last ``back`` lines, newest
    line first, then the rich menu of a 1:1 chat."""
    with world.lock:
        lines = world.chats[chat][-back:]
        last = lines[-1] if lines else None
        buttons = [b for b in line_buttons(last) if b.where == "quick"] if last and quick_shown(last) else []
        for line in reversed(lines):
            if line.sender == BOT:
                buttons += [button for button in line_buttons(line) if button.where != "quick"]
        menu = menu_of(world, chat)
    for area in (menu or {}).get("areas", []):
        buttons.append(Button(_label(area), area["action"], "menu"))
    return buttons


def quick_shown(line: Line) -> bool:
    """Whether this line's quick replies show, given that it is the last of its chat."""
    return line.sender == BOT and not line.quick_gone
