"""Scenarios: variables, the PKCE pair, and values carried from responses."""

import base64
import hashlib

import pytest

from tests.matrix.test_sample_client import _scenario, _step
from wirelore.matrix import scenario as scenarios
from wirelore.matrix.sample_client import Client, run


def test_the_challenge_is_the_s256_of_the_verifier_and_both_differ_from_run_to_run() -> None:
    first, second = scenarios.variables(_scenario()), scenarios.variables(_scenario())
    digest = hashlib.sha256(first["verifier"].encode()).digest()
    assert first["challenge"] == base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    assert 43 <= len(first["verifier"]) <= 128
    assert first["verifier"] != second["verifier"]


def test_a_seed_makes_the_verifier_the_same_in_every_run() -> None:
    assert scenarios.variables(_scenario(seed="s")) == scenarios.variables(_scenario(seed="s"))


def test_an_unset_variable_is_named() -> None:
    with pytest.raises(ValueError, match="variable 'nobody' is not set; expected one of "):
        run(_scenario(_step(path="/{{nobody}}")), Client({}), lambda _: None)
