"""The pages on event sequences, on errors and retries, and on bodies."""

import re
from collections.abc import Iterable, Iterator

from wirelore.analysis.markdown import cell, code, codes, link, short, table
from wirelore.evidence import learned_bodies, summaries
from wirelore.evidence.collector import Evidence
from wirelore.evidence.counts import Spread
from wirelore.evidence.learned_bodies import Content, Node
from wirelore.pages.diagram import diagram
from wirelore.pages.fields import Field, fields
from wirelore.schema.claims import Claim
from wirelore.schema.library import Library

_ERROR = re.compile(r"[45]\d\d [a-z_]+")
_WHERE = {"http": "response", "stream": "inside a stream", "page": "response, not JSON"}


def event_sequences(evidence: Evidence) -> str:
    """Return the page event-sequences.md."""
    lines = ["# Event sequences", "", f"Back to the {link('overview', 'README.md')}.", ""]
    lines += ["Transitions between events, counted over all streams. `(cut)` is the end of a truncated stream.", ""]
    for name, counts in sorted(evidence.transitions.items()):
        lines += [f"## {cell(name)}", "", *diagram(counts)]
        lines += table(
            ["event", "next event", "occurrences", "share"],
            [
                (code(short(row.before)), code(short(row.after)), row.times, f"{row.share:.1%}")
                for row in summaries.transitions(evidence, name)
            ],
        )
        events = sorted(evidence.events.get(name, {}).items())
        rows = [(code(short(event)), count) for event, count in events]
        lines += table(["event", "occurrences"], rows, "No events.")
    if not evidence.transitions:
        lines += ["No event streams observed.", ""]
    return "\n".join(lines)


def errors(evidence: Evidence, claims: Iterable[Claim]) -> str:
    """Return the page errors.md."""
    lines = ["# Errors and retries", "", f"Back to the {link('overview', 'README.md')}.", "", "## Errors", ""]
    lines += table(
        ["error", "place", "operation", "exchanges"],
        [
            (code(short(row.error)), _WHERE[row.where], code(row.operation), row.exchanges)
            for row in summaries.errors(evidence)
        ],
        "No errors observed.",
    )
    observed = {case for _, case in evidence.errors}
    stated = sorted({(term, claim.id) for claim in claims for term in claim.terms if _ERROR.fullmatch(term)})
    lines += ["## Claimed, not observed", ""]
    lines += table(["error", "claim"], [(code(term), name) for term, name in stated if term not in observed])
    lines += ["## Retries", "", *_retries(evidence)]
    return "\n".join(lines)


def bodies(library: Library) -> str:
    """Return the page bodies.md, from the learned schemas."""
    lines = ["# Bodies", "", f"Back to the {link('overview', 'README.md')}.", ""]
    lines += [
        "From the learned schemas. `[]` stands for the items of an array, `<text>` for the variant with this `type`,",
        "`*` for any key. Presence is `always` if all samples had the field. Other values may occur.",
        "",
    ]
    sections = list(_sections(library))
    lines += ["Bodies of:", "", *(f"- {link(title, '', title)}" for title, _ in sections), ""]
    for title, parts in sections:
        lines += [f"## {cell(title)}", "", *parts]
    return "\n".join(lines)


def _sections(library: Library) -> Iterator[tuple[str, list[str]]]:
    for operation, content in learned_bodies.requests(library).items():
        yield f"Request: {operation}", _body(content)
    for (operation, status), content in learned_bodies.responses(library).items():
        yield f"Response: {operation} {status}", _body(content)
    for operation, events in learned_bodies.events(library).items():
        for event, data in events.items():
            yield f"Event: {short(event)} of {operation}", _fields(data)
    if (error := learned_bodies.error_body(library)) is not None:
        yield "Errors", _fields(error)


def _retries(evidence: Evidence) -> list[str]:
    retries: dict[tuple[str, str], dict[int, int]] = {}
    for (operation, cause, attempt), count in sorted(evidence.retries.items()):
        retries.setdefault((operation, cause), {})[attempt] = count
    return table(
        ["operation", "cause", "retries", "most attempts", "delay"],
        [
            (
                code(operation),
                cell(cause),
                sum(attempts.values()),
                max(attempts),
                _wait(evidence, operation, cause),
            )
            for (operation, cause), attempts in retries.items()
        ],
        "No retries observed.",
    )


def _wait(evidence: Evidence, operation: str, cause: str) -> str:
    wait = evidence.waits.get((operation, cause), Spread())
    if wait.least is None or wait.most is None:
        return "unknown"
    return f"{wait.least:,} ms" if wait.least == wait.most else f"{wait.least:,} to {wait.most:,} ms"


def _body(content: Content) -> list[str]:
    lines = [f"Media type: {codes(content.media_types) or 'unknown'}.", ""]
    if content.body is not None:
        return [*lines, *_fields(content.body)]
    if content.lines is not None:
        return [*lines, "Each line:", "", *_fields(content.lines)]
    if content.fields:
        return [*lines, f"Form fields: {codes(content.fields, 40)}.", ""]
    return [*lines, "Not JSON; the content is not described.", ""]


def _fields(node: Node) -> list[str]:
    return table(["field", "type", "presence", "known values"], map(_row, fields(node)), "No fields.")


def _row(field: Field) -> tuple[str, str, str, str]:
    remark = f"{field.note} " if field.note else ""
    return code(field.path), field.types, field.presence, (remark + codes(field.values, 12)).strip()
