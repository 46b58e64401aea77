"""Lessons: the observations of an exchange from which schemas are learned.

The responses of a stand-in, our own replay server, show nothing about the service. The requests of its clients are
real.
"""

from collections.abc import Iterator

from wirelore.analysis.contract import Analyzer, Observation, Observe, observations
from wirelore.analysis.witness import STAND_IN, answered_by
from wirelore.model.exchange import Exchange


def is_answered_by_stand_in(exchange: Exchange) -> bool:
    """Return True if a stand-in answered the exchange."""
    return answered_by(exchange) == STAND_IN


def lessons(
    analyzer: Analyzer, observe: Observe, exchange: Exchange, *, stand_in: bool = False
) -> Iterator[Observation]:
    """Yield the observations of an exchange to learn from; `observe` is the observer that `analyzer.start()` returned.

    If a stand-in answered the exchange, observations of the response are skipped, and observations of the whole
    exchange lose the members that depend on the response. With `stand_in` all observations are yielded unchanged.
    """
    is_partial = not stand_in and is_answered_by_stand_in(exchange)
    if is_partial and analyzer.about == "response":
        return
    for _, observation in observations(observe, exchange):
        if not is_partial:
            yield observation
        elif remainder := {name: value for name, value in observation.items() if name not in analyzer.answer}:
            yield remainder
