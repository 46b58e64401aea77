"""The data model of comparisons."""

from collections.abc import Mapping
from dataclasses import dataclass, field

BREAKING, ADDITIVE, COSMETIC, UNJUDGED = "breaking", "additive", "cosmetic", "unjudged"
KINDS = (BREAKING, ADDITIVE, COSMETIC, UNJUDGED)
"""The classes of differences, the most severe first; `unjudged`: the recordings are not sufficient to judge."""

CLIENT, SERVER = "client-to-server", "server-to-client"
"""The directions of a difference: from the sender of the changed content to its receiver."""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """The content of one side at a place."""

    count: int
    """The number of times that it was observed."""
    of: int
    """The number of times that it could have been observed."""
    shown: str = ""
    """The observed values on one line; long texts as size and hash."""
    places: tuple[str, ...] = ()
    """At most two example exchanges, `capture/exchange`, sorted."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference between two sides."""

    rule: str
    """A key of schemas/changes.json."""
    kind: str
    """One of KINDS."""
    direction: str
    """CLIENT or SERVER."""
    operation: str
    """`POST /v1/messages`; empty if the difference is not about an operation."""
    place: str
    """`<analyzer>#<JSON pointer>`; list elements are `*`, or `[NAME]` if the elements have names."""
    before: Occurrence
    after: Occurrence
    message: str
    """A sentence about the difference, without a full stop."""
    advice: str
    """The consequence for the receiver: `your gateway will now receive ...`."""
    groups: tuple[str, ...]
    """The scenarios with the difference, sorted; empty if the captures have no scenario labels."""
    of_groups: int
    """The number of compared scenarios."""
    fingerprint: str
    """16 hexadecimal digits, equal for the same difference between any captures."""


@dataclass(frozen=True, slots=True)
class Ignored:
    """A place whose differences are noise: they also occur between recordings of one side."""

    operation: str
    place: str
    why: str
    count: int
    """The number of scenarios."""


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a comparison."""

    name: str
    clients: tuple[str, ...] = ()
    """`name/version`, those with the most requests first."""
    captures: int = 0
    exchanges: int = 0
    groups: tuple[str, ...] = ()
    """The scenarios, sorted."""
    repeats: int = 1
    """The largest number of captures of one scenario."""
    started: str = ""
    """The earliest start of the captures (RFC 3339); empty if unknown."""
    ended: str = ""
    origins: Mapping[str, int] = field(default_factory=dict)
    """The numbers of exchanges by wirelore.model.exchange.Exchange.origin."""


@dataclass(frozen=True)
class Comparison:
    """The differences between two sides, the most severe first, then by operation, place and rule."""

    before: Side
    after: Side
    differences: tuple[Difference, ...] = ()
    set_aside: tuple[Ignored, ...] = ()
    problems: tuple[str, ...] = ()
    """Messages about unreadable parts."""

    @property
    def noise_known(self) -> bool:
        """True if a side has repeated recordings, which are needed to recognize noise, or if schemas are compared."""
        return self.before.repeats > 1 or self.after.repeats > 1 or not (self.before.captures and self.after.captures)
