"""The one way in which data is written before it is hashed or signed.

JSON with sorted keys and no spaces, UTF-8 in Unicode's composed form (NFC), whole numbers only, bytes as lowercase hex.
`loads` refuses everything that `dumps` would have written differently, so that two byte strings never mean the same:
a changed bit is either a different content or no content at all.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping
from typing import Any, Never

_HEX = re.compile(r"[0-9a-f]*", re.ASCII)
#: Whole numbers that JavaScript and SQLite hold exactly; a page's seal and a reader in another language agree on them.
LARGEST = 2**53 - 1


class NotCanonical(ValueError):
    """These bytes, or this data, are not in the canonical form. The message says where."""


def dumps(data: object) -> bytes:
    """The canonical bytes of dicts with text keys, lists, tuples, texts, whole numbers, booleans and None.

    Texts are composed (NFC) on the way; anything else raises NotCanonical.
    """
    text = json.dumps(_clean(data, ""), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise NotCanonical("a text holds half a character") from None


def loads(raw: bytes) -> Any:
    """The data of canonical bytes. Raises NotCanonical unless `dumps` gives exactly these bytes back."""
    try:
        data = json.loads(raw, parse_float=_no_float, parse_constant=_no_float)
    except (ValueError, RecursionError) as wrong:
        raise NotCanonical(f"not JSON: {wrong}") from None
    if dumps(data) != raw:
        raise NotCanonical("the same data is written differently in canonical form")
    return data


def digest(raw: bytes) -> str:
    """SHA-256 in lowercase hex, 64 characters."""
    return hashlib.sha256(raw).hexdigest()


def fingerprint(data: object) -> str:
    """SHA-256 over the canonical bytes of the data, in lowercase hex."""
    return digest(dumps(data))


def is_hex(value: object, size: int) -> bool:
    """Whether this is the lowercase hex of exactly `size` bytes."""
    return isinstance(value, str) and len(value) == 2 * size and _HEX.fullmatch(value) is not None


def _clean(data: object, where: str) -> object:
    if data is None or isinstance(data, bool):
        return data
    if isinstance(data, int):
        if abs(data) > LARGEST:
            raise NotCanonical(f"{where or 'the data'}: a number beyond {LARGEST}")
        return int(data)
    if isinstance(data, str):
        return unicodedata.normalize("NFC", data)
    if isinstance(data, list | tuple):
        return [_clean(item, f"{where}[{place}]") for place, item in enumerate(data)]
    if isinstance(data, Mapping):
        return _clean_mapping(data, where)
    raise NotCanonical(f"{where or 'the data'}: {type(data).__name__} has no canonical form")


def _clean_mapping(data: Mapping[object, object], where: str) -> dict[str, object]:
    clean: dict[str, object] = {}
    for key, value in data.items():
        if not isinstance(key, str):
            raise NotCanonical(f"{where or 'the data'}: the key {key!r} is no text")
        name = unicodedata.normalize("NFC", key)
        if name in clean:
            raise NotCanonical(f"{where or 'the data'}: the key {name!r} stands twice")
        clean[name] = _clean(value, f"{where}.{name}" if where else name)
    return clean


def _no_float(text: str) -> Never:
    raise NotCanonical(f"{text} is no whole number")
