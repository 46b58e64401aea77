"""Pages on the protocol: event sequences, errors with retries, bodies."""

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
_WHERE = {"http": "response", "stream": "inside a stream", "page": "no JSON"}


def event_sequences(evidence: Evidence) -> str:
    """The page event-sequences.md."""
    lines = ["# Event sequences", "", f"Back to the {link('overview', 'README.md')}.", ""]
    lines += ["Which event followed which, counted over all streams. `(cut)` is where a stream broke off.", ""]
    for name, counts in sorted(evidence.transitions.items()):
        lines += [f"## {cell(name)}", "", *diagram(counts)]
        lines += table(
            ["after", "comes", "times", "share"],
            [
                (code(short(row.before)), code(short(row.after)), row.times, f"{row.share:.1%}")
                for row in summaries.transitions(evidence, name)
            ],
        )
        events = sorted(evidence.events.get(name, {}).items())
        lines += table(["event", "times"], [(code(short(event)), count) for event, count in events], "No event.")
    if not evidence.transitions:
        lines += ["No event stream was seen.", ""]
    return "\n".join(lines)


def errors(evidence: Evidence, claims: Iterable[Claim]) -> str:
    """The page errors.md."""
    lines = ["# Errors and retries", "", f"Back to the {link('overview', 'README.md')}.", "", "## Errors", ""]
    lines += table(
        ["error", "stands", "operation", "exchanges"],
        [
            (code(short(row.error)), _WHERE[row.where], code(row.operation), row.exchanges)
            for row in summaries.errors(evidence)
        ],
        "No error was seen.",
    )
    seen = {case for _, case in evidence.errors}
    stated = sorted({(term, claim.id) for claim in claims for term in claim.terms if _ERROR.fullmatch(term)})
    lines += ["## Claimed, and not seen", ""]
    lines += table(["error", "claim"], [(code(term), name) for term, name in stated if term not in seen])
    lines += ["## Retries", "", *_retries(evidence)]
    return "\n".join(lines)


def bodies(library: Library) -> str:
    """The page bodies.md, from the learned schemas."""
    lines = ["# Bodies", "", f"Back to the {link('overview', 'README.md')}.", ""]
    lines += [
        "From the learned schemas. `[]` are the items of an array, `<text>` is the variant whose `type` is that,",
        "`*` is any key. Presence is `always` if every sample had the field. Lists of values are open.",
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
    again: dict[tuple[str, str], dict[int, int]] = {}
    for (operation, cause, attempt), count in sorted(evidence.retries.items()):
        again.setdefault((operation, cause), {})[attempt] = count
    return table(
        ["operation", "cause", "retries", "attempts at most", "delay"],
        [
            (
                code(operation),
                cell(cause),
                sum(attempts.values()),
                max(attempts),
                _wait(evidence, operation, cause),
            )
            for (operation, cause), attempts in again.items()
        ],
        "No request was sent again.",
    )


def _wait(evidence: Evidence, operation: str, cause: str) -> str:
    wait = evidence.waits.get((operation, cause), Spread())
    if wait.least is None or wait.most is None:
        return "not told"
    return f"{wait.least:,} ms" if wait.least == wait.most else f"{wait.least:,} to {wait.most:,} ms"


def _body(content: Content) -> list[str]:
    lines = [f"Type: {codes(content.media_types) or 'not told'}.", ""]
    if content.body is not None:
        return [*lines, *_fields(content.body)]
    if content.lines is not None:
        return [*lines, "Each line:", "", *_fields(content.lines)]
    if content.fields:
        return [*lines, f"Fields of the form: {codes(content.fields, 40)}.", ""]
    return [*lines, "No JSON; the content was not looked into.", ""]


def _fields(node: Node) -> list[str]:
    return table(["field", "type", "presence", "known values"], map(_row, fields(node)), "No fields.")


def _row(field: Field) -> tuple[str, str, str, str]:
    remark = f"{field.note} " if field.note else ""
    return code(field.path), field.types, field.presence, (remark + codes(field.values, 12)).strip()
