"""What every act needs: finding who and where is meant, and sending the events of a chat."""

from collections.abc import Callable

from simulator import events
from simulator.deliver import Courier, Delivery, nothing_sent
from simulator.records import Group, Json, User
from simulator.world import World

Who = User | str
Where = Group | str | None


class Stage:
    """The world and the courier. ``who`` is a User, its id or its name; ``group`` a Group, its id or name."""

    def __init__(self, world: World, courier: Courier) -> None:
        self.world, self.courier = world, courier

    def find_user(self, who: Who) -> User:
        """The user meant; LookupError when nobody has that id or name."""
        if isinstance(who, User):
            return who
        for user in self.world.users.values():
            if who in (user.id, user.name):
                return user
        raise LookupError(f"nobody is called {who!r}")

    def find_group(self, where: Where) -> Group | None:
        """The group meant, None for a 1:1 chat; LookupError when no group has that id or name."""
        if where is None or isinstance(where, Group):
            return where
        for group in self.world.groups.values():
            if where in (group.id, group.name):
                return group
        raise LookupError(f"no group is called {where!r}")

    def _event(self, kind: str, source: Json, *, reply: bool, **more: object) -> Json:
        return events.event(self.world, kind, source, reply=reply, **more)

    def _send(
        self, user: User | None, place: Group | None, make: Callable[[Json], Json], *, anonymous: bool = False
    ) -> Delivery:
        chat = place.id if place else user.id if user else ""
        if (place and not place.joined) or (place is None and user and user.blocked):
            return nothing_sent(chat, "not_listening")
        return self.courier.send(chat, [make(events.source_of(user, place, anonymous=anonymous))])
