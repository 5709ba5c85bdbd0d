"""What the pages of one municipality share; bot/app.py builds it, `console()` finds it during a request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

from flask import current_app

from models.database import Database
from models.key_room import KeyRoom
from models.storage import Store
from web.assets import Assets


@dataclass(frozen=True)
class LineLogin:
    """A LINE Login channel; `address` and `api` are LINE's own, but for tests."""

    channel: str
    secret: str = field(repr=False)
    address: str = "https://access.line.me"
    api: str = "https://api.line.me"


@dataclass(frozen=True)
class Console:
    """All that pages need from outside.

    `clock` tells the time; `ring` wakes the worker after something was stored; `key` is the house's secret; `store`
    holds photos and files; `keys` are the keys of polls; `tiles` is the address of map tiles ("" for none); `proxies`
    how many reverse proxies stand in front; `internal` are hosts of the office's own network that may be called;
    `traffy` whether the house has an account with Traffy Fondue.
    """

    database: Database
    clock: Callable[[], datetime]
    ring: Callable[[], None]
    key: str = field(repr=False)
    public_url: str
    store: Store
    assets: Assets
    keys: KeyRoom = field(repr=False)
    tiles: str = ""
    proxies: int = 0
    line_login: LineLogin | None = None
    internal: tuple[str, ...] = ()
    traffy: bool = False

    @property
    def https(self) -> bool:
        """Whether the world reaches the house by https."""
        return self.public_url.startswith("https://")


def console() -> Console:
    """The console of the application that serves this request."""
    return cast("Console", current_app.extensions["songsiang"]["console"])
