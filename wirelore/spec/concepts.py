"""Concepts: objects with the same name in one operation family, described by one joined schema.

The learner knows a text block in a response, in a stream's first event and in a batch's result as three separate nodes.
Readers want one schema. So the nodes of all places of a concept are joined as the learner joins samples; the joined
node accepts everything that one of them accepts.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from wirelore.evidence.learned_bodies import Node
from wirelore.evidence.object_counts import Path
from wirelore.learning.knowledge import Known, from_schema, join, to_schema

Key = tuple[str, ...]
"""The identity of a concept: the side, the operation family, the name, and a qualifier for equal names."""


@dataclass
class Concept:
    """A concept with the joined schema of its places."""

    knowledge: Known
    schema: Node
    paths: set[Path] = field(default_factory=set)
    """The paths of its object counts."""
    nodes: list[Node] = field(default_factory=list)
    """The joined nodes."""


class Concepts:
    """The concepts of a document, collected by repeated walks over its places."""

    def __init__(self) -> None:
        self._concepts: dict[Key, Concept] = {}
        self._grown = True

    def settle(self, walk: Callable[[], Any]) -> None:
        """Repeat a walk until it changes no concept: joined nodes have new places inside, which are joined in turn."""
        while self._grown:
            self._grown = False
            walk()

    def extend(self, key: Key, node: Node, paths: Iterable[Path]) -> Concept:
        """Join the objects of a node into a concept, and return the concept; `paths` are those of their counts."""
        concept = self._concepts.get(key)
        if concept is None or not any(joined_node is node for joined_node in (*concept.nodes, concept.schema)):
            own = _objects(node)
            joined = own if concept is None else join(concept.knowledge, own)
            if concept is None or joined != concept.knowledge:
                self._grown = True
                previous = concept or Concept(joined, {})
                concept = Concept(joined, to_schema(joined), previous.paths, previous.nodes)
                self._concepts[key] = concept
            concept.nodes.append(node)
        more = set(paths) - concept.paths
        if more:
            self._grown = True
            concept.paths |= more
        return concept


def _objects(node: Node) -> Known:
    """Return the part of a node that describes objects."""
    knowledge = from_schema(node)
    return Known(
        frozenset({"object"}), variants=knowledge.variants, notes=knowledge.notes, tag_notes=knowledge.tag_notes
    )
