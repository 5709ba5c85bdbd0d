"""Coming and going: friends and blocks, groups and their members."""

from simulator.deliver import Delivery
from simulator.records import SYSTEM, Group
from simulator.stage import Stage, Where, Who


class Coming(Stage):
    """What people do with the bot and with groups."""

    def follow(self, who: Who, *, unblock: bool | None = None) -> Delivery:
        """Add the bot as a friend, or unblock it."""
        user = self.find_user(who)
        unblocked = user.blocked if unblock is None else unblock
        with self.world.changing():
            user.friend, user.blocked = True, False
        return self._send(user, None, lambda s: self._event("follow", s, reply=True, follow={"isUnblocked": unblocked}))

    def block(self, who: Who) -> Delivery:
        """Block the bot: an ``unfollow`` event, the last that it hears."""
        user = self.find_user(who)
        sent = self._send(user, None, lambda s: self._event("unfollow", s, reply=False))
        with self.world.changing():
            user.blocked = True
        return sent

    def join(self, group: Where) -> Delivery:
        """Somebody invites the bot into the group."""
        place = self._group(group)
        with self.world.changing():
            place.joined = True
        self._note(place, f"{self.world.bot_name} เข้าร่วมกลุ่ม")
        return self._send(None, place, lambda s: self._event("join", s, reply=True))

    def remove_bot(self, group: Where) -> Delivery:
        """Somebody removes the bot from the group: a ``leave`` event."""
        place = self._group(group)
        sent = self._send(None, place, lambda s: self._event("leave", s, reply=False))
        with self.world.changing():
            place.joined = False
        self._note(place, f"{self.world.bot_name} ออกจากกลุ่ม")
        return sent

    def member_joins(self, group: Where, *who: Who) -> Delivery:
        """People enter the group."""
        place, users = self._group(group), [self.find_user(one) for one in who]
        with self.world.changing():
            place.members += [user.id for user in users if user.id not in place.members]
        self._note(place, f"{' '.join(user.name for user in users)} เข้าร่วมกลุ่ม")
        members = {"members": [{"type": "user", "userId": user.id} for user in users]}
        return self._send(None, place, lambda s: self._event("memberJoined", s, reply=True, joined=members))

    def member_leaves(self, group: Where, *who: Who) -> Delivery:
        """People leave the group."""
        place, users = self._group(group), [self.find_user(one) for one in who]
        with self.world.changing():
            place.members = [one for one in place.members if one not in {user.id for user in users}]
        self._note(place, f"{' '.join(user.name for user in users)} ออกจากกลุ่ม")
        members = {"members": [{"type": "user", "userId": user.id} for user in users]}
        return self._send(None, place, lambda s: self._event("memberLeft", s, reply=False, left=members))

    def _group(self, where: Where) -> Group:
        group = self.find_group(where)
        if group is None:
            raise LookupError("which group?")
        return group

    def _note(self, place: Group, text: str) -> None:
        self.world.add_line(place.id, SYSTEM, {"type": "note", "text": text})
