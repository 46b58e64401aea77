"""The places of a request: which parts are walked, how deep, and which values are named."""

from typing import Any

import pytest

from tests.flags.test_flag_report import sent
from wirelore.analysis.one_pass import observed
from wirelore.flags import request_paths
from wirelore.flags.request_paths import Place, Shut, places
from wirelore.model.exchange import Exchange
from wirelore.schema.library import PACKAGED


def _places(one: Exchange, shut: Shut) -> frozenset[Place] | None:
    """Return the places of a request."""
    (each,) = observed([one], ["request-bodies"])
    return places(each, shut)


def test_texts_of_applications_credentials_and_numbers_are_not_values() -> None:
    body = {
        "system": "secret", "max_tokens": 1, "tools": [{"name": "look", "input_schema": {"type": "object"}}],
        "messages": [{"role": "user", "content": "hello"}],
        "metadata": {"user_id": "0b1c2d3e-0000-4000-8000-000000000000"},
    }  # fmt: skip
    arrived = _places(sent(body=body, more=[("x-api-key", "made-up")]), Shut.of(PACKAGED))
    assert arrived is not None
    assert sorted(map(str, arrived)) == [
        "content-type", "max_tokens", "messages", "messages[]", "messages[].content", "messages[].role",
        "messages[].role: user", "metadata", "metadata.user_id", "system", "tools", "tools[]", "tools[].input_schema",
        "tools[].name", "user-agent", "x-api-key",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "body",
    [{"a": [{"b": 1}] * 5}, {f"a{number}": 1 for number in range(7)}],
    ids=["objects", "places"],
)
def test_a_body_too_large_to_be_walked_has_no_places(body: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert _places(sent(body=body), Shut()) is not None
    monkeypatch.setattr(request_paths, "_OBJECTS", 6)
    monkeypatch.setattr(request_paths, "_PLACES", 8)
    assert _places(sent(body=body), Shut()) is None


def test_a_deep_body_is_walked_four_members_deep() -> None:
    arrived = _places(sent(body={"a": {"b": {"c": {"d": {"e": 1}}}}}, more=()), Shut()) or ()
    assert [str(place) for place in sorted(arrived) if place.side == "field"] == ["a", "a.b", "a.b.c", "a.b.c.d"]
