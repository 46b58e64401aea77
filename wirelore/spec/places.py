"""Places: where a value of a body stands, as far as names, concepts and counts depend on it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from wirelore.evidence.object_counts import Path
from wirelore.spec import naming
from wirelore.spec.concepts import Key


@dataclass(frozen=True)
class Place:
    """Where a value stands, as far as names and concepts depend on it."""

    noun: str
    """What an object here is called."""
    family: str
    """The part of the protocol: what is called the same in it, and sent by the same side, is the same."""
    at: frozenset[Path]
    """Where the traffic was counted."""
    short: str = ""
    """What the variants of a union here are called, if not `noun`."""
    owner: str = ""
    """What the object around is called."""
    root: str = ""
    """What the whole body is called."""
    member: str = ""
    """The member's name; empty at the root of a body."""
    suffix: str = ""
    """What names of this side end in: `Param` within requests."""
    depth: int = 0
    in_variant: bool = False
    """Whether the object around is a variant of a union."""
    in_list: bool = False

    def inner(self, name: str, owner: str, *, in_variant: bool) -> "Place":
        """The place of a member."""
        noun, short = naming.thing(name, owner if in_variant else "")
        return replace(
            self.step(name),
            noun=noun,
            short=short,
            owner=owner,
            root=self.root or self.noun,
            member=name,
            depth=self.depth + 1,
            in_variant=in_variant,
            in_list=False,
        )

    def item(self) -> "Place":
        """The place of an array's items."""
        stepped = replace(self.step("[]"), in_list=True)
        if not self.member:
            return stepped
        return replace(stepped, noun=naming.singular(self.noun), short=naming.singular(self.short))

    def step(self, *steps: str) -> "Place":
        """The place of a variant, or of a map's values: called the same, counted apart; of several, all of them."""
        return replace(self, at=frozenset((*path, step) for path in self.at for step in steps))

    def named(self, tags: Sequence[str]) -> "Place":
        """The place of an object whose member's name says nothing, called by its tag: `file` in `data` is a `File`."""
        if len(tags) != 1 or self.noun not in naming.EMPTY:
            return self
        return replace(self, noun=naming.pascal(tags[0]), short="", member=tags[0])

    def names(self, name: str, qualifier: str = "", *, owned: bool = False) -> list[str]:
        """What something here may be called, the best name first; that of an owned thing begins with its owner's."""
        owner, root = self.owner, self.root
        found = [*([] if owned else [name]), *([qualifier + name] if qualifier else []), owner + name]
        found += [root + owner + name, name]
        closed = (f"{self.suffix}s", self.suffix)
        return [
            each if self.suffix and each.endswith(closed) else each + self.suffix
            for each in found
            if not (self.suffix and each in closed)
        ]

    def key(self, tags: Sequence[str]) -> Key:
        """The concept of the objects here. What tells namesakes apart depends on what is around them, if anything."""
        apart = self.owner
        if not self.member:
            apart = "" if tags else " ".join(sorted(self.at)[0])
        elif len(tags) == 1 and self.in_variant:
            apart = "" if naming.pascal(tags[0]) == self.noun else tags[0]
        elif not self.in_variant and (tags or self.in_list):
            apart = ""
        return (self.suffix, self.family, self.noun, apart)
