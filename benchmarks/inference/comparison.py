"""Comparison of tools on the same recordings: operations, variants, free-form content, false alarms, detections."""

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
    """A tool that has learned all recordings, and the same tool without the held-back fifth."""

    name: str
    whole: Tool | None
    part: Tool | None
    problem: str = ""


@dataclass(frozen=True)
class Spoilt:
    """A held-back document, and the corrupted one."""

    kind: str
    document: Document
    corrupted: object

    @property
    def is_event(self) -> bool:
        """True for the data of an event."""
        return self.document.lesson.analyzer == EVENTS


def columns(study: Study, at: Installed, folder: Path) -> list[Column]:
    """Return the columns: Wirelore counting errors, Wirelore counting errors and warnings, and the other tools."""
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
    """Return the number of operations with the right template, and of wrong ones."""
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
    """Count the operations whose template is right when it is guessed from ids, without the route table."""
    right = {
        nameless(each.operation): nameless(f"{each.request.method} {guessed_template(each.request.path)}")
        for each in study.exchanges
    }
    return sum(true == guess for true, guess in right.items()), len(right)


def told_apart(found: Sequence[Variant], tool: Tool | None) -> str:
    """Return the number of variants that the tool distinguishes."""
    return "-" if tool is None else f"{sum(each.is_told_apart(tool) is True for each in found)} of {len(found)}"


def union_variants(study: Study) -> list[Variant]:
    """Return the variants in all recordings."""
    every = (document for exchange in study.exchanges for document in documents(exchange))
    return variants(every, study.census(lambda _: True))


def held_back(study: Study) -> list[Document]:
    """Return the documents of the held-back exchanges."""
    return [each for exchange in study.exchanges if is_held_back(exchange) for each in documents(exchange)]


def false_alarms(held: Iterable[Document], tool: Tool | None, *, events: bool) -> str:
    """Return the share of documents with a schema that the tool rejects, either of events or of all others."""
    if tool is None:
        return "-"
    chosen = [each for each in held if (each.lesson.analyzer == EVENTS) is events]
    verdicts = Counter(rejects(tool, each, each.value) for each in chosen)
    text = share(verdicts[True], verdicts[True] + verdicts[False])
    return text + (f"; {verdicts[None]:,} without a schema" if verdicts[None] and text != "-" else "")


def corruptions(study: Study) -> list[Spoilt]:
    """Return the corruptions for all tools: those of the sensitivity table that are inside documents."""
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
    """Return for each corruption whether the tool has a complaint that it does not have about the original.

    The list is empty without a tool.
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
    """Return the share of the counted corruptions that were detected."""
    chosen = [verdict for verdict, is_counted in zip(verdicts, counted, strict=False) if is_counted]
    return share(sum(chosen), len(chosen))


def _document(exchange: Exchange, analyzer: str, item: int | None) -> Document | None:
    return next(
        (each for each in documents(exchange) if (each.lesson.analyzer, each.lesson.item) == (analyzer, item)), None
    )
