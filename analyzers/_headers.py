"""A head as a JSON document: shared by the two analyzers of headers."""

from typing import Any

from captures.model import Headers


def head(headers: Headers, absent: tuple[str, ...]) -> dict[str, Any]:
    """Each header by its lower-case name: `values` as sent, and `as`, the spellings used, where the source keeps them.

    `order` is the lower-case names in the order sent, where the source keeps it.
    """
    lines: dict[str, dict[str, Any]] = {}
    for name, value in headers:
        line = lines.setdefault(name.lower(), {"values": []})
        line["values"].append(value)
        if "header-case" not in absent:
            line["as"] = sorted({*line.get("as", ()), name})
    described: dict[str, Any] = {"headers": lines}
    if "header-order" not in absent:
        described["order"] = [name.lower() for name, _ in headers]
    return described
