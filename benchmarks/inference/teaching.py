"""Libraries learned only from selected exchanges, in a blank copy of the packaged schemas."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from wirelore.analysis.contract import observations
from wirelore.analysis.registry import registry
from wirelore.analysis.witness import product
from wirelore.learning.learner import Learner
from wirelore.model.exchange import Exchange
from wirelore.schema.library import PACKAGED, Library

LEARNED_NOTES = frozenset({"x-discriminator", "x-seen", "x-always", "x-map", "x-forms"})
"""Annotations that the learner writes; nodes with other annotations are handwritten and stay."""


@dataclass(frozen=True, slots=True)
class Observed:
    """An observation with its origin."""

    analyzer: str
    client: str | None
    """The client of the exchange; None if the recording does not contain it."""
    item: int | None
    observation: dict[str, Any]
    exchange: Exchange


def blank(folder: Path) -> Path:
    """Create a folder of schemas with only handwritten content: rules, nodes, hints and route table."""
    folder.mkdir(parents=True)
    for name in ("rules.json", "routes.json", "hints.json"):
        (folder / name).write_bytes((PACKAGED / name).read_bytes())
    for analyzer in registry():
        root = json.loads((PACKAGED / f"{analyzer}.json").read_text("utf-8"))
        kept = {name: _emptied(node) for name, node in root["properties"].items() if _is_by_hand(node)}
        root |= {"properties": kept, "required": sorted(set(root.get("required", ())) & set(kept))}
        for name in ("allOf", *LEARNED_NOTES):
            root.pop(name, None)
        (folder / f"{analyzer}.json").write_text(json.dumps(root), "utf-8")
    return folder


def observed(exchanges: Iterable[Exchange]) -> Iterator[Observed]:
    """Yield the observations of all analyzers; each analyzer restarts with each capture."""
    for _, capture in groupby(exchanges, lambda each: each.capture):
        bench = [(analyzer.id, analyzer.start()) for analyzer in registry().values()]
        for exchange in capture:
            for name, observe in bench:
                for item, observation in observations(observe, exchange):
                    yield Observed(name, product(exchange), item, observation, exchange)


def taught(folder: Path, lessons: Iterable[Observed]) -> Library:
    """Return a library learned from these observations, in a new folder."""
    learner = Learner(blank(folder))
    for lesson in lessons:
        learner.add(lesson.analyzer, lesson.observation, lesson.client)
    learner.write()
    return Library(folder)


def _is_by_hand(node: Any) -> bool:
    places = (node, node.get("items", {})) if isinstance(node, dict) else ()
    return any(key.startswith("x-") and key not in LEARNED_NOTES for place in places for key in place)


def _emptied(node: dict[str, Any]) -> dict[str, Any]:
    if "items" in node:
        return {**node, "items": _emptied(node["items"])}
    return {**node, "enum": []} if node.get("x-list") == "closed" else node
