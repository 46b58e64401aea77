"""Places of values in bodies, with the properties that determine names, concepts and counts."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from wirelore.evidence.object_counts import Path
from wirelore.spec import naming
from wirelore.spec.concepts import Key


@dataclass(frozen=True)
class Place:
    """The place of a value in a body."""

    noun: str
    """The name of objects here."""
    family: str
    """The operation family; objects of the same name, family and side are one concept."""
    paths: frozenset[Path]
    """The paths of the object counts."""
    short: str = ""
    """The name for variants of a union here; empty: `noun`."""
    owner: str = ""
    """The name of the enclosing object."""
    root: str = ""
    """The name of the whole body."""
    member: str = ""
    """The member's name; empty at the root of a body."""
    suffix: str = ""
    """The suffix of all names on this side: `Param` in requests."""
    depth: int = 0
    in_variant: bool = False
    """True if the enclosing object is a variant of a union."""
    in_list: bool = False

    def inner(self, name: str, owner: str, *, in_variant: bool) -> "Place":
        """Return the place of a member."""
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
        """Return the place of an array's items."""
        stepped = replace(self.step("[]"), in_list=True)
        if not self.member:
            return stepped
        return replace(stepped, noun=naming.singular(self.noun), short=naming.singular(self.short))

    def step(self, *steps: str) -> "Place":
        """Return the place of variants or of a map's values: the same name, with their own counts."""
        return replace(self, paths=frozenset((*path, step) for path in self.paths for step in steps))

    def named_by_tag(self, tags: Sequence[str]) -> "Place":
        """Return the place named after the object's tag if the member's name is meaningless: `File` for `data`."""
        if len(tags) != 1 or self.noun not in naming.EMPTY:
            return self
        return replace(self, noun=naming.pascal(tags[0]), short="", member=tags[0])

    def names(self, name: str, qualifier: str = "", *, owned: bool = False) -> list[str]:
        """Return candidate names, the best first; with `owned` they start with the owner's name."""
        owner, root = self.owner, self.root
        candidates = [*([] if owned else [name]), *([qualifier + name] if qualifier else []), owner + name]
        candidates += [root + owner + name, name]
        suffixes = (f"{self.suffix}s", self.suffix)
        return [
            each if self.suffix and each.endswith(suffixes) else each + self.suffix
            for each in candidates
            if not (self.suffix and each in suffixes)
        ]

    def key(self, tags: Sequence[str]) -> Key:
        """Return the key of the concept of the objects here; a qualifier distinguishes equal names."""
        qualifier = self.owner
        if not self.member:
            qualifier = "" if tags else " ".join(sorted(self.paths)[0])
        elif len(tags) == 1 and self.in_variant:
            qualifier = "" if naming.pascal(tags[0]) == self.noun else tags[0]
        elif not self.in_variant and (tags or self.in_list):
            qualifier = ""
        return (self.suffix, self.family, self.noun, qualifier)
