"""The witness of an exchange: every origin has a known kind."""

from tests.exchanges import exchange
from tests.weighing import weighed
from wirelore.analysis.witness import KINDS


def test_every_origin_is_of_a_known_kind() -> None:
    origins = ("recorded", "stand-in", "har", "sse")
    kinds = {kind for origin in origins for kind in weighed([], [exchange(origin=origin)]).exchanges}
    assert kinds == set(KINDS)
