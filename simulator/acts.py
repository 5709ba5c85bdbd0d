"""What people do in their LINE app. Each act changes the world and sends the events that LINE would send for it."""

from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import Any

from simulator.coming import Coming
from simulator.deliver import Delivery
from simulator.tapping import Tapping


class Acts(Tapping, Coming):
    """The hands of everybody in the world."""

    def raw(self, event: Any, chat: str = "raw") -> Delivery:
        """Send any JSON as an event, untouched: unknown types, broken ones, standby …"""
        return self.courier.send(chat, [event])

    def raw_many(self, many: Iterable[Any]) -> Delivery:
        """Send any list of events in one body; an empty one is what the console's Verify button sends."""
        return self.courier.send("raw", list(many))

    def together(self) -> AbstractContextManager[Delivery]:
        """Events caused inside the block go out in one webhook body."""
        return self.courier.together()

    def redeliver(self, delivery: Delivery | None = None) -> Delivery:
        """Send a delivery again, the last by default, as LINE does: same ids and tokens, ``isRedelivery`` true."""
        return self.courier.redeliver(delivery)
