"""Differences as text for a terminal: the gravest first, long lists cut, a summary at the end."""

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
"""How many of a class are told, those alike as one; the gravest deserve the most lines."""
_IN_FULL = frozenset({"breaking"})
_MOST_NOISE = 5
_NAMES = 12
_WIDTH = 140
_REMEDY = "--format markdown or json has all"
_TITLES = {"breaking": "BREAKING", "additive": "ADDITIVE", "cosmetic": "COSMETIC", "unjudged": "COULD NOT BE JUDGED"}


def write(changes: Changes) -> str:
    """The changes as text, with a line end."""
    blocks = [
        _sides(changes),
        *(_class(changes, kind) for kind in KINDS),
        _accepted(changes),
        _noise(changes),
        _unread(changes),
    ]
    told = ["\n".join(map(_line, block)) + "\n" for block in blocks if block]
    return "\n".join([*told, printable(summary(changes)) + "\n"])


def summary(changes: Changes) -> str:
    """One line: what was found."""
    counts = changes.counts
    if changes.counted:
        said = ", ".join(count_words(counts))
    else:
        said = "no difference" + (" that is not accepted" if changes.accepted else "")
    others = [
        f"{len(changes.accepted)} accepted" if changes.accepted else "",
        quantity(len(changes.stale), "stale entry", "stale entries") if changes.stale else "",
        f"{len(changes.comparison.set_aside)} set aside as noise" if changes.comparison.set_aside else "",
        f"{quantity(len(changes.comparison.problems), 'part')} could not be read"
        if changes.comparison.problems
        else "",
    ]
    return "; ".join(filter(None, [said, *others]))


def _sides(changes: Changes) -> list[str]:
    before, after = changes.comparison.before, changes.comparison.after
    sides = (("  before  ", side_words(before)), ("  after   ", side_words(after)))
    told = [head + words for head, words in sides if words]
    if changes.counted and not changes.comparison.noise_known:
        told.append(f"  {UNREPEATED}")
    return [f"{before.name} -> {after.name}", *(line for text in told for line in _wrapped(text, 10))]


def _class(changes: Changes, kind: str) -> list[str]:
    found = of_kind(changes.counted, kind)
    if not found:
        return []
    groups = [[one] for one in found] if kind in _IN_FULL else together(found)
    left = groups[_MOST[kind] :]
    lines = [f"{_TITLES[kind]}: {len(found)}"]
    for way, operation, run in gathered(group[0] for group in groups[: _MOST[kind]]):
        lines.append(f"  {DIRECTIONS[way]}, {operation}" if operation else f"  {operation_words('')}")
        for first in run:
            group = next(group for group in groups if group[0] is first)
            lines += _alike(group) if len(group) > 1 else _told(first, full=kind in _IN_FULL)
    if left:
        lines.append(f"  ... and {sum(map(len, left))} more; {_REMEDY}")
    return lines


def _alike(group: Sequence[Difference]) -> list[str]:
    found = names(group)
    more = f" and {len(found) - _NAMES} more" if found[_NAMES:] else ""
    told = f"      {', '.join(found[:_NAMES])}{more}"
    times = ", ".join(filter(None, (f"{len(group)} times", scenarios(group))))
    return [f"    {group[0].rule}  {phrase(group[0].rule)}, {times}", *_wrapped(told, 6)]


def _told(one: Difference, *, full: bool) -> Iterator[str]:
    yield f"    {one.rule} {one.fingerprint}  {one.message}"
    if seen := "; ".join(filter(None, (change_words(one), scenario_words(one)))):
        yield f"      {seen}"
    if full:
        yield from _wrapped(f"      {one.advice}", 6) if one.advice else []
        look = [side.places[0] for side in (one.before, one.after) if side.places]
        yield from _wrapped(f"      look at {' and '.join(look)}", 10) if look else []


def _accepted(changes: Changes) -> list[str]:
    lines = [f"  entry {one.entry}: {one.difference.message}: {one.reason}" for one in changes.accepted]
    lines = [f"ACCEPTED: {len(lines)}", *_cut(lines)] if lines else []
    if changes.stale:
        lines.append(f"STALE ENTRIES OF THE ACCEPT FILE: {len(changes.stale)}")
        lines += [f"  entry {one.entry} ({one.wanted}): {one.why}" for one in changes.stale]
    return lines


def _noise(changes: Changes) -> list[str]:
    found = changes.comparison.set_aside
    if not found:
        return []
    return [f"SET ASIDE AS NOISE: {len(found)}", *_cut(f"  {one.operation} {one.place}: {one.why}" for one in found)]


def _unread(changes: Changes) -> list[str]:
    found = changes.comparison.problems
    return [f"NOT READ: {len(found)}", *_cut(f"  {problem}" for problem in found)] if found else []


def _cut(lines: Iterable[str]) -> list[str]:
    every = list(lines)
    more = [f"  ... and {len(every) - _MOST_NOISE} more; {_REMEDY}"] if len(every) > _MOST_NOISE else []
    return [*every[:_MOST_NOISE], *more]


def _wrapped(text: str, indent: int) -> list[str]:
    """The text on as many lines as it needs; what stands in the way of a terminal is an escape before it is wrapped."""
    plain = printable(text, line=True)
    return wrap(plain, _WIDTH, subsequent_indent=" " * indent, break_on_hyphens=False, break_long_words=False)


def _line(text: str) -> str:
    """The text on one line that a terminal obeys nothing of, cut where it is very long."""
    text = printable(text, line=True)
    return text if len(text) <= _WIDTH else f"{text[: _WIDTH - 1]}…"
