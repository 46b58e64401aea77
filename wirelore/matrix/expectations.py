"""Expectations: what must be in a capture, and what is said of one that is not met."""

import re
from collections import Counter
from collections.abc import Iterator

from wirelore.matrix.agent_scenario import Expectation, Scenario
from wirelore.model.exchange import Exchange, Request
from wirelore.store.writer import Capture


def unmet(scenario: Scenario, capture: Capture) -> Iterator[str]:
    """A sentence for each expectation that a capture does not meet: what was expected, and what was there."""
    exchanges = list(capture.exchanges())
    for number, wanted in enumerate(scenario.expect):
        count = sum(_meets(wanted, exchange) for exchange in exchanges)
        if count >= wanted.at_least and (wanted.at_most is None or count <= wanted.at_most):
            continue
        seen = Counter(" ".join([each.operation, str(_status(each)), *each.tags]) for each in exchanges)
        there = ", ".join(f"{each} ({times})" for each, times in sorted(seen.items())) or "nothing"
        yield f"expect[{number}]: {_described(wanted)}, found {count}; there was: {there}"


def _meets(wanted: Expectation, exchange: Exchange) -> bool:
    return (
        exchange.operation in _operations(wanted)
        and wanted.status in (None, _status(exchange))
        and set(wanted.tags) <= set(exchange.tags)
        and (wanted.request is None or re.search(wanted.request, _text(exchange.request)) is not None)
    )


def _operations(wanted: Expectation) -> tuple[str, ...]:
    return (wanted.operation,) if isinstance(wanted.operation, str) else wanted.operation


def _status(exchange: Exchange) -> int | None:
    return exchange.response.status if exchange.response else None


def _text(request: Request) -> str:
    lines = "".join(f"{name}: {value}\n" for name, value in request.headers)
    return f"{lines}\n{request.body.read().decode(errors='replace')}"


def _described(wanted: Expectation) -> str:
    limits = f"at least {wanted.at_least}" + ("" if wanted.at_most is None else f", at most {wanted.at_most}")
    status = "" if wanted.status is None else f" {wanted.status}"
    tags = f" tagged {', '.join(wanted.tags)}" if wanted.tags else ""
    request = f" with a request that matches {wanted.request!r}" if wanted.request else ""
    return f"expected {limits} of {' or '.join(_operations(wanted))}{status}{tags}{request}"
