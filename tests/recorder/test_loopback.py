"""Loopback addresses are told from all others."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wirelore.recorder.loopback import is_loopback


@pytest.mark.parametrize("host", ["127.0.0.1", "127.255.255.254", "::1", "::1%lo", "localhost", "LocalHost"])
def test_a_loopback_address_or_name_is_recognised(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host",
    [
        "",
        "0.0.0.0",
        "::",
        "10.0.0.1",
        "::2",
        "[::1]",
        "localhost.example.com",
        "127.0.0.1.example.com",
        "127.1",
        "x%lo",
    ],
)
def test_any_other_address_or_name_is_not(host: str) -> None:
    assert not is_loopback(host)


@given(st.ip_addresses(v=4))
def test_of_ipv4_only_the_first_octet_127_is_loopback(address: object) -> None:
    assert is_loopback(str(address)) is str(address).startswith("127.")
