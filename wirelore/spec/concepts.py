"""Concepts: what is called the same in one part of the protocol is one thing, described by all that is known of it.

A text block of an answer, of a stream's first event and of a batch's result are learned apart, place by place. A reader
wants one schema. So the nodes of all places of a concept are joined, as the learner joins samples: what holds at one of
the places holds in the joined node.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from wirelore.evidence.learned_bodies import Node
from wirelore.evidence.object_counts import Path
from wirelore.learning.knowledge import Known, from_schema, join, to_schema

Key = tuple[str, ...]
"""What makes two places one concept: the side, the family of operations, the name, and what tells namesakes apart."""


@dataclass
class Concept:
    """All that is known of one concept."""

    known: Known
    schema: Node
    at: set[Path] = field(default_factory=set)
    """Where its objects were counted."""
    met: list[Node] = field(default_factory=list)
    """The nodes that went into it."""


class Concepts:
    """The concepts of a document, grown by walks over its places until a walk meets nothing new."""

    def __init__(self) -> None:
        self._concepts: dict[Key, Concept] = {}
        self._grown = True

    def settle(self, walk: Callable[[], Any]) -> None:
        """Repeats a walk until it teaches nothing: what is joined shows new places below it, which join in turn."""
        while self._grown:
            self._grown = False
            walk()

    def met(self, key: Key, node: Node, at: Iterable[Path]) -> Concept:
        """The concept after it was met at one more place, of whose node the objects count."""
        concept = self._concepts.get(key)
        if concept is None or not any(one is node for one in (*concept.met, concept.schema)):
            own = _objects(node)
            joined = own if concept is None else join(concept.known, own)
            if concept is None or joined != concept.known:
                self._grown = True
                before = concept or Concept(joined, {})
                concept = Concept(joined, to_schema(joined), before.at, before.met)
                self._concepts[key] = concept
            concept.met.append(node)
        more = set(at) - concept.at
        if more:
            self._grown = True
            concept.at |= more
        return concept


def _objects(node: Node) -> Known:
    """What a node says of objects."""
    whole = from_schema(node)
    return Known(frozenset({"object"}), variants=whole.variants, notes=whole.notes, tag_notes=whole.tag_notes)
