"""The page on headers: presence, values and order in the captures, and how the values vary."""

from collections.abc import Mapping
from typing import Any

from wirelore.analysis.markdown import cell, code, codes, link, share, table
from wirelore.evidence import summaries
from wirelore.evidence.collector import Evidence
from wirelore.evidence.counts import HeaderSeen, HeadSeen
from wirelore.evidence.header_values import credentials
from wirelore.model.wording import quantity
from wirelore.pages.traffic import value_text
from wirelore.schema.library import Library


def headers(evidence: Evidence, library: Library) -> str:
    """Return the page headers.md."""
    lines = ["# Headers", "", f"Back to the {link('overview', 'README.md')}.", ""]
    lines += [
        "Presence counts messages with known headers. Values are listed if they are few and repeated. The column",
        "`varies with` is learned from all traffic of the schemas: a value is constant, or differs by client version,",
        "session or request.",
        "",
    ]
    for side in ("request", "response"):
        lines += [f"## All {side}s", ""]
        lines += table(
            ["header", "operations", "presence"],
            [
                (code(row.header), row.operations, share(row.messages, row.of))
                for row in summaries.header_presence(evidence, side)
            ],
        )
    requests, responses = (_learned(library, f"{side}-headers") for side in ("request", "response"))
    for name, head in sorted(evidence.request_heads.items()):
        lines += _head(f"Request: {name}", head, requests.get(name, {}))
    for (name, status), head in sorted(evidence.response_heads.items()):
        lines += _head(f"Response: {name} {status}", head, responses.get(f"{name} {status // 100}xx", {}))
    return "\n".join(lines)


def _learned(library: Library, analyzer: str) -> dict[str, Mapping[str, Any]]:
    """Return the learned schema of the headers of each kind of message."""
    branches = library.branches(analyzer).items()
    return {case: branch.get("properties", {}).get("headers", {}) for case, branch in branches}


def _head(title: str, head: HeadSeen, learned: Mapping[str, Any]) -> list[str]:
    members = learned.get("properties", {})
    rows = [
        (
            code(name),
            share(observed.count, head.count),
            _values(name, observed),
            str(members.get(name, {}).get("x-varies", "unknown")),
            codes(sorted(observed.spellings), 4) or "unknown",
        )
        for name, observed in sorted(head.headers.items(), key=lambda pair: (-pair[1].count, pair[0]))
    ]
    heads = ["header", "presence", "values", "varies with", "spelled"]
    lines = [f"## {cell(title)}", "", *table(heads, rows, "No headers."), *_order(head)]
    always, observed = learned.get("required", ()), learned.get("x-seen")
    if always and title.startswith("Request"):
        if observed is None or sum(account is True for account in observed.values()) > 1:
            lines += [f"Every known client sends {codes(always, len(always))}.", ""]
    elif always and observed is None:
        lines += [f"Every known response of this kind had {codes(always, len(always))}.", ""]
    for client, names in sorted(learned.get("x-always", {}).items()):
        if client:
            lines += [f"{cell(client)} has always also sent {codes(names, len(names))}.", ""]
    return lines


def _order(head: HeadSeen) -> list[str]:
    if head.many_orders:
        return ["More than 64 different orders.", ""]
    ranked = sorted(head.orders.items(), key=lambda pair: (-pair[1], pair[0]))
    if not ranked:
        return []
    order, count = ranked[0]
    orders = f"{len(ranked)} different orders" if len(ranked) > 1 else "One order"
    return [f"{orders}; the most frequent ({quantity(count, 'message')}): {codes(order, len(order))}.", ""]


def _values(name: str, observed: HeaderSeen) -> str:
    return "a credential" if name in credentials() else value_text(observed)
