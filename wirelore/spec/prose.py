"""The sentences of the document: what it is made of, what it cannot know, and the notes on operations."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from wirelore.evidence.catalogue import Operation
from wirelore.evidence.collector import Evidence
from wirelore.evidence.counts import Seen
from wirelore.model.exchange import without_version
from wirelore.model.wording import quantity

_CATEGORIES = {
    "messages": "Inference, and what belongs to it.",
    "oauth": "Authorisation, and tokens.",
    "account": "The account behind a login: profile, usage, settings, notices.",
    "telemetry": "What a client reports about itself.",
    "other": "Everything else.",
    "elsewhere": "Hosts of others, that were recorded along with the service.",
}
"""In the order of a reader's interest."""

_PROVENANCE = {
    "both": "claimed by sources, and observed",
    "observed": "observed in this traffic, and claimed by no source",
    "claimed": "claimed by sources, and not in this traffic",
    "learned": "in the schemas from earlier traffic, and not in this",
}

_READING = """\
## How to read it

- `x-provenance` says who vouches for an operation, a schema or a property: `observed`, `claimed`, `both`, or `learned`
  (known to the schemas from other traffic, and neither in these captures nor claimed). A property or parameter states
  it only where it differs from that of its schema or operation. `x-claims` names the claims, `x-firmness` says how
  firmly the sources hold them. `x-learned` marks operations that these captures lack, but whose bodies are known.
- `x-observed` is the evidence: how many exchanges, when the first and the last, from which clients, and whether they
  were recorded by this tool, recorded while a stand-in answered, or imported from another format. On a schema it counts
  objects. On properties, parameters and headers it is `count` of `of` objects or messages. What has none was not seen.
- A schema describes all places where a thing of that name stands in one part of the protocol, on one side. So it may
  allow what was seen at another of these places. Names of what clients send end in `Param`.
- Examples are the smallest bodies and events of the traffic, redacted as the captures are. `…` ends a text cut short.
- `x-varies` says whether a request header is a constant, or differs by client version, session or request. `x-spelling`
  is its usual spelling where that is not lower case. `x-header-order` is the order that was seen most.
- Lists are open. Known values are an enum beside any string (`anyOf`), because that form validates, is shown by
  renderers, and is a union in generated code; an unknown value is never invalid.
- Unions are open: beside a `oneOf` of what was seen, with a discriminator (or the one thing that was), an `anyOf` has a
  branch (`Other…`) for what was not, so that readers who go by the discriminator do not refuse it. An object of which
  only one `type` was seen is such a union too, unless it needs nothing but its `type`, is a whole body, or is named
  like it.
- Objects may have members that are not listed. A member is required if every sample so far had it, and ten exchanges of
  at least two clients have shown that.
- {stream} `x-sse-state-machine` counts which event followed which, from `(start)` to `(end)` or `(cut)`.
- `x-error-types` counts, for each status, which types of errors came with it.
- Left out: headers that HTTP libraries compute or that belong to one connection, and cookies. Credentials are security
  schemes. The root's `security` stands where nothing is stated for an operation: any scheme, or none.

## What it cannot know

- What the server requires. A request parameter is required here if every request of at least two different clients had
  it; a header that all clients send may still be needless.
- What the service answers, where `origins` names nothing but a stand-in: there only the request is evidence.
- What was not exercised: statuses, errors, events and fields that no exchange showed.
- Values that were replaced by pseudonyms, and credentials that a foreign recording had removed.
"""


_STREAM = {
    "3.1": """\
The schema of `text/event-stream` describes one event of the stream, as an object of the event's name and its data,
  read as JSON. The schema of JSON lines describes one line.""",
    "3.2": """\
The item schema of `text/event-stream` describes one event of the stream, as an object of the event's name and its
  data; `contentSchema` says what the data is, read as JSON. The item schema of JSON lines describes one line.""",
}


def description(evidence: Evidence, operations: Iterable[Operation], version: str) -> str:
    """What the document is made of, how to read it, and what it cannot know."""
    counts = Counter(operation.provenance for operation in operations)
    origins = ", ".join(f"{count} {_origin(name)}" for name, count in sorted(evidence.exchanges.origins.items()))
    made = f"Made of {quantity(evidence.exchanges.count, 'exchange')}" + (f" ({origins})" if origins else "")
    made += f" in {quantity(len(evidence.captures), 'capture')}, of the learned schemas, and of the claims ledger."
    lines = [made, ""]
    lines += [
        f"- {quantity(counts[name], 'operation')} {meaning}" for name, meaning in _PROVENANCE.items() if counts[name]
    ]
    return "\n".join([*lines, "", _READING.replace("{stream}", _STREAM[version])])


def note(operation: Operation) -> str:
    """What is to be said about who vouches for an operation."""
    if operation.seen:
        return _seen(operation, operation.seen)
    sentence = _PROVENANCE[operation.provenance]
    text = f"{sentence[0].upper()}{sentence[1:]}."
    if operation.provenance == "claimed" and operation.learned:
        text += " The schemas know it from other traffic."
    if operation.firmness == "extrapolated":
        text += " The sources inferred it from a convention and saw nothing of it."
    if not operation.hosts:
        text += " No source names the host."
    return text


def _seen(operation: Operation, seen: Seen) -> str:
    known = seen.described()
    times = f", {known['first'][:10]} to {known['last'][:10]}" if "first" in known else ""
    names = sorted({without_version(name) for name in known["clients"]})
    text = f"Seen in {quantity(seen.count, 'exchange')}{times}{', from ' if names else ''}{', '.join(names)}."
    if set(seen.origins) == {"stand-in"}:
        text += " A stand-in answered all of them: only the request is evidence."
    return text if operation.claims else f"{text} No source names it."


def tags(operations: Iterable[Operation]) -> list[dict[str, Any]]:
    """The categories that occur, with what they mean."""
    order = list(_CATEGORIES)
    found = {operation.category for operation in operations}
    used = sorted(found, key=lambda name: (order.index(name) if name in order else len(order), name))
    return [{"name": name, "description": _CATEGORIES.get(name, "A category of the route table.")} for name in used]


def _origin(name: str) -> str:
    return {"recorded": "recorded", "stand-in": "answered by a stand-in"}.get(name, f"imported from {name}")
