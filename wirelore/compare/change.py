"""Changes: what a comparison of two sides says, as data."""

from collections.abc import Mapping
from dataclasses import dataclass, field

BREAKING, ADDITIVE, COSMETIC, UNJUDGED = "breaking", "additive", "cosmetic", "unjudged"
KINDS = (BREAKING, ADDITIVE, COSMETIC, UNJUDGED)
"""The classes of differences, the gravest first; `unjudged` is what the recordings are not enough to class."""

CLIENT, SERVER = "client-to-server", "server-to-client"
"""The directions of a difference: what is sent differently, and by whom to whom."""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """What one side shows of a place."""

    count: int
    """How often the thing was seen."""
    of: int
    """How often it could have been seen there."""
    shown: str = ""
    """What was seen, in words fit for a line; long texts as size and hash."""
    places: tuple[str, ...] = ()
    """Where to look, `capture/exchange`, two at most, sorted."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that one side shows and the other shows otherwise, or not."""

    rule: str
    """A key of schemas/changes.json."""
    kind: str
    """One of KINDS."""
    direction: str
    """CLIENT or SERVER."""
    operation: str
    """`POST /v1/messages`; empty where it is about none."""
    place: str
    """`<analyzer>#<JSON pointer>`; elements of lists are `*`, or `[NAME]` where the list's elements have names."""
    before: Occurrence
    after: Occurrence
    message: str
    """What is different, in a sentence without a full stop."""
    advice: str
    """What it means for whoever stands on the other end: `your gateway will now receive ...`."""
    groups: tuple[str, ...]
    """The scenarios that show it, sorted; empty if the captures tell no scenario."""
    of_groups: int
    """How many scenarios were compared."""
    fingerprint: str
    """The same for the same difference between whatever captures: 16 hexadecimal digits."""


@dataclass(frozen=True, slots=True)
class Ignored:
    """A difference that is none: what differs between recordings of one and the same side."""

    operation: str
    place: str
    why: str
    count: int
    """How many scenarios it was set aside in."""


@dataclass(frozen=True, slots=True)
class Side:
    """What was compared."""

    name: str
    clients: tuple[str, ...] = ()
    """`name/version`, sorted; those that sent most of the requests first."""
    captures: int = 0
    exchanges: int = 0
    groups: tuple[str, ...] = ()
    """The scenarios, sorted."""
    repeats: int = 1
    """The most captures of one scenario."""
    started: str = ""
    """RFC 3339, the earliest of the captures'; empty if they do not tell."""
    ended: str = ""
    origins: Mapping[str, int] = field(default_factory=dict)
    """Exchanges by wirelore.model.exchange.Exchange.origin."""


@dataclass(frozen=True)
class Comparison:
    """The differences of two sides, sorted: the gravest first, then by operation, place and rule."""

    before: Side
    after: Side
    differences: tuple[Difference, ...] = ()
    set_aside: tuple[Ignored, ...] = ()
    problems: tuple[str, ...] = ()
    """What could not be read, a message each."""

    @property
    def noise_known(self) -> bool:
        """Whether a side was recorded more than once: only then it shows what differs by itself."""
        return self.before.repeats > 1 or self.after.repeats > 1 or not (self.before.captures and self.after.captures)
