"""The tally of a kind of object: how many were seen, when, by whom, and how many had each member.

Tallies merge in any order. They are kept by place in the learned schemas, so memory does not grow with the traffic.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from wirelore.evidence.counts import Seen

Path = tuple[str, ...]
"""A place in what was learned: a kind of body with its key, then steps: a member's name, `[]` an item, `{}` a value of
a map, `<tag>` a variant of a union, `<>` the variant without tag, `<*>` the ones not known."""

OTHERS, UNTAGGED = "<*>", "<>"


@dataclass
class Tally:
    """Objects at one place; `seen` counts objects, not exchanges."""

    seen: Seen = field(default_factory=Seen)
    members: Counter[str] = field(default_factory=Counter)

    def merge(self, other: "Tally") -> None:
        """Adds what was counted elsewhere."""
        self.seen.merge(other.seen)
        self.members += other.members

    def member(self, name: str) -> dict[str, Any]:
        """A member's `x-observed`: in how many of how many objects."""
        return {"count": self.members[name], "of": self.seen.count}


def total(tallies: Iterable[Tally]) -> Tally:
    """The sum of tallies, none of which is changed."""
    whole = Tally()
    for one in tallies:
        whole.merge(one)
    return whole


@dataclass
class Example:
    """The smallest value of a place, as canonical JSON; of equally small ones the first in the order of bytes."""

    text: bytes

    def merge(self, other: "Example") -> None:
        """Keeps the smaller one."""
        if (len(other.text), other.text) < (len(self.text), self.text):
            self.text = other.text
