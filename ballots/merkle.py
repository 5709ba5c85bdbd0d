"""A Merkle tree over ballot hashes: one root names them all, and a short path shows that one of them is among them.

Leaves and nodes are hashed apart, and trees are split, as in RFC 6962 §2.1 (Certificate Transparency), so that no node
passes for a leaf.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

#: The root of no ballots.
EMPTY = sha256(b"").hexdigest()


def root(hashes: Sequence[str]) -> str:
    """The root over hex hashes in this order, hex."""
    if not hashes:
        return EMPTY
    level = [_leaf(leaf) for leaf in hashes]
    while len(level) > 1:
        level = _up(level)
    return level[0].hex()


def path(hashes: Sequence[str], place: int) -> list[str]:
    """The neighbours, from the leaf at `place` upwards, that lead to the root; "" where there is none on a level."""
    found: list[str] = []
    level = [_leaf(leaf) for leaf in hashes]
    while len(level) > 1:
        beside = place ^ 1
        found.append(level[beside].hex() if beside < len(level) else "")
        level, place = _up(level), place // 2
    return found


def leads(leaf: str, place: int, steps: Sequence[str], top: str) -> bool:
    """Whether the path leads from this leaf at this place to this root."""
    node = _leaf(leaf)
    for step in steps:
        if step and place % 2:
            node = _node(bytes.fromhex(step), node)
        elif step:
            node = _node(node, bytes.fromhex(step))
        place //= 2
    return place == 0 and node.hex() == top


def _up(level: list[bytes]) -> list[bytes]:
    above = [_node(level[place], level[place + 1]) for place in range(0, len(level) - 1, 2)]
    # a last node without a neighbour rises as it is: the same tree as RFC 6962's split at powers of two
    return [*above, level[-1]] if len(level) % 2 else above


def _leaf(hashed: str) -> bytes:
    return sha256(b"\0" + bytes.fromhex(hashed)).digest()


def _node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\1" + left + right).digest()
