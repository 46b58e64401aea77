"""Table 4 as Markdown: Wirelore compared with other tools."""

import sys
from collections.abc import Iterator, Sequence

from benchmarks.inference import comparison as compare
from benchmarks.inference import peers, speed
from benchmarks.inference.comparison import Column, Spoilt
from benchmarks.inference.kinds import IN_DOCUMENTS
from benchmarks.inference.study import Study
from benchmarks.inference.tables import table

_TERMS = """The rows up to the leaked properties were measured after learning everything, the others with a fifth held
out. A corruption is detected if the corrupted document has an error, at any place, that the original does not have;
errors of `format` do not count. GenSON and quicktype get the documents by operation, side and status, and all events
of an operation together. har-to-openapi infers path parameters and required members. mitmproxy2swagger gets all paths
as accepted, and no form uploads, on which its HAR reader fails. Wirelore takes operations from its route table, which
is hand-written.
"""
_SIDES = {"bodies": False, "events": True}


def comparison(study: Study) -> Iterator[str]:
    """Yield table 4: other tools on the same recordings."""
    at = peers.installed(peers.default_cache())
    for reason in at.reasons:
        print(f"not compared: {reason}", file=sys.stderr)
    columns = compare.columns(study, at, study.folder / "peers")
    spoilt = compare.corruptions(study)
    caught = [compare.caught(spoilt, column.part) for column in columns]
    head = ["", *(column.name for column in columns)]
    yield "### Other tools, on the same recordings\n"
    yield table(head, [*_learned(study, columns), *_alarms(study, columns), *_caught(spoilt, caught)])
    yield _TERMS
    right, total = compare.guessed(study)
    yield f"Without the route table, from the shapes of ids alone, Wirelore names {right} of {total} operations.\n"
    problems = [f"- {column.name}: {column.problem}" for column in columns if column.problem]
    if problems:
        yield "\n".join(["Not measured:", *problems, ""])
    yield "The corruptions by kind:\n"
    yield table(head, _by_kind(spoilt, caught))
    yield from speed.page(study, at)


def _learned(study: Study, columns: Sequence[Column]) -> Iterator[list[str]]:
    yield ["operations with the correct template", *(compare.operations(study, each) for each in columns)]
    found = compare.union_variants(study)
    for name, is_event in (("union variants distinguished", False), ("event types distinguished", True)):
        chosen = [each for each in found if each.is_event is is_event]
        yield [name, *(compare.told_apart(chosen, each.whole) for each in columns)]
    yield ["properties leaked from free-form content", *(_leaked(each) for each in columns)]


def _alarms(study: Study, columns: Sequence[Column]) -> Iterator[list[str]]:
    held = compare.held_back(study)
    for name, is_event in _SIDES.items():
        alarms = [compare.false_alarms(held, each.part, events=is_event) for each in columns]
        yield [f"{name} held out and rejected", *alarms]


def _caught(spoilt: Sequence[Spoilt], caught: Sequence[Sequence[bool]]) -> Iterator[list[str]]:
    for name, is_event in _SIDES.items():
        counted = [each.is_event is is_event for each in spoilt]
        yield [f"corruptions of {name} detected", *(compare.tallied(verdicts, counted) for verdicts in caught)]


def _by_kind(spoilt: Sequence[Spoilt], caught: Sequence[Sequence[bool]]) -> Iterator[list[str]]:
    for kind in IN_DOCUMENTS:
        counted = [each.kind == kind for each in spoilt]
        shares = [compare.tallied(verdicts, counted) for verdicts in caught]
        yield [kind, *(share.partition(" (")[0] for share in shares)]


def _leaked(column: Column) -> str:
    return "-" if column.whole is None else f"{column.whole.leaked():,}"
