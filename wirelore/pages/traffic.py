"""Pages on the traffic itself: overview and endpoints."""

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
    "endpoints.md": "every operation with hosts, statuses and who vouches for it",
    "headers.md": "request and response headers: presence, values, order, spelling",
    "beta-flags.md": "the beta flags: versions, what goes along with them, answers, and what is only claimed",
    "event-sequences.md": "event streams as state machines, with counts",
    "errors.md": "errors as responses and inside streams, and retries",
    "bodies.md": "the fields of requests, responses and events",
    "findings.md": "where the captures depart from the schemas",
    "coverage.md": "how far the OpenAPI document and the traffic cover each other",
    "openapi.yaml": "all of it as an OpenAPI 3.1 document",
}
"""The files of a report beside the overview, and what each holds."""


def overview(evidence: Evidence, operations: Sequence[Operation], outcome: Outcome) -> str:
    """The page README.md."""
    seen = evidence.exchanges
    unseen = sum(1 for each in operations if not each.seen)
    figures: list[tuple[str, str | int]] = [
        ("Captures", codes(sorted(evidence.captures))),
        ("Exchanges", seen.count),
        ("Origin", ", ".join(f"{name}: {count:,}" for name, count in sorted(seen.origins.items()))),
        ("First and last", _span(seen)),
        ("Clients", codes(sorted(seen.clients), 12)),
        ("Operations seen", len(evidence.operations)),
        ("Known operations not seen", unseen),
        ("Request bodies", f"{evidence.request_bytes:,} bytes"),
        ("Response bodies", f"{evidence.response_bytes:,} bytes"),
    ]
    lines = ["# What was on the wire", "", *table(["", ""], figures)]
    lines += ["## Findings", "", f"{summary(outcome)}. See {link('findings', 'findings.md')}.", ""]
    lines += ["## Completeness", "", "How the exchanges ended:", ""]
    lines += table(["end", "exchanges", "meaning"], _counted(evidence.ends, lambda name: cell(CAUSES.get(name, ""))))
    if outcome.problems:
        lines += ["Not read:", "", *(f"- {cell(problem)}" for problem in outcome.problems), ""]
    lines += ["## Categories and features", ""]
    lines += table(["category", "exchanges"], _counted(evidence.categories))
    lines += table(["feature", "exchanges"], _counted(evidence.tags), "No feature was recognised.")
    lines += ["## Where to look", "", *(f"- {link(page, page)}: {text}" for page, text in PAGES.items()), ""]
    return "\n".join(lines)


def endpoints(evidence: Evidence, operations: Sequence[Operation]) -> str:
    """The page endpoints.md."""
    lines = ["# Endpoints", "", f"Back to the {link('overview', 'README.md')}.", "", "## Seen", ""]
    lines += table(
        ["operation", "exchanges", "statuses", "vouched for", "what it is"],
        [
            (link(one.name, "", one.name), count, _statuses(evidence, one.name), _vouched(one), cell(one.summary))
            for one, count in ((one, one.seen.count) for one in operations if one.seen)
        ],
    )
    lines += ["## Known, and not in these captures", ""]
    lines += table(
        ["operation", "hosts", "vouched for", "what it is"],
        [
            (code(each.name), codes(each.hosts) or "not named", _vouched(each), cell(each.summary))
            for each in operations
            if not each.seen
        ],
    )
    for each in operations:
        if each.seen:
            lines += _endpoint(evidence, each, each.seen)
    return "\n".join(lines)


def _endpoint(evidence: Evidence, each: Operation, seen: Seen) -> list[str]:
    ways = evidence.authentication.get(each.name, Counter[str]())
    query = evidence.query.get(each.name, {})
    heads = evidence.request_heads.get(each.name, HeadSeen())
    facts: list[tuple[str, str | int]] = [
        ("Hosts", codes(sorted(evidence.hosts.get(each.name, ()))) or "not told"),
        ("First and last", _span(seen)),
        ("Clients", codes(sorted(seen.clients)) or "not told"),
        ("Credentials", ", ".join(f"{way}: {count:,}" for way, count in sorted(ways.items())) or "not told"),
        ("Request types", codes(sorted(evidence.request_media.get(each.name, ()))) or "no body"),
        (
            "Query",
            ", ".join(_parameter(name, one, evidence.requests(each.name)) for name, one in sorted(query.items()))
            or "none",
        ),
        ("Claims", ", ".join(each.claims) or "none"),
    ]
    lines = [f"## {cell(each.name)}", "", each.summary, "", *table(["", ""], facts)]
    rows = [
        (status, one.count, codes(sorted(evidence.media.get((name, status), ()))) or "no body", _span(one))
        for (name, status), one in sorted(evidence.statuses.items())
        if name == each.name
    ]
    lines += table(["status", "exchanges", "types", "first and last"], rows, "No response was seen.")
    pages = [link("request headers", "headers.md", f"Request: {each.name}")] if heads.count else []
    pages += [link("event sequence", "event-sequences.md", each.name)] if each.name in evidence.transitions else []
    return [*lines, ", ".join(pages), ""] if pages else lines


def value_text(seen: HeaderSeen) -> str:
    """The known values, or the forms of those that are too many."""
    if known := known_values(seen):
        return codes(known)
    forms = ", ".join(sorted(seen.forms))
    return f"{forms} (changing)"


def _parameter(name: str, seen: HeaderSeen, total: int) -> str:
    return f"{code(name)} in {share(seen.count, total)} ({value_text(seen)})"


def _statuses(evidence: Evidence, operation: str) -> str:
    found = [(status, seen.count) for (name, status), seen in sorted(evidence.statuses.items()) if name == operation]
    return ", ".join(f"{status} ({count:,})" for status, count in found) or "none"


def _vouched(each: Operation) -> str:
    firmness = f" ({each.firmness})" if each.firmness and not each.seen else ""
    return each.provenance + firmness


def _span(seen: Seen) -> str:
    described = seen.described()
    if "first" not in described:
        return "not told"
    first, last = described["first"], described["last"]
    return first if first == last else f"{first} to {last}"


def _counted(counts: Counter[str], meaning: Callable[[str], str] | None = None) -> list[tuple[str | int, ...]]:
    ranked = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    if meaning is None:
        return [(code(name), count) for name, count in ranked]
    return [(code(name), count, meaning(name)) for name, count in ranked]
