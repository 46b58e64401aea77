"""A head as a JSON document, compared with the one before it: shared by the two analyzers of headers."""

from collections import OrderedDict
from typing import Any

from wirelore.model.exchange import Exchange, Headers

_REMEMBERED = 1000
_PAUSE_US = 3_600_000_000
"""After an hour of silence a session is another one: cassettes grow on the days on which their tests are changed."""


class HeaderHistory:
    """The heads of a capture, as they come; remembers the last one of each kind in each session."""

    def __init__(self) -> None:
        self._last: OrderedDict[tuple[str, ...], tuple[int, dict[str, list[str]]]] = OrderedDict()

    def observed(self, exchange: Exchange, headers: Headers, *kind: str) -> dict[str, Any]:
        """Each header by its lower-case name with the values sent.

        `names`, the spellings, and `order`, the lower-case names as they came, where the source keeps them. `changed`
        and `kept`, the headers that have another value, or the same, as in the last head of this kind and session: a
        session is a capture, or a file that was imported, and in it one user agent without an hour of silence.
        """
        lines: dict[str, list[str]] = {}
        for name, value in headers:
            lines.setdefault(name.lower(), []).append(value)
        described: dict[str, Any] = {"headers": lines}
        if "header-case" not in exchange.absent:
            described["names"] = sorted({name for name, _ in headers})
        if "header-order" not in exchange.absent:
            described["order"] = [name.lower() for name, _ in headers]
        before = self._swapped(exchange, kind, lines)
        if before is not None:
            both = sorted(lines.keys() & before.keys())
            described["changed"] = [name for name in both if lines[name] != before[name]]
            described["kept"] = [name for name in both if lines[name] == before[name]]
        return described

    def _swapped(
        self, exchange: Exchange, kind: tuple[str, ...], lines: dict[str, list[str]]
    ) -> dict[str, list[str]] | None:
        file, _, number = exchange.source.rpartition("#")
        key = (file, exchange.request.headers.first("user-agent") or "", *kind)
        started, before = self._last.pop(key, (0, None))
        self._last[key] = (exchange.started_us, lines)
        if len(self._last) > _REMEMBERED:
            self._last.popitem(last=False)
        is_anew = number == "1" or exchange.started_us - started > _PAUSE_US  # files of one name begin anew
        return None if is_anew else before
