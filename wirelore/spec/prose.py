"""The texts in the document: its sources, a guide for readers, its limits, and the notes on operations."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from wirelore.evidence.catalogue import Operation
from wirelore.evidence.collector import Evidence
from wirelore.evidence.counts import Seen
from wirelore.model.exchange import without_version
from wirelore.model.wording import quantity

_CATEGORIES = {
    "messages": "Inference and related operations.",
    "oauth": "Authorization and tokens.",
    "account": "The account of a login: profile, usage, settings, notices.",
    "telemetry": "Reports of clients about their use.",
    "other": "All other operations of the service.",
    "elsewhere": "Hosts that do not belong to the service, but were recorded.",
}
"""The categories, the most interesting first."""

_PROVENANCE = {
    "both": "claimed by sources and observed",
    "observed": "observed in this traffic, claimed by no source",
    "claimed": "claimed by sources, not observed in this traffic",
    "learned": "learned from earlier traffic, not observed in this traffic",
}

_READING = """\
## How to read it

- `x-provenance` is the evidence for an operation, a schema or a property: `observed`, `claimed`, `both`, or `learned`
  (learned from other traffic, neither observed in these captures nor claimed). Properties and parameters have it only
  if it differs from that of their schema or operation. `x-claims` lists the claims, `x-firmness` is how firmly the
  sources state them. `x-learned` marks operations with learned bodies that are not in these captures.
- `x-observed` counts the observations: the number of exchanges, the first and the last, the clients, and the origins
  (recorded, recorded while a stand-in answered, or imported from another format). On a schema it counts objects. On
  properties, parameters and headers it is `count` of `of` objects or messages. Parts without it were not observed.
- A schema describes all objects of its name in one part of the protocol, on one side. So it may allow members that were
  observed only elsewhere in that part. Names of schemas for requests end in `Param`.
- Examples are the smallest bodies and events of the traffic, redacted like the captures. `…` marks a shortened text.
- `x-varies` says whether a request header is constant, or differs by client version, session or request. `x-spelling`
  is its usual spelling if that is not lower case. `x-header-order` is the most frequent order.
- Lists are open. Known values are an enum beside any string (`anyOf`): this form validates, renderers show it, and code
  generators make it a union. An unknown value is never invalid.
- Unions are open. An `anyOf` combines a `oneOf` of the observed variants, with a discriminator (or the only observed
  variant), with a branch for unknown variants (`Other…`), so that tools that use the discriminator accept them. An
  object with only one observed `type` is such a union too, unless `type` is its only required member, it is a whole
  body, or its name is that of the `type`.
- Objects may have members that are not listed. A member is required if it was present in all samples, in at least ten
  exchanges of at least two clients.
- {stream} `x-sse-state-machine` counts the transitions between events, from `(start)` to `(end)` or `(cut)`.
- `x-error-types` counts the error types of a status.
- Omitted are headers that HTTP libraries compute, headers of one connection, and cookies. Credentials are security
  schemes. The root's `security` applies to operations without their own: any scheme, or none.

## Limits

- Requirements of the server are unknown. A request parameter is required here if all requests of at least two different
  clients had it; a header that all clients send may still be optional.
- Responses of the service are unknown if `origins` contains only a stand-in: only the request is evidence.
- Statuses, errors, events and fields that did not occur in any exchange are unknown.
- Values that were replaced by pseudonyms, and credentials that an imported recording lacks, are unknown.
"""


_STREAM = {
    "3.1": """\
The schema of `text/event-stream` describes one event of the stream, as an object with the event's name and its data
  as JSON. The schema of JSON lines describes one line.""",
    "3.2": """\
The item schema of `text/event-stream` describes one event of the stream, as an object with the event's name and its
  data; `contentSchema` describes the data as JSON. The item schema of JSON lines describes one line.""",
}


def description(evidence: Evidence, operations: Iterable[Operation], version: str) -> str:
    """Return the description of the document: its sources, a guide for readers, and its limits."""
    counts = Counter(operation.provenance for operation in operations)
    origins = ", ".join(f"{count} {_origin(name)}" for name, count in sorted(evidence.exchanges.origins.items()))
    sources = f"Generated from {quantity(evidence.exchanges.count, 'exchange')}" + (f" ({origins})" if origins else "")
    sources += f" in {quantity(len(evidence.captures), 'capture')}, the learned schemas, and the claims."
    lines = [sources, ""]
    lines += [
        f"- {quantity(counts[name], 'operation')} {meaning}" for name, meaning in _PROVENANCE.items() if counts[name]
    ]
    return "\n".join([*lines, "", _READING.replace("{stream}", _STREAM[version])])


def note(operation: Operation) -> str:
    """Return the note on the evidence for an operation."""
    if operation.seen:
        return _observed(operation, operation.seen)
    sentence = _PROVENANCE[operation.provenance]
    text = f"{sentence[0].upper()}{sentence[1:]}."
    if operation.provenance == "claimed" and operation.learned:
        text += " The schemas learned it from other traffic."
    if operation.firmness == "extrapolated":
        text += " The sources inferred it from a convention and did not observe it."
    if not operation.hosts:
        text += " No source names the host."
    return text


def _observed(operation: Operation, observed: Seen) -> str:
    summary = observed.described()
    days = list(dict.fromkeys(summary[name][:10] for name in ("first", "last") if name in summary))
    times = f", {' to '.join(days)}" if days else ""
    names = sorted({without_version(name) for name in summary["clients"]})
    text = f"Observed in {quantity(observed.count, 'exchange')}{times}{', from ' if names else ''}{', '.join(names)}."
    if set(observed.origins) == {"stand-in"}:
        text += " A stand-in answered all of them, so only the requests are evidence."
    return text if operation.claims else f"{text} No source names it."


def tags(operations: Iterable[Operation]) -> list[dict[str, Any]]:
    """Return the categories of the operations, with their descriptions."""
    order = list(_CATEGORIES)
    categories = {operation.category for operation in operations}
    used = sorted(categories, key=lambda name: (order.index(name) if name in order else len(order), name))
    return [{"name": name, "description": _CATEGORIES.get(name, "A category of the route table.")} for name in used]


def _origin(name: str) -> str:
    return {"recorded": "recorded", "stand-in": "answered by a stand-in"}.get(name, f"imported from {name}")
