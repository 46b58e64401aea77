"""Known secrets: a value once recognised as a secret by its place is searched for everywhere, in bounded memory.

The values lie in groups, each one expression: a single large one would take long to compile and thrash RE2's automaton.
"""

from collections.abc import Callable, Iterable, Iterator
from urllib.parse import quote

from wirelore.redaction.secret_rules import Rule
from wirelore.redaction.secret_scan import Span, literals

COUNT = 1024
"""So many values are remembered at most; after that the ones that were not met for longest are forgotten first."""
SIZE = 64 * 1024
"""So many bytes they have together at most."""
_NEWEST, _GROUP = 32, 256
_KNOWN = Rule("known-value", "known", "anywhere")

_Scan = Callable[[bytes, int], Iterator[Span]]


class KnownSecrets:
    """The values, by groups from the oldest."""

    def __init__(self) -> None:
        self.version = 0
        """Grows whenever the values change."""
        self._groups: list[dict[bytes, None]] = [{}]
        self._scans: list[_Scan | None] = [None]
        self._met: set[bytes] = set()

    def add(self, value: bytes) -> None:
        """Remembers a value; one that is remembered already counts as met again."""
        if any(value in group for group in self._groups):
            self._met.add(value)
            return
        if len(self._groups[-1]) >= _NEWEST:
            self._merge()
        self._groups[-1][value] = None
        self._scans[-1] = None
        self.version += 1
        while self._beyond():
            self._forget()

    def spans(self, block: bytes, start: int) -> Iterator[Span]:
        """Where the values stand in a block from `start` on, plainly or as in a URL."""
        for number, group in enumerate(self._groups):
            scan = self._scans[number]
            if scan is None and group:
                forms = {form for value in group for form in (value, quote(value, safe="").encode())}
                scan = self._scans[number] = literals(forms, _KNOWN, bordered=False)
            if scan is not None:
                yield from scan(block, start)

    def _beyond(self) -> bool:
        count = sum(map(len, self._groups))
        return count > 1 and (count > COUNT or sum(len(value) for value in self._values()) > SIZE)

    def _values(self) -> Iterable[bytes]:
        return (value for group in self._groups for value in group)

    def _merge(self) -> None:
        """Makes room in the newest group: its values join the one before it, if that has room."""
        if len(self._groups) > 1 and len(self._groups[-2]) + _NEWEST <= _GROUP:
            self._groups[-2].update(self._groups.pop())
            self._scans.pop()
            self._scans[-1] = None
        self._groups.append({})
        self._scans.append(None)

    def _forget(self) -> None:
        """Lets go the older half of the oldest group, but for what was met again."""
        oldest = list(self._groups[0])
        half = oldest[: max(1, len(oldest) // 2)]
        kept = [value for value in half if value in self._met]
        self._met.difference_update(half)
        rest = oldest[len(half) :] + (kept if len(kept) < len(half) else kept[1:])
        self._groups[0], self._scans[0] = dict.fromkeys(rest), None
        if not self._groups[0] and len(self._groups) > 1:
            del self._groups[0], self._scans[0]
