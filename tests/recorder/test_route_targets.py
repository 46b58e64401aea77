"""The option that routes hosts to servers on loopback: its forms, and what it refuses."""

import pytest

from wirelore.recorder.route_targets import Target, targets


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", {}),
        ("127.0.0.1:80", {"": Target("127.0.0.1", 80, False)}),
        ("https://localhost:8443", {"": Target("localhost", 8443, True)}),
        (
            "A.test=http://127.0.0.1:1, b.test=[::1]:2",
            {"a.test": Target("127.0.0.1", 1, False), "b.test": Target("::1", 2, False)},
        ),
    ],
)
def test_the_option_names_hosts_and_where_they_go(text: str, expected: dict[str, Target]) -> None:
    assert targets(text) == expected


@pytest.mark.parametrize("text", ["127.0.0.1", "=127.0.0.1:80", "ftp://127.0.0.1:80", "a=:80", "127.0.0.1:port"])
def test_an_invalid_target_is_refused_with_the_expected_form(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not \[NAME=\]"):
        targets(text)


@pytest.mark.parametrize("host", ["example.com", "192.0.2.1", "[2001:db8::1]", "0.0.0.0"])
def test_a_target_on_another_machine_is_refused(host: str) -> None:
    with pytest.raises(ValueError, match="is not on this machine; expected a loopback address"):
        targets(f"api.test=https://{host}:443")
