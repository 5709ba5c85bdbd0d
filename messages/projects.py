"""What the bot says about projects of the plan: lists, one project, following, and the letters to followers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from messages import cases
from messages.blocks import AMBER, BLUE, GREEN, GREY, PURPLE, TEAL, card
from messages.common import door
from messages.english import english_date
from messages.limits import cut
from messages.money import baht
from messages.parts import carousel, flex, pack, quick, say, tap, text
from messages.thai import thai_date
from messages.words import Words
from models.files import File
from models.plan import WAY, Project
from models.plan_rows import ProjectEntry

Json = dict[str, Any]

COLOURS = {
    "plan": BLUE,
    "budget": BLUE,
    "procure": PURPLE,
    "build": TEAL,
    "inspect": TEAL,
    "done": GREEN,
    "postponed": AMBER,
    "cancelled": GREY,
}


def step(w: Words, project: Project) -> str:
    """Where it stands: “กำลังก่อสร้าง 60%”."""
    name = w(f"project_step.{project.step}")
    shown = project.percent is not None and project.step in ("procure", "build", "inspect")
    return f"{name} {project.percent}%" if shown else name


def doors(w: Words) -> list[Json]:
    """Where to go on from a word about projects."""
    return [
        tap(w("project.own_village"), pack("project.own")),
        tap(w("project.all"), pack("project.list")),
        door(w, "report"),
        say(w("button.menu")),
    ]


def bubble(w: Words, project: Project, *, followed: bool, photo: File | None = None) -> Json:
    """One project as a card of a list."""
    lines: list[str | tuple[str, str]] = [_where(w, project), _money(w, project)]
    buttons = [tap(w("project.see"), pack("project", id=project.id)), _follow(w, project, followed=followed)]
    title = cut(cases.short(project.shown_name, 110), 110)
    hero = cases.preview_address(str(w.fields["public_url"]), photo.token) if photo is not None else None
    return card(title, lines, buttons, colour=COLOURS[project.step], status=step(w, project), hero=hero)


def _follow(w: Words, project: Project, *, followed: bool) -> Json:
    name = "project.unfollow" if followed else "project.follow"
    return tap(w(name), pack(name, id=project.id))


def _where(w: Words, project: Project) -> str:
    villages = " ".join(w("report.place_moo", moo=moo) for moo in project.moos[:6])
    return " · ".join(part for part in (villages, cases.short(project.place, 60)) if part)


def _money(w: Words, project: Project) -> str:
    money = project.money()
    if not money:
        return w("project.no_money")
    years = f"{min(money)}–{max(money)}" if len(money) > 1 else str(min(money))
    return w("project.money", baht=baht(sum(money.values())), years=years)


def listed(
    w: Words,
    found: Sequence[Project],
    total: int,
    followed: set[int],
    title: str,
    onward: Json | None = None,
    photos: Mapping[int, File] | None = None,
) -> list[Json]:
    """Projects as cards to swipe. `onward` leads to the next ones."""
    pictures = photos or {}
    bubbles = [bubble(w, p, followed=p.id in followed, photo=pictures.get(p.id)) for p in found]
    shown = bubbles[0] if len(bubbles) == 1 else carousel(bubbles)
    head = w("project.found", title=title, count=total)
    buttons = [onward] if onward is not None else []
    return [text(head), quick(flex(cut(head, 300), shown), *buttons, *doors(w))]


def more(w: Words, moo: int | None, page: int) -> Json:
    """The button for the next ones."""
    where = {"moo": moo} if moo is not None else {}
    return tap(w("project.more"), pack("project.list", page=page, **where))


def one(
    w: Words, project: Project, entry: ProjectEntry | None, *, followed: bool, photos: Sequence[File] = ()
) -> list[Json]:
    """One project with all that is known."""
    lines: list[str | tuple[str, str]] = [
        w("project.of_plan", name=project.plan.name, first=project.plan.first_year, last=project.plan.last_year),
        _where(w, project),
        _money(w, project),
    ]
    if project.department_name:
        lines.append((w("project.row_department"), project.department_name))
    if project.target:
        lines.append((w("project.row_target"), cases.short(project.target, 200)))
    if project.step not in ("postponed", "cancelled"):
        lines.append(_way(w, project))
    if project.contractor:
        lines.append((w("project.row_contractor"), cases.short(project.contractor, 100)))
    if project.contract_satang is not None:
        lines.append((w("project.row_contract"), w("project.baht", baht=baht(project.contract_satang))))
    if project.ends_on is not None and project.step != "done":
        lines.append((w("project.row_ends"), _day(w, project.ends_on)))
    if project.done_on is not None and project.step == "done":
        lines.append((w("project.row_done"), _day(w, project.done_on)))
    lines += _last_words(w, project, entry)
    buttons = [_follow(w, project, followed=followed)]
    if photos:
        buttons.append(tap(w("project.photos"), pack("project.photos", id=project.id)))
    title = cut(cases.short(project.shown_name, 115), 115)
    hero = cases.preview_address(str(w.fields["public_url"]), photos[-1].token) if photos else None
    shown = card(title, lines, buttons, colour=COLOURS[project.step], status=step(w, project), hero=hero)
    alt = w("project.alt", name=cases.short(project.shown_name, 200), step=step(w, project))
    return [quick(flex(alt, shown), *doors(w))]


def _day(w: Words, day: date) -> str:
    """“5 ธันวาคม 2569”."""
    return english_date(day) if w.language == "en" else thai_date(day)


def _last_words(w: Words, project: Project, entry: ProjectEntry | None) -> list[str | tuple[str, str]]:
    if entry is None:
        return [w("project.updated", date=cases.day(w, project.updated_at))]
    said = [w("project.said", words=cases.short(entry.words, 300))] if entry.words else []
    return [*said, w("project.updated", date=cases.day(w, entry.at))]


def _way(w: Words, project: Project) -> str:
    """“✔ แผน → ✔ งบประมาณ → กำลังก่อสร้าง → …”."""
    here = WAY.index(project.step)
    names = [w(f"project_short.{name}") for name in WAY]
    past = [f"✔ {name}" for name in names[:here]]
    now = f"✔ {names[here]}" if project.step == "done" else f"● {names[here]}"
    return " → ".join([*past, now, *names[here + 1 :]])


def none(w: Words, about: str) -> list[Json]:
    """Nothing of that in the plan, as far as we know: said plainly, with ways on."""
    body = w("project.none_about", about=cases.short(about, 80)) if about else w("project.none")
    wish = tap(w("button.propose"), pack("propose"))
    return [text(body, tap(w("project.all"), pack("project.list")), wish, door(w, "report"), say(w("button.talk")))]


def no_plan(w: Words) -> list[Json]:
    """The office has not published a plan here yet."""
    return [text(w("project.no_plan"), door(w, "report"), say(w("button.talk")), say(w("button.menu")))]


def none_here(w: Words, place: str) -> list[Json]:
    """No project for this village."""
    body = w("project.none_here", place=place)
    return [text(body, tap(w("project.all"), pack("project.list")), tap(w("button.propose"), pack("propose")))]


def ask_village(w: Words, moos: Sequence[int]) -> list[Json]:
    """Which village?"""
    buttons = [tap(w("report.place_moo", moo=moo), pack("project.list", moo=moo)) for moo in moos[:11]]
    return [text(w("project.ask_village"), *buttons, tap(w("project.all"), pack("project.list")))]


def followed(w: Words, project: Project) -> list[Json]:
    """You will hear of it."""
    undo = tap(w("project.unfollow"), pack("project.unfollow", id=project.id))
    mine = tap(w("project.mine"), pack("project.mine"))
    return [text(w("project.followed", name=cases.short(project.shown_name, 150)), undo, mine, say(w("button.menu")))]


def unfollowed(w: Words, project: Project) -> list[Json]:
    """You will hear no more of it."""
    again = tap(w("project.follow"), pack("project.follow", id=project.id))
    return [text(w("project.unfollowed", name=cases.short(project.shown_name, 150)), again, say(w("button.menu")))]


def follows_none(w: Words) -> list[Json]:
    """You follow nothing yet; how it is done."""
    return [text(w("project.follows_none"), *doors(w))]


def gone(w: Words) -> list[Json]:
    """It is no longer to be seen."""
    return [text(w("project.gone"), *doors(w))]


def gallery(w: Words, project: Project, photos: Sequence[File]) -> list[Json]:
    """The photos residents may see."""
    base = str(w.fields["public_url"])
    bubbles = [_picture(w, base, photo) for photo in photos[-12:]]
    shown = bubbles[0] if len(bubbles) == 1 else carousel(bubbles)
    return [quick(flex(cut(w("project.photos"), 100), shown), tap(w("project.see"), pack("project", id=project.id)))]


def _picture(w: Words, base: str, photo: File) -> Json:
    purpose = {"before": "tell.before", "after": "tell.after"}.get(photo.purpose, "project.during")
    return {
        "type": "bubble",
        "hero": {
            "type": "image",
            "url": cases.preview_address(base, photo.token),
            "size": "full",
            "aspectRatio": "4:3",
            "aspectMode": "cover",
            "action": {"type": "uri", "label": w("project.photos"), "uri": cases.file_address(base, photo.token)},
        },
        "body": {
            "type": "box",
            "layout": "vertical",
            "contents": [{"type": "text", "text": w(purpose), "size": "lg", "wrap": True}],
        },
    }


def news(w: Words, told: Sequence[ProjectEntry]) -> list[Json]:
    """A day's steps of the projects somebody follows, in one letter: each project once, with what was said last."""
    lines = [_news_line(w, entry) for entry in told[:8]]
    if len(told) > 8:
        lines.append(w("project.news_more", count=len(told) - 8))
    see = [tap(w("project.news_see", n=at), pack("project", id=e.project_id)) for at, e in enumerate(told[:8], 1)]
    if len(told) == 1:
        see = [tap(w("project.see"), pack("project", id=told[0].project_id))]
    return [text("\n\n".join([w("project.news_head"), *lines]), *see, tap(w("project.mine"), pack("project.mine")))]


def _news_line(w: Words, entry: ProjectEntry) -> str:
    name = cases.short(entry.project.shown_name, 120)
    percent = entry.data.get("percent")
    stand = w(f"project_step.{entry.step}") + (f" {percent}%" if percent is not None and entry.step != "done" else "")
    said = f"\n{cases.short(entry.words, 300)}" if entry.words else ""
    return w("project.news_line", name=name, step=stand) + said
