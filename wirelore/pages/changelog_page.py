"""The overview page of a changelog: the versions, the differences between them, and an inventory per version."""

from collections.abc import Sequence

from wirelore.analysis.markdown import cell, code, codes, link, table
from wirelore.compare import difference_markdown
from wirelore.compare.change import Difference, Ignored
from wirelore.compare.client_versions import ClientVersion
from wirelore.compare.grouping import advice, by_rule, names, phrase, scenarios, together
from wirelore.compare.history import History, Step
from wirelore.compare.inventory import NAME_KINDS
from wirelore.compare.presentation import KIND_WORDS, of_kind, operation_words
from wirelore.compare.unrecorded import Unrecorded
from wirelore.model.versions import version_key
from wirelore.model.wording import quantity

FLAGS = "beta-flags.md"
"""The page of the beta flags, in the same folder."""
_TITLES = {"breaking": "Breaking changes", "additive": "Other changes"}
_MOST, _NAMES = 16, 16
"""The maximum number of items per class and step, and of names in an item; the step's page lists all."""
_COLUMNS = 6
"""The maximum number of versions with a column of their own."""
_NOISE = 10
"""The maximum number of noisy places that the overview lists."""


def overview(histories: Sequence[History], lacking: Sequence[Unrecorded], problems: Sequence[str]) -> str:
    """Return the page README.md."""
    lines = ["# Changelog of the wire protocol", ""]
    if not histories:
        lines += ["The captures name no client version.", ""]
    for history in histories:
        lines += _history(history)
    lines += _lacking(lacking)
    if problems:
        lines += ["## Not read", "", *(f"- {cell(problem)}" for problem in problems), ""]
    lines += [f"See also {link('the beta flags', FLAGS)}: their versions, related changes, and responses.", ""]
    return "\n".join(lines).rstrip("\n") + "\n"


def _history(history: History) -> list[str]:
    first, last = history.versions[0].version, history.versions[-1].version
    span = (
        f"{len(history.versions)} versions, {first} to {last}"
        if history.steps
        else f"One version, {first}: nothing to compare"
    )
    lines = [
        f"## {cell(history.product)}",
        "",
        f"{cell(span)}. Dates are those of the recordings.{_answered(history)}",
        "",
    ]
    lines += _timeline(history)
    for step in reversed(history.steps):
        lines += _step(step)
    return [*lines, *_inventory(history.versions), *_inconclusive(history), *_noise(history)]


def _answered(history: History) -> str:
    """Return a sentence if a stand-in gave all responses, which are then no evidence about the service."""
    sides = [side for step in history.steps for side in (step.changes.comparison.before, step.changes.comparison.after)]
    if not sides or any(set(side.origins) != {"stand-in"} for side in sides):
        return ""
    return " A stand-in gave all responses; they show the client's reactions, but say nothing about the service."


def _timeline(history: History) -> list[str]:
    heads = ["version", "recorded", "captures", "exchanges", "scenarios", "compared with", *KIND_WORDS.values()]
    rows: list[list[str | int]] = []
    for version, step in reversed([*zip(history.versions, (None, *history.steps), strict=True)]):
        counts = (len(version.captures), version.inventory.exchanges, len(version.scenarios))
        rows.append([code(version.version), version.recorded, *counts, *_compared(step)])
    if history.whole:
        rows.append(
            [f"{code(history.whole.after.version)}, all steps at once", "", "", "", "", *_compared(history.whole)]
        )
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
    for kind, title in _TITLES.items():
        differences = of_kind(step.changes.counted, kind)
        lines += [f"**{title}** ({len(differences)})" if differences else f"**{title}**: none.", ""]
        lines += [*_items(differences, page, kind), ""] if differences else []
    others = ", ".join(f"{_total(step, kind)} {KIND_WORDS[kind]}" for kind in KIND_WORDS if kind not in _TITLES)
    return [*lines, f"Also {others}. {link('Full comparison, with counts and exchanges', page)}.", ""]


def _items(differences: Sequence[Difference], page: str, kind: str) -> list[str]:
    """Return list items; the same difference in several operations is one item."""
    items: dict[tuple[str, str], list[list[Difference]]] = {}
    for group in together(by_rule(differences)):
        items.setdefault(_sentences(group), []).append(group)
    lines = []
    for (message, recommendation), groups in list(items.items())[:_MOST]:
        operations = codes((group[0].operation for group in groups if group[0].operation), _NAMES)
        parts = [operations or operation_words(""), cell(scenarios(each for group in groups for each in group))]
        advised = f"; {recommendation}" if recommendation else ""
        lines += [f"- {message}  ", f"  {', '.join(filter(None, parts))}{advised}"]
    if remaining := sum(len(group) for groups in list(items.values())[_MOST:] for group in groups):
        lines.append(f"- and {remaining} more on {link('the page', page, kind)}")
    return lines


def _sentences(group: Sequence[Difference]) -> tuple[str, str]:
    """Return the message and the advice of a group, as Markdown."""
    first = group[0]
    if len(group) == 1:
        return cell(first.message), cell(first.advice)
    return f"{cell(phrase(first.rule))}: {codes(names(group), _NAMES)}", cell(advice(first.rule))


def _inconclusive(history: History) -> list[str]:
    """Return the inconclusive differences, the newest step first; the introduction covers responses of a stand-in."""
    lines = []
    for step in reversed(history.steps):
        for group in together(of_kind(step.changes.counted, "unjudged")):
            lines.append(f"- {cell(step.before.version)} → {cell(step.after.version)}: {_sentences(group)[0]}")
    return ["### Inconclusive", "", *lines, ""] if lines else []


def _inventory(versions: Sequence[ClientVersion]) -> list[str]:
    lines = ["### Inventory of the versions", ""]
    if len(versions) > 1:
        lines += ["Numbers are exchanges. Names that all versions have are listed below each table.", ""]
    for shelf in NAME_KINDS:
        counts = [version.inventory.names[shelf.id] for version in versions]
        names = sorted(set().union(*counts))
        everywhere = [name for name in names if all(name in counted for counted in counts)]
        some = [name for name in names if name not in set(everywhere)]
        lines += [f"#### {shelf.title}", ""]
        if some:
            lines += table(
                ["name", "first", "last", *_heads(versions)], [_row(name, shelf.id, versions) for name in some]
            )
        if everywhere:
            lines += [f"{'In all versions: ' if len(versions) > 1 else ''}{codes(everywhere, len(everywhere))}.", ""]
        if not names:
            lines += ["None observed.", ""]
    return lines


def _heads(versions: Sequence[ClientVersion]) -> list[str]:
    return [cell(version.version) for version in versions] if len(versions) <= _COLUMNS else []


def _row(name: str, shelf: str, versions: Sequence[ClientVersion]) -> list[str | int]:
    having = [version for version in versions if name in version.inventory.names[shelf]]
    counts: list[str | int] = [version.inventory.names[shelf][name] for version in versions[: len(_heads(versions))]]
    return [code(name), cell(having[0].version), cell(having[-1].version), *counts]


def _noise(history: History) -> list[str]:
    by_place: dict[tuple[str, str, str], Ignored] = {}
    for ignored in (ignored for step in history.every_step for ignored in step.changes.comparison.set_aside):
        key = (ignored.operation, ignored.place, ignored.why)
        by_place[key] = max(by_place.get(key, ignored), ignored, key=lambda each: each.count)
    ranked = sorted(by_place.values(), key=lambda each: (-each.count, each.operation, each.place, each.why))
    if not ranked:
        return []
    text = (
        "Differences between repeated recordings of one version in the same scenario are ignored as noise, and so is "
        f"the version's own number. {quantity(len(ranked), 'place')} ignored"
    )
    lines = ["### Ignored as noise", "", text + ("; those with the most scenarios:" if ranked[_NOISE:] else ":"), ""]
    return [*lines, *difference_markdown.noise_table(ranked[:_NOISE])]


def _lacking(unrecorded: Sequence[Unrecorded]) -> list[str]:
    if not unrecorded:
        return []
    versions: dict[tuple[str, str, str, str], list[str]] = {}
    for run in unrecorded:
        versions.setdefault((run.client, run.scenario, run.status, run.reason), []).append(run.version)
    rows = [
        (code(scenario), cell(f"{client} {', '.join(sorted(having, key=version_key))}"), cell(status), cell(reason))
        for (client, scenario, status, reason), having in sorted(versions.items())
    ]
    lines = ["## Scenarios without a recording", "", "Differences in these scenarios are unknown.", ""]
    return [*lines, *table(["scenario", "versions", "outcome", "why"], rows)]
