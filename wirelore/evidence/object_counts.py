"""The tally of a kind of object: its count, times, clients, and the count of each member.

Tallies merge in any order. They are stored by place in the learned schemas, so memory does not grow with the traffic.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from wirelore.evidence.counts import Seen

Path = tuple[str, ...]
"""A place in the learned schemas: a kind of body with its key, then steps: the name of a member, `[]` an item, `{}` a
value of a map, `<tag>` a variant of a union, `<>` the variant without tag, `<*>` unknown variants."""

OTHERS, UNTAGGED = "<*>", "<>"


@dataclass
class Tally:
    """The objects at one place; `seen` counts objects, not exchanges."""

    seen: Seen = field(default_factory=Seen)
    members: Counter[str] = field(default_factory=Counter)

    def merge(self, other: "Tally") -> None:
        """Add other counts."""
        self.seen.merge(other.seen)
        self.members += other.members

    def member(self, name: str) -> dict[str, Any]:
        """Return the `x-observed` of a member: the number of objects with it, of all objects."""
        return {"count": self.members[name], "of": self.seen.count}


def total(tallies: Iterable[Tally]) -> Tally:
    """Return the sum of tallies without changing them."""
    result = Tally()
    for tally in tallies:
        result.merge(tally)
    return result


@dataclass
class Example:
    """The smallest value of a place as canonical JSON; of equally small ones the first by bytes."""

    text: bytes

    def merge(self, other: "Example") -> None:
        """Keep the smaller example."""
        if (len(other.text), other.text) < (len(self.text), self.text):
            self.text = other.text
