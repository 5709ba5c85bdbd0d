"""Small cells: which numbers of a table would tell of a few people, and which others must be hidden with them, because
a sum that stands beside the table would give them away by subtraction.

Fewer than five is the threshold of this house (design choice; PDPA s.26 guidance of national statistics offices uses
three to ten).
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TypeVar

K = TypeVar("K", bound=Hashable)

#: Numbers below this stand for too few people to be told.
LEAST = 5


def hidden(cells: Mapping[K, int], least: int = LEAST) -> frozenset[K]:
    """Which cells of a table are not told when their total is known.

    Cells from 1 to `least` - 1 are hidden. If what is hidden could be had by taking the others from the total (one cell
    alone, or several that are fewer than `least` together), the smallest of the others is hidden too, until it cannot.
    Zeros are told: they name nobody. Ties go by the order of the table, so that the same table hides the same cells.
    """
    away = [key for key, number in cells.items() if 0 < number < least]
    others = sorted((key for key in cells if cells[key] >= least), key=lambda key: cells[key])
    while away and others and (len(away) < 2 or sum(cells[key] for key in away) < least):
        away.append(others.pop(0))
    return frozenset(away)


def total_told(cells: Mapping[K, int], least: int = LEAST) -> bool:
    """Whether the total itself may be told beside the table: not when what is hidden would follow from it."""
    away = hidden(cells, least)
    return not away or (len(away) > 1 and sum(cells[key] for key in away) >= least)


def told(cells: Mapping[K, int], least: int = LEAST) -> dict[K, int | None]:
    """The table as it may be shown: None where the number is hidden."""
    away = hidden(cells, least)
    return {key: None if key in away else number for key, number in cells.items()}
