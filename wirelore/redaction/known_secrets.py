"""Known secrets: a value that its place reveals as a secret is then searched for everywhere, in bounded memory.

The values are in groups, each with one regex: a single large regex would compile slowly and overflow RE2's cache.
"""

from collections.abc import Callable, Iterable, Iterator
from urllib.parse import quote

from wirelore.redaction.secret_rules import Rule
from wirelore.redaction.secret_scan import Span, literals

COUNT = 1024
"""The maximum number of values; if there are more, those not seen for the longest time are dropped first."""
SIZE = 64 * 1024
"""The maximum size of all values together, in bytes."""
_NEWEST, _GROUP = 32, 256
_KNOWN = Rule("known-value", "known", "anywhere")

_Scan = Callable[[bytes, int], Iterator[Span]]


class KnownSecrets:
    """The values in groups, the oldest group first."""

    def __init__(self) -> None:
        self.version = 0
        """A counter that is incremented when the values change."""
        self._groups: list[dict[bytes, None]] = [{}]
        self._scans: list[_Scan | None] = [None]
        self._seen_again: set[bytes] = set()

    def add(self, value: bytes) -> None:
        """Add a value, or mark it as seen again."""
        if any(value in group for group in self._groups):
            self._seen_again.add(value)
            return
        if len(self._groups[-1]) >= _NEWEST:
            self._merge()
        self._groups[-1][value] = None
        self._scans[-1] = None
        self.version += 1
        while self._is_over_limit():
            self._forget()

    def spans(self, block: bytes, start: int) -> Iterator[Span]:
        """Yield the occurrences of the values in a block from `start` on, plain or URL-encoded."""
        for number, group in enumerate(self._groups):
            scan = self._scans[number]
            if scan is None and group:
                forms = {form for value in group for form in (value, quote(value, safe="").encode())}
                scan = self._scans[number] = literals(forms, _KNOWN, bordered=False)
            if scan is not None:
                yield from scan(block, start)

    def _is_over_limit(self) -> bool:
        count = sum(map(len, self._groups))
        return count > 1 and (count > COUNT or sum(len(value) for value in self._values()) > SIZE)

    def _values(self) -> Iterable[bytes]:
        return (value for group in self._groups for value in group)

    def _merge(self) -> None:
        """Make room in the newest group by merging it into the previous one, if that has room."""
        if len(self._groups) > 1 and len(self._groups[-2]) + _NEWEST <= _GROUP:
            self._groups[-2].update(self._groups.pop())
            self._scans.pop()
            self._scans[-1] = None
        self._groups.append({})
        self._scans.append(None)

    def _forget(self) -> None:
        """Drop the older half of the oldest group, except values seen again."""
        oldest = list(self._groups[0])
        half = oldest[: max(1, len(oldest) // 2)]
        seen_again = [value for value in half if value in self._seen_again]
        self._seen_again.difference_update(half)
        rest = oldest[len(half) :] + (seen_again if len(seen_again) < len(half) else seen_again[1:])
        self._groups[0], self._scans[0] = dict.fromkeys(rest), None
        if not self._groups[0] and len(self._groups) > 1:
            del self._groups[0], self._scans[0]
