"""The overview page and the page on endpoints."""

from collections import Counter
from collections.abc import Callable, Sequence

from wirelore.analysis.finding_groups import Outcome
from wirelore.analysis.findings_text import summary
from wirelore.analysis.markdown import cell, code, codes, link, share, table
from wirelore.evidence.catalogue import Operation
from wirelore.evidence.collector import Evidence
from wirelore.evidence.counts import HeaderSeen, HeadSeen, Seen
from wirelore.evidence.header_values import known_values
from wirelore.model.exchange import CAUSES

PAGES = {
    "endpoints.md": "all operations with hosts, statuses and provenance",
    "headers.md": "request and response headers: presence, values, order, spelling",
    "beta-flags.md": "the beta flags: versions, related changes, responses, and flags that are only claimed",
    "event-sequences.md": "event streams as state machines, with counts",
    "errors.md": "errors in responses and inside streams, and retries",
    "bodies.md": "the fields of requests, responses and events",
    "findings.md": "differences between the captures and the schemas",
    "coverage.md": "the coverage of the OpenAPI document by the traffic, and of the traffic by the document",
    "openapi.yaml": "the OpenAPI 3.1 document",
}
"""The other files of a report, with their content."""


def overview(evidence: Evidence, operations: Sequence[Operation], outcome: Outcome) -> str:
    """Return the page README.md."""
    observed = evidence.exchanges
    unseen = sum(1 for operation in operations if not operation.seen)
    figures: list[tuple[str, str | int]] = [
        ("Captures", codes(sorted(evidence.captures))),
        ("Exchanges", observed.count),
        ("Origin", ", ".join(f"{name}: {count:,}" for name, count in sorted(observed.origins.items()))),
        ("First and last", _span(observed)),
        ("Clients", codes(sorted(observed.clients), 12)),
        ("Operations observed", len(evidence.operations)),
        ("Known operations not observed", unseen),
        ("Request bodies", f"{evidence.request_bytes:,} bytes"),
        ("Response bodies", f"{evidence.response_bytes:,} bytes"),
    ]
    lines = ["# Traffic report", "", *table(["", ""], figures)]
    lines += ["## Findings", "", f"{summary(outcome)}. See {link('findings', 'findings.md')}.", ""]
    lines += ["## Completeness", "", "How the exchanges ended:", ""]
    lines += table(["end", "exchanges", "meaning"], _counted(evidence.ends, lambda name: cell(CAUSES.get(name, ""))))
    if outcome.problems:
        lines += ["Not read:", "", *(f"- {cell(problem)}" for problem in outcome.problems), ""]
    lines += ["## Categories and features", ""]
    lines += table(["category", "exchanges"], _counted(evidence.categories))
    lines += table(["feature", "exchanges"], _counted(evidence.tags), "No features observed.")
    lines += ["## Pages", "", *(f"- {link(page, page)}: {text}" for page, text in PAGES.items()), ""]
    return "\n".join(lines)


def endpoints(evidence: Evidence, operations: Sequence[Operation]) -> str:
    """Return the page endpoints.md."""
    lines = ["# Endpoints", "", f"Back to the {link('overview', 'README.md')}.", "", "## Observed", ""]
    lines += table(
        ["operation", "exchanges", "statuses", "provenance", "summary"],
        [
            (
                link(operation.name, "", operation.name),
                count,
                _statuses(evidence, operation.name),
                _provenance(operation),
                cell(operation.summary),
            )
            for operation, count in ((operation, operation.seen.count) for operation in operations if operation.seen)
        ],
    )
    lines += ["## Known, not observed in these captures", ""]
    lines += table(
        ["operation", "hosts", "provenance", "summary"],
        [
            (code(operation.name), codes(operation.hosts) or "unknown", _provenance(operation), cell(operation.summary))
            for operation in operations
            if not operation.seen
        ],
    )
    for operation in operations:
        if operation.seen:
            lines += _endpoint(evidence, operation, operation.seen)
    return "\n".join(lines)


def _endpoint(evidence: Evidence, operation: Operation, observed: Seen) -> list[str]:
    ways = evidence.authentication.get(operation.name, Counter[str]())
    query = evidence.query.get(operation.name, {})
    heads = evidence.request_heads.get(operation.name, HeadSeen())
    facts: list[tuple[str, str | int]] = [
        ("Hosts", codes(sorted(evidence.hosts.get(operation.name, ()))) or "unknown"),
        ("First and last", _span(observed)),
        ("Clients", codes(sorted(observed.clients)) or "unknown"),
        ("Credentials", ", ".join(f"{way}: {count:,}" for way, count in sorted(ways.items())) or "unknown"),
        ("Request types", codes(sorted(evidence.request_media.get(operation.name, ()))) or "no body"),
        (
            "Query",
            ", ".join(
                _parameter(name, value, evidence.requests(operation.name)) for name, value in sorted(query.items())
            )
            or "none",
        ),
        ("Claims", ", ".join(operation.claims) or "none"),
    ]
    lines = [f"## {cell(operation.name)}", "", operation.summary, "", *table(["", ""], facts)]
    rows = [
        (status, observed.count, codes(sorted(evidence.media.get((name, status), ()))) or "no body", _span(observed))
        for (name, status), observed in sorted(evidence.statuses.items())
        if name == operation.name
    ]
    lines += table(["status", "exchanges", "types", "first and last"], rows, "No responses observed.")
    pages = [link("request headers", "headers.md", f"Request: {operation.name}")] if heads.count else []
    pages += (
        [link("event sequence", "event-sequences.md", operation.name)] if operation.name in evidence.transitions else []
    )
    return [*lines, ", ".join(pages), ""] if pages else lines


def value_text(observed: HeaderSeen) -> str:
    """Return the known values, or their forms if there are too many."""
    if values := known_values(observed):
        return codes(values)
    forms = ", ".join(sorted(observed.forms))
    return f"{forms} (changing)"


def _parameter(name: str, observed: HeaderSeen, total: int) -> str:
    return f"{code(name)} in {share(observed.count, total)} ({value_text(observed)})"


def _statuses(evidence: Evidence, operation: str) -> str:
    counts = [
        (status, observed.count) for (name, status), observed in sorted(evidence.statuses.items()) if name == operation
    ]
    return ", ".join(f"{status} ({count:,})" for status, count in counts) or "none"


def _provenance(operation: Operation) -> str:
    firmness = f" ({operation.firmness})" if operation.firmness and not operation.seen else ""
    return operation.provenance + firmness


def _span(observed: Seen) -> str:
    described = observed.described()
    if "first" not in described:
        return "unknown"
    first, last = described["first"], described["last"]
    return first if first == last else f"{first} to {last}"


def _counted(counts: Counter[str], meaning: Callable[[str], str] | None = None) -> list[tuple[str | int, ...]]:
    ranked = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    if meaning is None:
        return [(code(name), count) for name, count in ranked]
    return [(code(name), count, meaning(name)) for name, count in ranked]
