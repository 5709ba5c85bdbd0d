"""Frozen dataclasses to plain data and back, strictly: a missing, unknown or wrongly typed field is refused.

Knows text, whole numbers, booleans, enumerations of text, tuples, dictionaries with text keys, and dataclasses of
these: all that a manifest needs.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

T = TypeVar("T")


class BadRecord(ValueError):
    """This data does not describe such a record. The message says which field is wrong."""


def pack(value: object) -> Any:
    """Plain data of a dataclass, field by field; `canonical.dumps` takes it."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: pack(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, tuple):
        return [pack(item) for item in value]
    if isinstance(value, Mapping):
        return {key: pack(item) for key, item in value.items()}
    return value


def unpack(kind: type[T], data: object, where: str = "") -> T:
    """A record of this dataclass from plain data. Raises BadRecord; defaults do not fill in for missing fields."""
    made: T = _read(kind, data, where or kind.__name__)
    return made


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _read(kind: Any, data: object, where: str) -> Any:
    if dataclasses.is_dataclass(kind):
        return _read_fields(kind, data, where)
    origin = get_origin(kind)
    if origin is tuple:
        return _read_tuple(get_args(kind)[0], data, where)
    if origin in (dict, Mapping):
        return _read_mapping(get_args(kind)[1], data, where)
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return _read_choice(kind, data, where)
    if type(data) is not kind:
        raise BadRecord(f"{where}: {kind.__name__} expected, not {type(data).__name__}")
    return data


def _read_fields(kind: Any, data: object, where: str) -> Any:
    if not isinstance(data, Mapping):
        raise BadRecord(f"{where}: an object expected")
    hints = _hints(kind)
    names = {field.name for field in dataclasses.fields(kind)}
    if data.keys() != names:
        missing, unknown = sorted(names - data.keys()), sorted(data.keys() - names)
        raise BadRecord(f"{where}: missing {missing}, unknown {unknown}")
    return kind(**{name: _read(hints[name], data[name], f"{where}.{name}") for name in sorted(names)})


def _read_tuple(inner: Any, data: object, where: str) -> tuple[Any, ...]:
    if not isinstance(data, list | tuple):
        raise BadRecord(f"{where}: a list expected")
    return tuple(_read(inner, item, f"{where}[{place}]") for place, item in enumerate(data))


def _read_mapping(inner: Any, data: object, where: str) -> dict[str, Any]:
    if not isinstance(data, Mapping) or not all(isinstance(key, str) for key in data):
        raise BadRecord(f"{where}: an object expected")
    return {key: _read(inner, item, f"{where}.{key}") for key, item in data.items()}


def _read_choice(kind: type[StrEnum], data: object, where: str) -> StrEnum:
    if not isinstance(data, str) or data not in {member.value for member in kind}:
        raise BadRecord(f"{where}: one of {[member.value for member in kind]} expected")
    return kind(data)
