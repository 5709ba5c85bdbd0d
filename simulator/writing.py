"""Writing in a chat: text, photos, voice, video, files, places, stickers; taking back and editing."""

from collections.abc import Iterable, Sequence

from simulator import events, ids, samples
from simulator.deliver import Delivery
from simulator.records import Content, Group, Json, Line, User
from simulator.stage import Stage, Where, Who


class Writing(Stage):
    """What people put into a chat."""

    def write(
        self, who: Who, message: Json, group: Where = None, *, content: Content | None = None, anonymous: bool = False
    ) -> Delivery:
        """Write a message of any kind. In a group without the bot, or to a bot one has blocked, nothing is sent."""
        user, place = self.find_user(who), self.find_group(group)
        line = self._add(user, place, message, content)
        return self._send(
            user, place, lambda source: events.message_event(self.world, line, source), anonymous=anonymous
        )

    def say(
        self, who: Who, text: str, group: Where = None, *, quote: str | None = None, anonymous: bool = False
    ) -> Delivery:
        """Write text. In a group every ``@name`` of the bot or of a member becomes a mention. ``quote``: a message
        id.
        """
        message: Json = {"type": "text", "text": text}
        place = self.find_group(group)
        mention = events.mentions_in(self.world, place, text) if place else None
        if mention:
            message["mention"] = mention
        if quote:
            message["quotedMessageId"] = quote
        return self.write(who, message, place, anonymous=anonymous)

    def send_photo(
        self, who: Who, data: bytes | None = None, group: Where = None, *, mime: str = "image/jpeg"
    ) -> Delivery:
        """Send one photo; without ``data`` a small generated JPEG."""
        return self.send_photos(who, [data or samples.photo()], group, mime=mime)[0]

    def send_photos(
        self, who: Who, photos: Sequence[bytes], group: Where = None, *, mime: str = "image/jpeg"
    ) -> list[Delivery]:
        """Send photos chosen together: one event each, tied by an ``imageSet`` when there are several."""
        tie = ids.quote_token()
        sent = []
        for index, data in enumerate(photos, 1):
            message: Json = {"type": "image", "contentProvider": {"type": "line"}}
            if len(photos) > 1:
                message["imageSet"] = {"id": tie, "index": index, "total": len(photos)}
            sent.append(self.write(who, message, group, content=self._content(data, mime, samples.preview(data))))
        return sent

    def send_voice(
        self,
        who: Who,
        data: bytes | None = None,
        group: Where = None,
        *,
        seconds: float = 3.0,
        mime: str = "audio/x-m4a",
    ) -> Delivery:
        """Send a voice message; without ``data`` a generated tone of that many seconds in an m4a file."""
        message: Json = {"type": "audio", "duration": int(seconds * 1000), "contentProvider": {"type": "line"}}
        return self.write(who, message, group, content=self._content(data or samples.voice(seconds), mime))

    def send_video(self, who: Who, data: bytes, group: Where = None, *, seconds: float = 3.0) -> Delivery:
        """Send a video (mp4 bytes)."""
        message: Json = {"type": "video", "duration": int(seconds * 1000), "contentProvider": {"type": "line"}}
        return self.write(who, message, group, content=self._content(data, "video/mp4", samples.photo()))

    def send_file(
        self, who: Who, name: str, data: bytes, group: Where = None, *, mime: str = "application/octet-stream"
    ) -> Delivery:
        """Send a file with its name."""
        message: Json = {"type": "file", "fileName": name, "fileSize": len(data)}
        return self.write(who, message, group, content=self._content(data, mime))

    def send_location(
        self,
        who: Who,
        latitude: float,
        longitude: float,
        group: Where = None,
        *,
        title: str | None = None,
        address: str | None = None,
    ) -> Delivery:
        """Send a place, in degrees; LINE leaves title and address out when it knows none."""
        message: Json = {"type": "location", "latitude": latitude, "longitude": longitude}
        message |= {key: value for key, value in (("title", title), ("address", address)) if value}
        return self.write(who, message, group)

    def send_sticker(
        self,
        who: Who,
        package: str = "446",
        sticker: str = "1988",
        group: Where = None,
        *,
        keywords: Iterable[str] = (),
    ) -> Delivery:
        """Send a sticker."""
        message: Json = {"type": "sticker", "packageId": package, "stickerId": sticker, "stickerResourceType": "STATIC"}
        if words := list(keywords):
            message["keywords"] = words
        return self.write(who, message, group)

    def unsend(self, who: Who, message_id: str | None = None, group: Where = None) -> Delivery:
        """Take back one's own message, the last one by default; its content answers 410 from then on."""
        user, place = self.find_user(who), self.find_group(group)
        line = self._own_line(user, place, message_id)
        line.unsent, line.message = True, {"type": "unsent"}
        self.world.change_line(line)
        held = self.world.contents.get(line.id)
        if held:
            held.gone, held.data, held.preview = True, b"", b""
        return self._send(user, place, lambda s: self._event("unsend", s, reply=False, unsend={"messageId": line.id}))

    def edit(self, who: Who, text: str, group: Where, message_id: str | None = None) -> Delivery:
        """Edit one's own text in a group: a ``messageEdited`` event with the same message id."""
        user, place = self.find_user(who), self.find_group(group)
        line = self._own_line(user, place, message_id)
        line.message, line.edited = {"type": "text", "text": text}, True
        self.world.change_line(line)
        message = {"id": line.id, "type": "text", "text": text, "quoteToken": line.quote_token}
        return self._send(user, place, lambda s: self._event("messageEdited", s, reply=True, message=message))

    def _content(self, data: bytes, mime: str, preview: bytes = b"") -> Content:
        return Content(data, mime, preview, self.world.switches.content_pending)

    def _add(self, user: User, place: Group | None, message: Json, content: Content | None) -> Line:
        with self.world.changing():
            if place is None:
                user.wrote_at = self.world.clock()
            elif user.id not in place.members:
                raise LookupError(f"{user.name} is not in the group {place.name}")
            line = self.world.add_line(place.id if place else user.id, user.id, message)
            if content:
                self.world.contents[line.id] = content
            return line

    def _own_line(self, user: User, place: Group | None, message_id: str | None) -> Line:
        lines = self.world.chats[place.id if place else user.id]
        for line in reversed(lines):
            if line.sender == user.id and not line.unsent and message_id in (None, line.id):
                return line
        raise LookupError("no such message of theirs")
