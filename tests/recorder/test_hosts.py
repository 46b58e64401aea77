import pytest

from wirelore.recorder.hosts import Hosts, is_pattern


@pytest.mark.parametrize(
    ("patterns", "host", "matches"),
    [
        (["api.test"], "api.test", True),
        (["api.test"], "API.test.", True),
        (["api.test"], "x.api.test", False),
        (["api.test"], "notapi.test", False),
        (["*.api.test"], "x.y.api.test", True),
        ([".api.test"], "x.api.test", True),
        (["*.api.test"], "api.test", False),
        (["*.api.test"], "evilapi.test", False),
        (["*"], "anything", True),
        (["", " "], "api.test", False),
        ([], "", False),
        (["127.0.0.1"], "127.0.0.1", True),
    ],
)
def test_a_host_matches_exactly_or_by_a_suffix(patterns: list[str], host: str, matches: bool) -> None:
    assert (host in Hosts(patterns)) is matches


@pytest.mark.parametrize(
    ("text", "valid"),
    [
        ("api.test", True),
        (" api.test. ", True),
        ("*.api.test", True),
        (".api.test", True),
        ("*", True),
        ("münchen.test", True),
        ("127.0.0.1", True),
        ("::1", True),
        ("", False),
        ("api.test:443", False),
        ("https://api.test", False),
        ("api.test/v1", False),
        ("a b", False),
        ("*api.test", False),
        ("**", False),
    ],
)
def test_a_pattern_is_a_host_without_scheme_port_and_path(text: str, valid: bool) -> None:
    assert is_pattern(text) is valid
