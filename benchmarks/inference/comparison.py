"""Every tool on the same recordings: what each found, kept apart, kept opaque, falsely rejects and catches."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.inference import rivals
from benchmarks.inference.corpus import is_held_back
from benchmarks.inference.documents import Document, documents
from benchmarks.inference.groups import grouped
from benchmarks.inference.kinds import IN_DOCUMENTS
from benchmarks.inference.openapi import Described, nameless
from benchmarks.inference.peers import Installed
from benchmarks.inference.rivals import Made
from benchmarks.inference.sensitivity import drawn
from benchmarks.inference.study import Study
from benchmarks.inference.tables import share
from benchmarks.inference.tools import Learned, Tool, rejects
from benchmarks.inference.unions import Variant, variants
from wirelore.model.exchange import Exchange
from wirelore.model.routes import guessed_template

ERRORS, WARNINGS = frozenset({"error"}), frozenset({"error", "warning"})
EVENTS = "event-payloads"


@dataclass(frozen=True)
class Column:
    """A tool after learning everything, and after learning without the fifth that is held back."""

    name: str
    whole: Tool | None
    part: Tool | None
    problem: str = ""


@dataclass(frozen=True)
class Spoilt:
    """A document that was held back, and the same one corrupted."""

    kind: str
    document: Document
    corrupted: object

    @property
    def is_event(self) -> bool:
        """Whether it is the data of an event."""
        return self.document.lesson.analyzer == EVENTS


def columns(study: Study, at: Installed, folder: Path) -> list[Column]:
    """Our own two readings, by errors and by warnings as well, and every peer."""
    everything = study.everything()
    part = study.held_back.library
    ours = [
        Column("Wirelore: errors", Learned(everything, ERRORS), Learned(part, ERRORS)),
        Column("Wirelore: errors and warnings", Learned(everything, WARNINGS), Learned(part, WARNINGS)),
    ]
    whole = _peers(study, at, folder / "whole", lambda _: True)
    kept = _peers(study, at, folder / "part", lambda each: not is_held_back(each))
    return ours + [
        Column(name, whole[name].tool, kept[name].tool, whole[name].problem or kept[name].problem) for name in whole
    ]


def _peers(study: Study, at: Installed, folder: Path, is_taught: Callable[[Exchange], bool]) -> dict[str, Made]:
    chosen = [each for each in study.exchanges if is_taught(each)]
    lessons = [each for part in study.lessons.values() for each in part if is_taught(each.exchange)]
    return rivals.all_of(at, rivals.inputs(chosen, list(grouped(lessons)), folder))


def operations(study: Study, column: Column) -> str:
    """Operations with the right template, and wrong ones."""
    true = {nameless(each.operation) for each in study.exchanges}
    if isinstance(column.whole, Described):
        found = column.whole.operations()
    elif isinstance(column.whole, Learned):
        found = {nameless(name) for name in column.whole.library.root("operations")["properties"]["operation"]["enum"]}
    else:
        return "none"
    wrong = len(found - true)
    return f"{len(found & true)} of {len(true)}" + (f", {wrong} wrong" if wrong else "")


def guessed(study: Study) -> tuple[int, int]:
    """How many operations get the right template from the shapes of their ids alone, without the route table."""
    right = {
        nameless(each.operation): nameless(f"{each.request.method} {guessed_template(each.request.path)}")
        for each in study.exchanges
    }
    return sum(true == guess for true, guess in right.items()), len(right)


def told_apart(found: Sequence[Variant], tool: Tool | None) -> str:
    """How many variants the tool tells apart."""
    return "-" if tool is None else f"{sum(each.is_told_apart(tool) is True for each in found)} of {len(found)}"


def union_variants(study: Study) -> list[Variant]:
    """Those of all recordings."""
    every = (document for exchange in study.exchanges for document in documents(exchange))
    return variants(every, study.census(lambda _: True))


def held_back(study: Study) -> list[Document]:
    """The documents of the exchanges that are held back."""
    return [each for exchange in study.exchanges if is_held_back(exchange) for each in documents(exchange)]


def false_alarms(held: Iterable[Document], tool: Tool | None, *, events: bool) -> str:
    """The share of the documents that the tool has a schema for and rejects; events, or all others."""
    if tool is None:
        return "-"
    chosen = [each for each in held if (each.lesson.analyzer == EVENTS) is events]
    verdicts = Counter(rejects(tool, each, each.value) for each in chosen)
    told = share(verdicts[True], verdicts[True] + verdicts[False])
    return told + (f"; {verdicts[None]:,} without a schema" if verdicts[None] and told != "-" else "")


def corruptions(study: Study) -> list[Spoilt]:
    """The same places for every tool: those that the table of sensitivity draws, inside documents."""
    spoilt = []
    for kind in IN_DOCUMENTS:
        for exchange, corruption in drawn(study.held_back, kind):
            (mark, *_) = sorted(corruption.marks)
            after = _document(corruption.spoilt(), mark.analyzer, mark.item)
            before = _document(exchange, mark.analyzer, mark.item)
            if after is not None and before is not None:
                spoilt.append(Spoilt(kind, before, after.value))
    return spoilt


def caught(spoilt: Iterable[Spoilt], tool: Tool | None) -> list[bool]:
    """Of each: whether the tool has something against it that it had not against what was there before.

    Nothing without a tool.
    """
    if tool is None:
        return []
    found = []
    for each in spoilt:
        before = tool.complaints(each.document, each.document.value)
        after = tool.complaints(each.document, each.corrupted)
        found.append(bool((after or frozenset()) - (before or frozenset())))
    return found


def tallied(verdicts: Sequence[bool], counted: Sequence[bool]) -> str:
    """The share of the counted ones that were caught."""
    chosen = [verdict for verdict, is_counted in zip(verdicts, counted, strict=False) if is_counted]
    return share(sum(chosen), len(chosen))


def _document(exchange: Exchange, analyzer: str, item: int | None) -> Document | None:
    return next(
        (each for each in documents(exchange) if (each.lesson.analyzer, each.lesson.item) == (analyzer, item)), None
    )
