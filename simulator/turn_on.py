"""Turning switches by name, as Python callers and the control API do; wrong names and values are refused."""

from collections.abc import Callable, Mapping

from simulator.records import FAULTS, Fault
from simulator.world import World


def _count(value: object) -> int:
    number = int(str(value))
    if number < 0:
        raise ValueError("must not be negative")
    return number


def _seconds(value: object) -> float:
    number = float(str(value))
    if number < 0:
        raise ValueError("must not be negative")
    return number


def _yes(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError("must be true or false")
    return value


def _quota(value: object) -> int | None:
    return None if value is None else _count(value)


def _pauses(value: object) -> tuple[float, ...]:
    if not isinstance(value, list | tuple):
        raise ValueError("must be a list of seconds")
    return tuple(_seconds(one) for one in value)


_KINDS: dict[str, Callable[[object], object]] = {
    "delay_ms": _count,
    "quota": _quota,
    "redelivery": _yes,
    "redelivery_pauses": _pauses,
    "webhook": _yes,
    "webhook_timeout": _seconds,
    "batch": _count,
    "reply_seconds": _seconds,
    "content_pending": _count,
    "loopback_http": _yes,
}


def set_switches(world: World, wanted: Mapping[str, object]) -> None:
    """Turn the named switches (see ``Switches``); also ``used`` (messages counted this month), ``webhook_url`` and
    ``fault``.

    A fault is ``{"kind", "times"?, "only"?, "ms"?}``. Raises ValueError for an unknown name or a wrong value, and
    then changes nothing.
    """
    good: dict[str, object] = {}
    for name, value in wanted.items():
        if name not in _KINDS and name not in ("used", "webhook_url", "fault", "clear_faults"):
            raise ValueError(f"no switch is called {name!r}; there are {sorted(_KINDS)}")
        try:
            good[name] = _KINDS[name](value) if name in _KINDS else value
        except ValueError as wrong:
            raise ValueError(f"{name}: {wrong}") from None
    fault = as_fault(good.pop("fault")) if "fault" in good else None
    used = _count(good.pop("used")) if "used" in good else None
    address = good.pop("webhook_url", None)
    clear = good.pop("clear_faults", False)
    with world.changing():
        for name, value in good.items():
            setattr(world.switches, name, value)
        if clear:
            world.switches.faults.clear()
        if fault:
            world.switches.faults.append(fault)
        if used is not None:
            world.usage[world.month()] = used
        if address is not None:
            world.webhook_url = str(address)


def as_fault(given: object) -> Fault:
    """A fault from its JSON; ValueError when its kind is not one of ``FAULTS``."""
    if not isinstance(given, Mapping) or given.get("kind") not in FAULTS:
        raise ValueError(f"a fault's kind must be one of {FAULTS}")
    return Fault(
        str(given["kind"]),
        max(1, _count(given.get("times", 1))),
        str(given.get("only", "")),
        _count(given.get("ms", 0)),
    )
