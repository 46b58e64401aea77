"""Event sequence: the order of the events in a stream, as steps of a state machine.

Why it matters
    Clients assemble messages by this order. A gateway that drops, repeats or reorders an event produces messages
    that are wrong without any error.
What is observed
    For each operation the neighbouring pairs of events, `message_delta > message_stop`, from `start` to `end`. Events
    whose data carries an `index` are labelled with how it follows the last one: `same`, `next`, `first` (the first in
    the stream), `back` or `skip`. Of a stream that broke off or ended in an error event, the steps before that and
    where it broke.
What is a finding
    A step between known events that no schema has (error), an event that no schema has (warning), a stream that broke
    off: in the middle of an event, between two, or by an error event (note).
"""

from itertools import pairwise

from wirelore import Body, Exchange, Observation, analyzer, protocol, sse


@analyzer(about="response", needs={"response-body"})
def observe(exchange: Exchange) -> Observation | None:
    """The steps of the stream."""
    response = exchange.response
    if response is None or not response.is_event_stream or response.status >= 400:
        return None
    seen, broken = _labels(response.body)
    if broken is None and not exchange.end.whole:
        broken = f"after {seen[-1]}"
    if broken is None:
        seen.append("end")
    observation: Observation = {"operation": exchange.operation}
    if broken is not None:
        observation["broken"] = broken
    return {**observation, "steps": [f"{before} > {after}" for before, after in pairwise(seen)]}


def _labels(body: Body) -> tuple[list[str], str | None]:
    """The name of each event with how its `index` follows the last one, and where the stream broke, if it did."""
    labels, last = ["start"], None
    for event, value, _ in sse.decode_json(body.blocks()):
        if not event.complete:
            return labels, "in an event"
        if event.name == protocol().error_event:
            return labels, f"by an error after {labels[-1]}"
        index = value.get("index") if isinstance(value, dict) else None
        if isinstance(index, int):
            labels.append(f"{event.name}[{_relation(index, last)}]")
            last = index
        else:
            labels.append(event.name)
    return labels, None


def _relation(index: int, last: int | None) -> str:
    if last is None:
        return "first" if index == 0 else "skip"
    if index == last:
        return "same"
    if index == last + 1:
        return "next"
    return "back" if index < last else "skip"
