"""Tables: the evidence as pandas data frames, for pages that summarise and for users who go on from here.

pandas is imported when a table is asked for; nothing else in the project imports it.
"""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from wirelore.evidence.collector import Evidence
from wirelore.evidence.counts import HeadSeen, Seen, moment
from wirelore.evidence.header_values import known_values

if TYPE_CHECKING:
    import pandas as pd


def operations(evidence: Evidence) -> "pd.DataFrame":
    """One row for each operation: operation, exchanges, first, last (RFC 3339 or None), clients, hosts."""
    rows = [
        (name, *_seen(seen), " ".join(sorted(evidence.hosts.get(name, ()))))
        for name, seen in sorted(evidence.operations.items())
    ]
    return _frame(rows, "operation exchanges first last clients hosts")


def headers(evidence: Evidence) -> "pd.DataFrame":
    """One row for each header of each kind of message.

    Columns: side (request, response), operation, status (0 for requests), header, count, of (messages whose headers
    are known), forms, values (those worth listing), spellings.
    """
    rows = [
        row for name, head in sorted(evidence.request_heads.items()) for row in _header_rows(("request", name, 0), head)
    ]
    for (name, status), head in sorted(evidence.response_heads.items()):
        rows += _header_rows(("response", name, status), head)
    return _frame(rows, "side operation status header count of forms values spellings")


def header_presence(evidence: Evidence, side: str) -> "pd.DataFrame":
    """How many messages of a side carried each header, over all operations: header, operations, count, of."""
    table = headers(evidence)
    table = table[table["side"] == side]
    heads = evidence.request_heads if side == "request" else evidence.response_heads
    known: Iterable[HeadSeen] = heads.values()
    summed = table.groupby("header", as_index=False).agg(operations=("operation", "nunique"), count=("count", "sum"))
    summed["of"] = sum(head.count for head in known)
    return summed.sort_values(["count", "header"], ascending=[False, True], ignore_index=True)


def beta_flags(evidence: Evidence) -> "pd.DataFrame":
    """Requests by flag (rows) and client (columns; empty name where the client did not say)."""
    rows = [(flag, client, count) for (flag, client), count in sorted(evidence.flag_clients.items())]
    table = _frame(rows, "flag client requests")
    pivot = table.pivot_table(index="flag", columns="client", values="requests", aggfunc="sum", fill_value=0)
    return pivot.astype("int64")


def errors(evidence: Evidence) -> "pd.DataFrame":
    """One row for each error of each operation: where, error, operation, exchanges; the most frequent first."""
    rows = [(*key, count) for key, count in sorted(evidence.error_operations.items())]
    table = _frame(rows, "where error operation exchanges")
    return table.sort_values(
        ["exchanges", "where", "error", "operation"], ascending=[False, True, True, True], ignore_index=True
    )


def transitions(evidence: Evidence) -> "pd.DataFrame":
    """One row for each step between events: operation, before, after, count, share of the steps from `before`."""
    rows = [
        (name, before, after, count)
        for name, steps in sorted(evidence.transitions.items())
        for (before, after), count in sorted(steps.items())
    ]
    table = _frame(rows, "operation before after count")
    table["share"] = table["count"] / table.groupby(["operation", "before"])["count"].transform("sum")
    return table


def _frame(rows: list[Any], columns: str) -> "pd.DataFrame":
    import pandas as pd

    return pd.DataFrame(rows, columns=columns.split())


def _seen(seen: Seen) -> tuple[int, str | None, str | None, str]:
    first, last = (None if us is None else moment(us) for us in (seen.first_us, seen.last_us))
    return seen.count, first, last, " ".join(sorted(seen.clients))


def _header_rows(key: tuple[str, str, int], head: HeadSeen) -> list[tuple[Any, ...]]:
    return [
        (
            *key,
            name,
            seen.count,
            head.count,
            _joined(seen.forms),
            ", ".join(known_values(seen)),
            _joined(seen.spellings),
        )
        for name, seen in sorted(head.headers.items())
    ]


def _joined(counts: Mapping[str, int]) -> str:
    return ", ".join(sorted(counts))
