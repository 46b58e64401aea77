"""The history of a client: its versions in order, and what changed from each to the next."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from wirelore.compare.accepted import apart
from wirelore.compare.captures import Recorded, compared, has_several_keys, read
from wirelore.compare.client_versions import ClientVersion
from wirelore.compare.presentation import Changes

_LONGEST = 100
"""Characters of a page's name."""


@dataclass(frozen=True)
class Step:
    """Two versions of a product compared."""

    before: ClientVersion
    after: ClientVersion
    changes: Changes
    page: str
    """The name of its page, without ending."""


@dataclass(frozen=True)
class History:
    """One product's versions."""

    product: str
    versions: tuple[ClientVersion, ...]
    steps: tuple[Step, ...]
    """From each version to the next."""
    whole: Step | None
    """From the first to the last version, if there are others in between."""

    @property
    def every_step(self) -> tuple[Step, ...]:
        """The steps, and the whole way if it has a page of its own."""
        return (*self.steps, self.whole) if self.whole else self.steps


def history(product: str, versions: Sequence[ClientVersion], taken: set[str]) -> History:
    """Compares the versions of a product; the names of pages that are `taken` grow by those of its own."""
    compared_ones = versions if len(versions) > 1 else []
    masked = has_several_keys(capture for version in compared_ones for capture in version.captures)
    sides = [(version, read(version.name, version.captures, masked=masked)) for version in compared_ones]
    steps = tuple(_step(before, after, taken) for before, after in pairwise(sides))
    whole = _step(sides[0], sides[-1], taken) if len(sides) > 2 else None
    return History(product, tuple(versions), steps, whole)


def _step(before: tuple[ClientVersion, Recorded], after: tuple[ClientVersion, Recorded], taken: set[str]) -> Step:
    changes = apart(compared(before[1], after[1]))
    name = f"{before[0].product}-{before[0].version}-to-{after[0].version}"
    wanted = re.sub(r"[^A-Za-z0-9._-]+", "-", name).lstrip(".-")[:_LONGEST]
    page, number = wanted, 1
    while page.lower() in taken:
        number += 1
        page = f"{wanted}-{number}"
    taken.add(page.lower())
    return Step(before[0], after[0], changes, page)
