"""Tapping what is on the screen: buttons, quick replies, the rich menu."""

from simulator import screen
from simulator.deliver import Delivery, nothing_sent
from simulator.records import Json, User
from simulator.screen import Button
from simulator.stage import Where, Who
from simulator.writing import Writing


class NotOnScreen(LookupError):
    """Nobody can tap a button that is not on the screen; the message lists those that are."""


class Tapping(Writing):
    """What people do with buttons."""

    def on_screen(self, who: Who, group: Where = None) -> list[Button]:
        """Every button that this person can tap in this chat now."""
        place = self.find_group(group)
        return screen.on_screen(self.world, place.id if place else self.find_user(who).id)

    def tap(self, who: Who, what: str | Json | Button, group: Where = None, *, params: Json | None = None) -> Delivery:
        """Tap a button: its label (which must be on the screen), a Button, or any action object.

        ``params`` answers a datetimepicker, e.g. ``{"date": "2026-11-20"}``. Taps that send nothing to the bot (uri,
        clipboard, camera, cameraRoll, location) return a delivery without events, whose ``reason`` is the kind.
        """
        user, place = self.find_user(who), self.find_group(group)
        button = self.pick(user, what, place)
        action, chat = button.action, place.id if place else user.id
        if button.kind not in ("message", "postback", "datetimepicker", "richmenuswitch"):
            return nothing_sent(chat, button.kind)
        postback: Json = {"data": str(action.get("data", ""))}
        if button.kind == "richmenuswitch":
            params = self._switch_menu(user, str(action["richMenuAliasId"]))
        if button.kind == "datetimepicker" and params is None:
            raise ValueError("a datetimepicker needs params, e.g. {'date': '2026-11-20'}")
        if params:
            postback["params"] = params
        if button.where == "quick":
            self._dismiss_quick(chat)
        if button.kind == "message":
            return self.say(user, str(action["text"]), place)
        if action.get("displayText"):
            self.world.add_line(chat, user.id, {"type": "text", "text": str(action["displayText"])})
        elif action.get("text"):
            self.say(user, str(action["text"]), place)
        return self._send(user, place, lambda s: self._event("postback", s, reply=True, postback=postback))

    def pick(self, who: Who, what: str | Json | Button, group: Where = None) -> Button:
        """The button that is meant: a label must be on the screen, else ``NotOnScreen`` is raised."""
        if isinstance(what, Button):
            return what
        if isinstance(what, dict):
            return Button(str(what.get("label", "")), what, "given")
        buttons = self.on_screen(who, group)
        for button in buttons:
            if button.label == what:
                return button
        raise NotOnScreen(f"no button {what!r} on the screen; there are {[button.label for button in buttons]}")

    def _dismiss_quick(self, chat: str) -> None:
        with self.world.lock:
            last = self.world.chats[chat][-1]
            last.quick_gone = True
            self.world.change_line(last)

    def _switch_menu(self, user: User, alias: str) -> Json:
        menu_id = self.world.aliases.get(alias)
        if menu_id is None:
            return {"newRichMenuAliasId": alias, "status": "RICHMENU_ALIAS_ID_NOTFOUND"}
        if menu_id not in self.world.menus:
            return {"newRichMenuAliasId": alias, "status": "RICHMENU_NOTFOUND"}
        with self.world.changing():
            user.menu_id = menu_id
        return {"newRichMenuAliasId": alias, "status": "SUCCESS"}
