"""`songsiang tally`: counts Pabulib's and PrefLib's files with the same code as our polls, so that anyone can check it.

Also `songsiang verify`, the tool that citizens download, and `songsiang verifier`, which writes that one file.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from ballots.tally.outcome import Outcome
    from ballots.tally.ties import TieBreaker

#: Exit code when a decisive tie is left open; 1 and 2 are errors of files and of use.
TIED = 3
BUDGET = ("greedy", "greedy-no-skip", "greedy-threshold", "equal-shares")
RANKED = ("irv", "schulze", "borda", "plurality")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--rule", type=click.Choice([*BUDGET, *RANKED]), help="Default: the rule the .pb names, else irv.")
@click.option(
    "--ties",
    default="cheaper,more-votes",
    show_default=True,
    help="Steps in order: cheaper, dearer, more-votes, listed (as in the file), lot:NUMBER, ids a>b>c; stop: none.",
)
@click.option("--threshold", type=click.IntRange(min=0), help="Points a project needs. Default: the file's own.")
@click.option(
    "--step", type=click.IntRange(min=0), default=1, show_default=True, help="Add1: growth of a share; 0: none."
)
@click.option("--comparison/--no-comparison", default=None, help="Equal Shares: greedy where more voters prefer it.")
@click.option(
    "--as-published", is_flag=True, help="Count a project that stands twice on a ballot twice, as some cities do."
)
def tally(
    file: Path,
    rule: str | None,
    ties: str,
    threshold: int | None,
    step: int,
    comparison: bool | None,
    as_published: bool,
) -> None:
    """Count FILE (.pb, or .soi, .toi, .soc, .toc) and print JSON: winners, every round, every tie.

    A decisive tie that --ties leaves open stops the count: the JSON names it, and the exit code is 3.
    """
    from ballots.pabulib import BadFile
    from ballots.tally.ties import DecisiveTie

    try:
        text = file.read_text("utf-8")
        if file.suffix.lower() == ".pb":
            told = _budget(text, rule, ties, threshold, step, comparison, as_published=as_published)
        else:
            told = _ranked(text, rule or "irv", ties)
    except (BadFile, UnicodeDecodeError) as wrong:
        raise click.ClickException(f"อ่านไฟล์ {file.name} ไม่ได้ ({wrong})") from None
    except DecisiveTie as tie:
        open_tie = {"round": tie.round, "options": list(tie.options), "settled": None, "order": []}
        _print({"rule": rule, "decided": False, "selected": [], "total_cost": 0, "rounds": [], "ties": [open_tie]})
        click.echo(f"คะแนนเท่ากันและมีผลต่อการตัดสิน: {', '.join(tie.options)} (a decisive tie; see --ties)", err=True)
        sys.exit(TIED)
    _print(told)


def _budget(
    text: str,
    rule: str | None,
    ties: str,
    threshold: int | None,
    step: int,
    comparison: bool | None,
    *,
    as_published: bool,
) -> dict[str, Any]:
    from ballots import pabulib
    from ballots.tally.greedy import greedy
    from ballots.tally.shares import equal_shares

    election = pabulib.read(text, as_published=as_published)
    named = election.meta.get("rule", "greedy")
    chosen = rule or _own_rule(named)
    if chosen not in BUDGET:
        raise click.UsageError(f"--rule {chosen} ใช้กับไฟล์จัดอันดับ (is for ranked ballots); {', '.join(BUDGET)}")
    spending = election.spending()
    breaker = _breaker(ties, list(spending.costs), spending.measures())
    if chosen == "equal-shares":
        compare = "comparison" in named if comparison is None else comparison
        outcome = equal_shares(spending, breaker, step=step * election.scale, comparison=compare)
    else:
        needed = election.threshold if threshold is None else threshold
        needed = 0 if chosen == "greedy" and threshold is None else needed
        outcome = greedy(spending, breaker, skip=chosen != "greedy-no-skip", threshold=needed)
    names = {project.id: project.name for project in election.projects}
    published = sorted(election.selected) if election.selected is not None else None
    more = {"budget": election.budget, "scale": election.scale, "votes": len(election.ballots), "published": published}
    return {**_told(chosen, outcome, names), **more}


def _own_rule(named: str) -> str:
    """The rule of Pabulib's that the file names, in our words."""
    if named.startswith("equalshares"):
        return "equal-shares"
    return named if named in BUDGET else "greedy"


def _ranked(text: str, rule: str, ties: str) -> dict[str, Any]:
    from ballots import preflib
    from ballots.tally import single
    from ballots.tally.irv import irv
    from ballots.tally.schulze import schulze

    if rule not in RANKED:
        raise click.UsageError(f"--rule {rule} ใช้กับไฟล์ .pb (is for .pb files); {', '.join(RANKED)}")
    profile = preflib.read(text)
    options = list(profile.names)
    breaker = _breaker(ties, options, {})
    if rule in ("irv", "schulze"):
        outcome = (irv if rule == "irv" else schulze)(options, profile.ballots, breaker)
    else:
        outcome = (single.borda if rule == "borda" else single.plurality)(options, profile.ballots, 1, breaker)
    winner = outcome.selected[0]
    return {"winner": profile.names[winner], "winner_id": winner, **_told(rule, outcome, profile.names)}


def _told(rule: str, outcome: Outcome, names: Mapping[str, str]) -> dict[str, Any]:
    return {**outcome.plain(), "rule": rule, "decided": True, "names": dict(names)}


def _breaker(ties: str, listed: Sequence[str], measures: Mapping[Any, Callable[[str], int]]) -> TieBreaker:
    """What --ties says, as a policy; a lot only where one is named."""
    from ballots.manifest import TieStep
    from ballots.tally.ties import TieBreaker, draw_order

    steps: list[TieStep] = []
    lot: Sequence[str] | None = None
    found = dict(measures)
    for word in filter(None, ties.split(",")):
        if word in ("cheaper", "dearer", "more-votes"):
            step = TieStep.MORE_VOTES if word == "more-votes" else TieStep.CHEAPER
            steps.append(step)
            if word == "dearer" and step in measures:
                found[step] = lambda option: -measures[TieStep.CHEAPER](option)
        elif word != "stop":
            lot = _lot(word, listed, draw_order)
    steps = [step for step in dict.fromkeys(steps) if step in measures]
    return TieBreaker((*steps, TieStep.EARLIER_ROUND, TieStep.LOT), found, lot)


def _lot(word: str, listed: Sequence[str], draw: Callable[[str, str, Sequence[str]], Sequence[str]]) -> Sequence[str]:
    if word == "listed":
        return listed
    if word.startswith("lot:"):
        return draw("", word.removeprefix("lot:"), listed)
    order = word.split(">")
    if set(order) != set(listed):
        wrong = sorted(set(order) ^ set(listed))
        raise click.UsageError(f"--ties: {', '.join(wrong)} ไม่ครบหรือไม่รู้จัก (missing or unknown)")
    return order


def _print(told: Mapping[str, Any]) -> None:
    click.echo(json.dumps(told, ensure_ascii=False, indent=1))


@click.command(context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def verify(arguments: tuple[str, ...]) -> None:
    """Check an export of a poll: the same tool as verify.py, which needs only PyNaCl."""
    from ballots.verify import main

    sys.exit(main(arguments))


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), default="verify.py")
def verifier(file: Path) -> None:
    """Write the one file with which citizens check polls at home (FILE, default verify.py)."""
    from ballots.bundle import verify_source

    file.write_text(verify_source(), "utf-8")
    click.echo(f"เขียน {file} แล้ว (written)")
