"""Headers as a JSON document, compared with the previous message; shared by the two analyzers of headers."""

from collections import OrderedDict
from typing import Any

from wirelore.model.exchange import Exchange, Headers

_REMEMBERED = 1000
_PAUSE_US = 3_600_000_000
"""A session ends after an hour without requests: a cassette may be recorded in parts, on different days."""


class HeaderHistory:
    """The last headers of each kind and session of a capture."""

    def __init__(self) -> None:
        self._last: OrderedDict[tuple[str, ...], tuple[int, dict[str, list[str]]]] = OrderedDict()

    def observed(self, exchange: Exchange, headers: Headers, *kind: str) -> dict[str, Any]:
        """Return `headers`: the values of each header by its lower-case name.

        `names` (the spellings) and `order` (the lower-case names in the order sent) are included if the source of the
        exchange preserves them. `changed` and `kept` list the headers whose values differ from, or equal, those of the
        previous message of this kind and session. A session is one user agent within a capture, or within one imported
        file, without a pause of more than an hour.
        """
        lines: dict[str, list[str]] = {}
        for name, value in headers:
            lines.setdefault(name.lower(), []).append(value)
        document: dict[str, Any] = {"headers": lines}
        if "header-case" not in exchange.absent:
            document["names"] = sorted({name for name, _ in headers})
        if "header-order" not in exchange.absent:
            document["order"] = [name.lower() for name, _ in headers]
        previous = self._replaced(exchange, kind, lines)
        if previous is not None:
            common = sorted(lines.keys() & previous.keys())
            document["changed"] = [name for name in common if lines[name] != previous[name]]
            document["kept"] = [name for name in common if lines[name] == previous[name]]
        return document

    def _replaced(
        self, exchange: Exchange, kind: tuple[str, ...], lines: dict[str, list[str]]
    ) -> dict[str, list[str]] | None:
        file, _, number = exchange.source.rpartition("#")
        key = (file, exchange.request.headers.first("user-agent") or "", *kind)
        started, previous = self._last.pop(key, (0, None))
        self._last[key] = (exchange.started_us, lines)
        if len(self._last) > _REMEMBERED:
            self._last.popitem(last=False)
        is_new_session = (
            number == "1" or exchange.started_us - started > _PAUSE_US
        )  # a file with the name of an earlier one
        return None if is_new_session else previous
