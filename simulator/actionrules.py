"""What LINE accepts as an action, in each place where actions stand (reference: action objects)."""

from collections.abc import Iterable
from datetime import datetime

from simulator.records import Json
from simulator.rules import Extra, Path, Report, Rule, Shape, by_type, matching, one_of, text, uri

URI = uri(1000, ("http", "https", "line", "tel"))
_FORMATS = {"date": ("%Y-%m-%d",), "time": ("%H:%M",), "datetime": ("%Y-%m-%dT%H:%M", "%Y-%m-%dt%H:%M")}
_INPUT = one_of("closeRichMenu", "openRichMenu", "openKeyboard", "openVoice")


def _display_once(action: Json, path: Path, report: Report) -> None:
    if "text" in action and "displayText" in action:
        report.note((*path, "displayText"), "text and displayText cannot be used together")
    if "fillInText" in action and action.get("inputOption") != "openKeyboard":
        report.note((*path, "fillInText"), "can be used only when inputOption is openKeyboard")


def _moment(mode: str, value: str) -> datetime | None:
    for pattern in _FORMATS[mode]:
        try:
            moment = datetime.strptime(value, pattern)  # noqa: DTZ007 - the picker knows no time zone
        except ValueError:
            continue
        if len(value) == len(moment.strftime(pattern)) and (mode == "time" or 1900 <= moment.year <= 2100):
            return moment
    return None


def _picker_times(action: Json, path: Path, report: Report) -> None:
    moments = {}
    for name in ("initial", "min", "max"):
        if name in action:
            moments[name] = _moment(action["mode"], action[name])
            if moments[name] is None:
                report.note((*path, name), f"must be a {action['mode']}")
                return
    low, start, high = moments.get("min"), moments.get("initial"), moments.get("max")
    if low and high and low >= high:
        report.note((*path, "min"), "must be less than max")
    if start and ((low and start < low) or (high and start > high)):
        report.note((*path, "initial"), "must be between min and max")


def _shapes(label: Rule, needs_label: bool) -> dict[str, Shape]:
    any_text = text(10_000, least=0)

    def action(needed: tuple[str, ...] = (), extras: tuple[Extra, ...] = (), **props: Rule) -> Shape:
        asked = ("label", *needed) if needs_label else needed
        return Shape({"type": any_text, "label": label, **props}, asked, extras)

    shown = text(300, clusters=True)
    data = text(300)
    return {
        "message": action(("text",), text=shown),
        "postback": action(
            ("data",), (_display_once,), data=data, displayText=shown, text=shown, inputOption=_INPUT, fillInText=shown
        ),
        "uri": action(("uri",), uri=URI, altUri=Shape({"desktop": URI})),
        "datetimepicker": action(
            ("data", "mode"),
            (_picker_times,),
            data=data,
            mode=one_of("date", "time", "datetime"),
            initial=any_text,
            min=any_text,
            max=any_text,
        ),
        "camera": action(),
        "cameraRoll": action(),
        "location": action(),
        "clipboard": action(("clipboardText",), clipboardText=text(1000)),
        "richmenuswitch": action(
            ("data", "richMenuAliasId"),
            data=data,
            richMenuAliasId=matching(r"[a-z0-9_-]{1,32}", "must be a rich menu alias"),
        ),
    }


_EVERYWHERE = ("message", "postback", "uri", "datetimepicker", "clipboard")


def _action(most: int, kinds: Iterable[str], *, needs_label: bool) -> Rule:
    shapes = _shapes(text(most, clusters=True), needs_label)
    return by_type({kind: shapes[kind] for kind in kinds})


QUICK = _action(20, (*_EVERYWHERE, "camera", "cameraRoll", "location"), needs_label=True)
TEMPLATE = _action(20, _EVERYWHERE, needs_label=True)
TAPPED = _action(20, _EVERYWHERE, needs_label=False)
"""A template's default action, which shows no label."""
COLUMN = _action(12, _EVERYWHERE, needs_label=False)
FLEX = _action(40, _EVERYWHERE, needs_label=False)
FLEX_BUTTON = _action(40, _EVERYWHERE, needs_label=True)
MENU = _action(20, (*_EVERYWHERE, "richmenuswitch"), needs_label=False)
