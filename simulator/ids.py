"""Identifiers of the shapes that LINE gives out: users, groups, messages, events, tokens."""

import hashlib
import itertools
import secrets
from collections.abc import Callable

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def user_id() -> str:
    """A new userId: ``U`` and 32 hexadecimal digits."""
    return "U" + secrets.token_hex(16)


def lasting_user_id(words: str) -> str:
    """A userId that is always the same for the same words: the bot's own, so that it survives restarts."""
    return "U" + hashlib.sha256(words.encode()).hexdigest()[:32]


def group_id() -> str:
    """A new groupId: ``C`` and 32 hexadecimal digits."""
    return "C" + secrets.token_hex(16)


def rich_menu_id() -> str:
    """A new rich menu id, ``richmenu-`` and 32 hexadecimal digits."""
    return "richmenu-" + secrets.token_hex(16)


def reply_token() -> str:
    """A new reply token, 32 hexadecimal digits as LINE's are."""
    return secrets.token_hex(16)


def request_id() -> str:
    """A new value for the ``x-line-request-id`` header, in the shape of a UUID."""
    raw = secrets.token_hex(16)
    return f"{raw[:8]}-{raw[8:12]}-{raw[12:16]}-{raw[16:20]}-{raw[20:]}"


def quote_token() -> str:
    """A new quote token (opaque)."""
    return secrets.token_urlsafe(30)


def ulid(milliseconds: int) -> str:
    """A ULID (26 characters of Crockford's base 32) for an instant in ms since 1970: LINE's webhookEventId."""
    number = (milliseconds << 80) | secrets.randbits(80)
    return "".join(_CROCKFORD[(number >> shift) & 31] for shift in range(125, -5, -5))


def message_ids(start_ms: int) -> Callable[[], str]:
    """A source of message ids: decimal strings that grow, and that a restart does not repeat."""
    counter = itertools.count(start_ms * 100_000 + 1)
    return lambda: str(next(counter))
