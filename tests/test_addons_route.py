import pytest

from addons.route import Target, targets


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
def test_what_is_no_target_is_refused_with_the_form_expected(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not \[NAME=\]"):
        targets(text)
