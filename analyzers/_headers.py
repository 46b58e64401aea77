"""A head as a JSON document: shared by the two analyzers of headers."""

from typing import Any

from captures.model import Headers


def head(headers: Headers, absent: tuple[str, ...]) -> dict[str, Any]:
    """Each header by its lower-case name with the values sent.

    `names`, the spellings, and `order`, the lower-case names as they came, where the source keeps them.
    """
    lines: dict[str, list[str]] = {}
    for name, value in headers:
        lines.setdefault(name.lower(), []).append(value)
    described: dict[str, Any] = {"headers": lines}
    if "header-case" not in absent:
        described["names"] = sorted({name for name, _ in headers})
    if "header-order" not in absent:
        described["order"] = [name.lower() for name, _ in headers]
    return described
