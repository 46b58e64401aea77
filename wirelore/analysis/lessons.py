"""Lessons: the observations of an exchange from which schemas are learned.

The answers of a stand-in, our own replay server, show nothing of the service. Its clients' requests are real.
"""

from collections.abc import Iterator

from wirelore.analysis.contract import Analyzer, Observation, Observe, observations
from wirelore.analysis.witness import STAND_IN, answered_by
from wirelore.model.exchange import Exchange


def is_answered_by_stand_in(exchange: Exchange) -> bool:
    """Whether a stand-in answered the exchange."""
    return answered_by(exchange) == STAND_IN


def lessons(one: Analyzer, observe: Observe, exchange: Exchange, *, stand_in: bool = False) -> Iterator[Observation]:
    """The observations of an exchange that teach something; `observe` is what `one.start()` returned.

    Of an exchange that a stand-in answered, nothing is learned about its response, and of an observation about the
    whole exchange only the members that the answer does not decide. With `stand_in` everything is.
    """
    is_partial = not stand_in and is_answered_by_stand_in(exchange)
    if is_partial and one.about == "response":
        return
    for _, observation in observations(observe, exchange):
        if not is_partial:
            yield observation
        elif rest := {name: value for name, value in observation.items() if name not in one.answer}:
            yield rest
