"""Every conversation of docs/conversations, played word for word."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.database import Database
from tests.conversations import Player, Scene, scenes
from tests.town import town_on


@pytest.mark.parametrize("scene", list(scenes()), ids=str)
def test_conversation(scene: Scene, quick_database: Database, tmp_path: Path) -> None:
    with town_on(quick_database, tmp_path) as town:
        Player(town).play(scene)
        town.check()
