"""The overview of a changelog as a page: which versions there are, what breaks, what each version has."""

from collections.abc import Sequence

from wirelore.analysis.markdown import cell, code, codes, link, table
from wirelore.compare import difference_markdown
from wirelore.compare.change import Difference, Ignored
from wirelore.compare.client_versions import ClientVersion
from wirelore.compare.grouping import advice, by_rule, names, phrase, scenarios, together
from wirelore.compare.history import History, Step
from wirelore.compare.inventory import SHELVES
from wirelore.compare.presentation import KIND_WORDS, of_kind, operation_words
from wirelore.compare.unrecorded import Unrecorded
from wirelore.model.versions import version_key

FLAGS = "beta-flags.md"
"""The page of the beta flags, beside the overview."""
_TOLD = {"breaking": "What breaks", "additive": "What else is different"}
_MOST, _NAMES = 16, 16
"""How many items of a class the overview tells of each step, and names in an item; the step's page has all."""
_COLUMNS = 6
"""Up to so many versions have a column each."""
_NOISE = 10


def overview(histories: Sequence[History], lacking: Sequence[Unrecorded], problems: Sequence[str]) -> str:
    """The page README.md."""
    lines = ["# What changed on the wire", ""]
    if not histories:
        lines += ["The captures tell no client's version.", ""]
    for one in histories:
        lines += _history(one)
    lines += _lacking(lacking)
    if problems:
        lines += ["## Not read", "", *(f"- {cell(problem)}" for problem in problems), ""]
    lines += [f"See also {link('the beta flags', FLAGS)}: since when, with what, and how they were answered.", ""]
    return "\n".join(lines).rstrip("\n") + "\n"


def _history(one: History) -> list[str]:
    first, last = one.versions[0].version, one.versions[-1].version
    span = (
        f"{len(one.versions)} versions, {first} to {last}" if one.steps else f"Only version {first}: nothing to compare"
    )
    lines = [f"## {cell(one.product)}", "", f"{cell(span)}. Dates are those of the recordings.{_answered(one)}", ""]
    lines += _timeline(one)
    for step in reversed(one.steps):
        lines += _step(step)
    return [*lines, *_inventory(one.versions), *_unjudged(one), *_noise(one)]


def _answered(one: History) -> str:
    """What is to be said of answers that say nothing of the service."""
    sides = [side for step in one.steps for side in (step.changes.comparison.before, step.changes.comparison.after)]
    if not sides or any(set(side.origins) != {"stand-in"} for side in sides):
        return ""
    return " A stand-in gave all answers: they show what the client does with them, and nothing of the service."


def _timeline(one: History) -> list[str]:
    heads = ["version", "recorded", "captures", "exchanges", "scenarios", "compared with", *KIND_WORDS.values()]
    rows: list[list[str | int]] = []
    for version, step in reversed([*zip(one.versions, (None, *one.steps), strict=True)]):
        counts = (len(version.captures), version.inventory.exchanges, len(version.scenarios))
        rows.append([code(version.version), version.recorded, *counts, *_compared(step)])
    if one.whole:
        rows.append([f"{code(one.whole.after.version)}, all steps at once", "", "", "", "", *_compared(one.whole)])
    return table(heads, rows)


def _compared(step: Step | None) -> list[str | int]:
    if step is None:
        return ["", *("" for _ in KIND_WORDS)]
    return [link(step.before.version, f"{step.page}.md"), *(_total(step, kind) for kind in KIND_WORDS)]


def _total(step: Step, kind: str) -> int:
    return len(of_kind(step.changes.counted, kind))


def _step(step: Step) -> list[str]:
    page = f"{step.page}.md"
    lines = [f"### {cell(step.before.version)} → {cell(step.after.version)}", ""]
    if not step.changes.counted:
        return [*lines, f"Nothing changed: {link('the comparison', page)}.", ""]
    for kind, title in _TOLD.items():
        found = of_kind(step.changes.counted, kind)
        lines += [f"**{title}** ({len(found)})" if found else f"**{title}**: nothing.", ""]
        lines += [*_items(found, page, kind), ""] if found else []
    others = ", ".join(f"{_total(step, kind)} {KIND_WORDS[kind]}" for kind in KIND_WORDS if kind not in _TOLD)
    return [*lines, f"Besides: {others}. {link('All of it, with counts and exchanges', page)}.", ""]


def _items(found: Sequence[Difference], page: str, kind: str) -> list[str]:
    """Items of a list: what is said of several operations in the same words is said once."""
    items: dict[tuple[str, str], list[list[Difference]]] = {}
    for group in together(by_rule(found)):
        items.setdefault(_said(group), []).append(group)
    lines = []
    for (what, told), groups in list(items.items())[:_MOST]:
        where = codes((one[0].operation for one in groups if one[0].operation), _NAMES) or operation_words("")
        seen = cell(scenarios(one for group in groups for one in group))
        lines += [f"- {what}  ", f"  {where}" + (f", {seen}" if seen else "") + (f"; {told}" if told else "")]
    if left := sum(len(group) for groups in list(items.values())[_MOST:] for group in groups):
        lines.append(f"- and {left} more on {link('the page', page, kind)}")
    return lines


def _said(group: Sequence[Difference]) -> tuple[str, str]:
    """What differs, and the advice, as markdown."""
    first = group[0]
    if len(group) == 1:
        return cell(first.message), cell(first.advice)
    return f"{cell(phrase(first.rule))}: {codes(names(group), _NAMES)}", cell(advice(first.rule))


def _unjudged(one: History) -> list[str]:
    """What could not be judged, newest step first; answers of a stand-in are told at the top already."""
    lines = []
    for step in reversed(one.steps):
        for group in together(of_kind(step.changes.counted, "unjudged")):
            lines.append(f"- {cell(step.before.version)} → {cell(step.after.version)}: {_said(group)[0]}")
    return ["### What could not be judged", "", *lines, ""] if lines else []


def _inventory(versions: Sequence[ClientVersion]) -> list[str]:
    lines = ["### What each version has", ""]
    if len(versions) > 1:
        lines += ["Numbers are exchanges. What every version has is listed below each table.", ""]
    for shelf in SHELVES:
        seen = [version.inventory.names[shelf.id] for version in versions]
        names = sorted(set().union(*seen))
        everywhere = [name for name in names if all(name in counted for counted in seen)]
        some = [name for name in names if name not in set(everywhere)]
        lines += [f"#### {shelf.title}", ""]
        if some:
            lines += table(
                ["name", "first", "last", *_heads(versions)], [_row(name, shelf.id, versions) for name in some]
            )
        if everywhere:
            lines += [f"{'In every version: ' if len(versions) > 1 else ''}{codes(everywhere, len(everywhere))}.", ""]
        if not names:
            lines += ["None was seen.", ""]
    return lines


def _heads(versions: Sequence[ClientVersion]) -> list[str]:
    return [cell(version.version) for version in versions] if len(versions) <= _COLUMNS else []


def _row(name: str, shelf: str, versions: Sequence[ClientVersion]) -> list[str | int]:
    having = [version for version in versions if name in version.inventory.names[shelf]]
    counts: list[str | int] = [version.inventory.names[shelf][name] for version in versions[: len(_heads(versions))]]
    return [code(name), cell(having[0].version), cell(having[-1].version), *counts]


def _noise(one: History) -> list[str]:
    most: dict[tuple[str, str, str], Ignored] = {}
    for aside in (aside for step in one.every_step for aside in step.changes.comparison.set_aside):
        key = (aside.operation, aside.place, aside.why)
        most[key] = max(most.get(key, aside), aside, key=lambda each: each.count)
    told = sorted(most.values(), key=lambda aside: (-aside.count, aside.operation, aside.place, aside.why))
    if not told:
        return []
    said = (
        "What differs between recordings of one version in the same scenario is no change, nor is the version's own "
        f"number in what is sent. {len(told)} such places were set aside"
    )
    lines = ["### How noise was learned", "", said + ("; those of the most scenarios:" if told[_NOISE:] else ":"), ""]
    return [*lines, *difference_markdown.noise_table(told[:_NOISE])]


def _lacking(found: Sequence[Unrecorded]) -> list[str]:
    if not found:
        return []
    versions: dict[tuple[str, str, str, str], list[str]] = {}
    for one in found:
        versions.setdefault((one.client, one.scenario, one.status, one.reason), []).append(one.version)
    rows = [
        (code(scenario), cell(f"{client} {', '.join(sorted(having, key=version_key))}"), cell(status), cell(reason))
        for (client, scenario, status, reason), having in sorted(versions.items())
    ]
    lines = ["## Scenarios without a recording", "", "What differs in them could not be seen.", ""]
    return [*lines, *table(["scenario", "versions", "outcome", "why"], rows)]
