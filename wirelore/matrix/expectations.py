"""Checks that a capture contains the exchanges that its scenario expects."""

import re
from collections import Counter
from collections.abc import Iterator

from wirelore.matrix.agent_scenario import Expectation, Scenario
from wirelore.model.exchange import Exchange, Request
from wirelore.store.writer import Capture


def unmet(scenario: Scenario, capture: Capture) -> Iterator[str]:
    """Yield a message for each expectation that a capture does not meet; it lists the exchanges of the capture."""
    exchanges = list(capture.exchanges())
    for number, expectation in enumerate(scenario.expect):
        count = sum(_meets(expectation, exchange) for exchange in exchanges)
        if count >= expectation.at_least and (expectation.at_most is None or count <= expectation.at_most):
            continue
        counts = Counter(" ".join([each.operation, str(_status(each)), *each.tags]) for each in exchanges)
        recorded = ", ".join(f"{label} ({times})" for label, times in sorted(counts.items())) or "nothing"
        yield f"expect[{number}]: {_described(expectation)}, found {count}; recorded: {recorded}"


def _meets(expectation: Expectation, exchange: Exchange) -> bool:
    return (
        exchange.operation in _operations(expectation)
        and expectation.status in (None, _status(exchange))
        and set(expectation.tags) <= set(exchange.tags)
        and (expectation.request is None or re.search(expectation.request, _text(exchange.request)) is not None)
    )


def _operations(expectation: Expectation) -> tuple[str, ...]:
    return (expectation.operation,) if isinstance(expectation.operation, str) else expectation.operation


def _status(exchange: Exchange) -> int | None:
    return exchange.response.status if exchange.response else None


def _text(request: Request) -> str:
    lines = "".join(f"{name}: {value}\n" for name, value in request.headers)
    return f"{lines}\n{request.body.read().decode(errors='replace')}"


def _described(expectation: Expectation) -> str:
    at_most = "" if expectation.at_most is None else f", at most {expectation.at_most}"
    status = "" if expectation.status is None else f" {expectation.status}"
    tags = f" tagged {', '.join(expectation.tags)}" if expectation.tags else ""
    request = f" with a request that matches {expectation.request!r}" if expectation.request else ""
    operations = " or ".join(_operations(expectation))
    return f"expected at least {expectation.at_least}{at_most} of {operations}{status}{tags}{request}"
