"""Event sequence: the order of the events in a stream, as steps of a state machine.

Why it matters
    Clients assemble messages by this order. A gateway that drops, repeats or reorders an event produces wrong messages
    without any error.
What is observed
    For each operation the pairs of consecutive events, such as `message_delta > message_stop`, from `start` to `end`.
    Events with an `index` in their data are labelled with its relation to the previous one: `same`, `next`, `first`
    (the first in the stream), `back` or `skip`. If a stream was cut off or ended in an error event: the steps before
    that, and the position of the break.
What is a finding
    An unknown step between known events (error), an unknown event (warning), a stream that was cut off inside an event,
    between two events, or by an error event (note).
"""

from itertools import pairwise

from wirelore import Body, Exchange, Observation, analyzer, protocol, sse


@analyzer(about="response", needs={"response-body"})
def observe(exchange: Exchange) -> Observation | None:
    """Return the steps of an event stream."""
    response = exchange.response
    if response is None or not response.is_event_stream or response.status >= 400:
        return None
    labels, broken = _labels(response.body)
    if broken is None and not exchange.end.is_complete:
        broken = f"after {labels[-1]}"
    if broken is None:
        labels.append("end")
    observation: Observation = {"operation": exchange.operation}
    if broken is not None:
        observation["broken"] = broken
    return {**observation, "steps": [f"{previous} > {following}" for previous, following in pairwise(labels)]}


def _labels(body: Body) -> tuple[list[str], str | None]:
    """Return the label of each event, and the position of the break if the stream was cut off or failed."""
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
