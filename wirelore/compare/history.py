"""The history of a client: its versions in order, with the changes between them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from wirelore.compare.accepted import separate_accepted
from wirelore.compare.captures import Recorded, compared, has_several_keys, read
from wirelore.compare.client_versions import ClientVersion
from wirelore.compare.presentation import Changes

_MAX_LENGTH = 100
"""The maximum length of a page's name."""


@dataclass(frozen=True)
class Step:
    """The comparison of two versions of a product."""

    before: ClientVersion
    after: ClientVersion
    changes: Changes
    page: str
    """The name of its page, without extension."""


@dataclass(frozen=True)
class History:
    """The versions of one product with their comparisons."""

    product: str
    versions: tuple[ClientVersion, ...]
    steps: tuple[Step, ...]
    """The comparisons of each version with the next."""
    whole: Step | None
    """The comparison of the first with the last version, if there are versions in between."""

    @property
    def every_step(self) -> tuple[Step, ...]:
        """All comparisons, including that of the first with the last version."""
        return (*self.steps, self.whole) if self.whole else self.steps


def history(product: str, versions: Sequence[ClientVersion], taken: set[str]) -> History:
    """Compare the versions of a product, and add the names of its pages to `taken`, the names in use."""
    compared_versions = versions if len(versions) > 1 else []
    masked = has_several_keys(capture for version in compared_versions for capture in version.captures)
    sides = [(version, read(version.name, version.captures, masked=masked)) for version in compared_versions]
    steps = tuple(_step(before, after, taken) for before, after in pairwise(sides))
    whole = _step(sides[0], sides[-1], taken) if len(sides) > 2 else None
    return History(product, tuple(versions), steps, whole)


def _step(before: tuple[ClientVersion, Recorded], after: tuple[ClientVersion, Recorded], taken: set[str]) -> Step:
    changes = separate_accepted(compared(before[1], after[1]))
    name = f"{before[0].product}-{before[0].version}-to-{after[0].version}"
    base = re.sub(r"[^A-Za-z0-9._-]+", "-", name).lstrip(".-")[:_MAX_LENGTH]
    page, number = base, 1
    while page.lower() in taken:
        number += 1
        page = f"{base}-{number}"
    taken.add(page.lower())
    return Step(before[0], after[0], changes, page)
