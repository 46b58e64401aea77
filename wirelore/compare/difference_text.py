"""Differences as text for a terminal: the most severe first, with long lists cut and a summary at the end."""

from collections.abc import Iterable, Iterator, Sequence
from textwrap import wrap

from wirelore.compare.change import KINDS, Difference
from wirelore.compare.grouping import names, phrase, scenarios, together
from wirelore.compare.presentation import (
    DIRECTIONS,
    UNREPEATED,
    Changes,
    change_words,
    count_words,
    gathered,
    of_kind,
    operation_words,
    scenario_words,
    side_words,
)
from wirelore.model.terminal import printable
from wirelore.model.wording import quantity

_MOST = {"breaking": 20, "additive": 12, "cosmetic": 5, "unjudged": 5}
"""The maximum number of entries of a class, where grouped differences are one entry."""
_IN_FULL = frozenset({"breaking"})
_MOST_NOISE = 5
_NAMES = 12
_WIDTH = 140
_REMEDY = "--format markdown or json shows all"
_TITLES = {"breaking": "BREAKING", "additive": "ADDITIVE", "cosmetic": "COSMETIC", "unjudged": "INCONCLUSIVE"}


def write(changes: Changes) -> str:
    """Return the changes as text with a line end."""
    blocks = [
        _sides(changes),
        *(_class(changes, kind) for kind in KINDS),
        _accepted(changes),
        _noise(changes),
        _unread(changes),
    ]
    texts = ["\n".join(map(_line, block)) + "\n" for block in blocks if block]
    return "\n".join([*texts, printable(summary(changes)) + "\n"])


def summary(changes: Changes) -> str:
    """Return one line with the numbers of differences, accepted ones, noise and problems."""
    counts = changes.counts
    if changes.counted:
        result = ", ".join(count_words(counts))
    else:
        result = "no difference" + (" that is not accepted" if changes.accepted else "")
    details = [
        f"{len(changes.accepted)} accepted" if changes.accepted else "",
        quantity(len(changes.stale), "stale entry", "stale entries") if changes.stale else "",
        f"{len(changes.comparison.set_aside)} ignored as noise" if changes.comparison.set_aside else "",
        quantity(len(changes.comparison.problems), "unreadable part") if changes.comparison.problems else "",
    ]
    return "; ".join(filter(None, [result, *details]))


def _sides(changes: Changes) -> list[str]:
    before, after = changes.comparison.before, changes.comparison.after
    sides = (("  before  ", side_words(before)), ("  after   ", side_words(after)))
    lines = [head + words for head, words in sides if words]
    if changes.counted and not changes.comparison.noise_known:
        lines.append(f"  {UNREPEATED}")
    return [f"{before.name} -> {after.name}", *(line for text in lines for line in _wrapped(text, 10))]


def _class(changes: Changes, kind: str) -> list[str]:
    differences = of_kind(changes.counted, kind)
    if not differences:
        return []
    groups = [[each] for each in differences] if kind in _IN_FULL else together(differences)
    omitted = groups[_MOST[kind] :]
    lines = [f"{_TITLES[kind]}: {len(differences)}"]
    for way, operation, run in gathered(group[0] for group in groups[: _MOST[kind]]):
        lines.append(f"  {DIRECTIONS[way]}, {operation}" if operation else f"  {operation_words('')}")
        for first in run:
            group = next(group for group in groups if group[0] is first)
            lines += _group(group) if len(group) > 1 else _single(first, full=kind in _IN_FULL)
    if omitted:
        lines.append(f"  ... and {sum(map(len, omitted))} more; {_REMEDY}")
    return lines


def _group(group: Sequence[Difference]) -> list[str]:
    affected = names(group)
    more = f" and {len(affected) - _NAMES} more" if affected[_NAMES:] else ""
    text = f"      {', '.join(affected[:_NAMES])}{more}"
    times = ", ".join(filter(None, (quantity(len(group), "difference"), scenarios(group))))
    return [f"    {group[0].rule}  {phrase(group[0].rule)}, {times}", *_wrapped(text, 6)]


def _single(difference: Difference, *, full: bool) -> Iterator[str]:
    yield f"    {difference.rule} {difference.fingerprint}  {difference.message}"
    if evidence := "; ".join(filter(None, (change_words(difference), scenario_words(difference)))):
        yield f"      {evidence}"
    if full:
        yield from _wrapped(f"      {difference.advice}", 6) if difference.advice else []
        examples = [side.places[0] for side in (difference.before, difference.after) if side.places]
        yield from _wrapped(f"      see {' and '.join(examples)}", 10) if examples else []


def _accepted(changes: Changes) -> list[str]:
    lines = [f"  entry {each.entry}: {each.difference.message}: {each.reason}" for each in changes.accepted]
    lines = [f"ACCEPTED: {len(lines)}", *_cut(lines)] if lines else []
    if changes.stale:
        lines.append(f"STALE ENTRIES OF THE ACCEPT FILE: {len(changes.stale)}")
        lines += [f"  entry {each.entry} ({each.wanted}): {each.why}" for each in changes.stale]
    return lines


def _noise(changes: Changes) -> list[str]:
    noise = changes.comparison.set_aside
    if not noise:
        return []
    lines = (f"  {each.operation} {each.place}: {each.why}" for each in noise)
    return [f"IGNORED AS NOISE: {len(noise)}", *_cut(lines)]


def _unread(changes: Changes) -> list[str]:
    problems = changes.comparison.problems
    return [f"UNREADABLE: {len(problems)}", *_cut(f"  {problem}" for problem in problems)] if problems else []


def _cut(lines: Iterable[str]) -> list[str]:
    all_lines = list(lines)
    more = [f"  ... and {len(all_lines) - _MOST_NOISE} more; {_REMEDY}"] if len(all_lines) > _MOST_NOISE else []
    return [*all_lines[:_MOST_NOISE], *more]


def _wrapped(text: str, indent: int) -> list[str]:
    """Escape control characters in the text and wrap it."""
    plain = printable(text, line=True)
    return wrap(plain, _WIDTH, subsequent_indent=" " * indent, break_on_hyphens=False, break_long_words=False)


def _line(text: str) -> str:
    """Escape control characters in the text and cut it to one line."""
    text = printable(text, line=True)
    return text if len(text) <= _WIDTH else f"{text[: _WIDTH - 1]}…"
