"""Sessions at a pseudo-terminal: the keys that are typed and the output that is read."""

import os
import sys
from pathlib import Path

import pytest

from wirelore.matrix.limits import Limits
from wirelore.matrix.pseudo_terminal import Session, squeezed

_CLIENT = """
import os, sys
print("size", *os.get_terminal_size(), os.environ["TERM"], sys.stdin.isatty(), flush=True)
print("\\x1b[1mSure\\x1b[3Cof it?\\x1b[0m", flush=True)
answer = input()
print("Name?", flush=True)
name = input()
sys.exit(0 if (answer, name) == ("yes", "Ada") else 1)
"""


@pytest.fixture
def limits(tmp_path: Path) -> Limits:
    os.mkfifo(tmp_path / "leash")
    os.open(tmp_path / "leash", os.O_RDWR)  # open as long as the tests run
    return Limits(tmp_path / "leash", 60)


def test_keys_are_typed_when_the_screen_matches_their_rule(
    tmp_path: Path, limits: Limits, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wirelore.matrix.pseudo_terminal._KEY_PAUSE_S", 0.02)
    session = Session([sys.executable, "-c", _CLIENT], tmp_path, 31, 97)
    rules = [
        {"shows": "never", "keys": ["x"]},
        {"shows": r"Name\?", "keys": ["Ada", "\r"]},
        {"shows": r"Sureofit\?", "keys": ["yes\r"]},
    ]
    assert session.run(rules, 20, limits) == 0
    assert "size9731xterm-256colorTrue" in session.screen


def test_a_client_that_matches_no_rule_is_terminated(tmp_path: Path, limits: Limits) -> None:
    assert Session(["sleep", "300"], tmp_path, 40, 120).run([], 0.2, limits) == 143


@pytest.mark.parametrize(
    ("output", "text"),
    [
        (b"\x1b[2J\x1b[1;1Hplain\r\n text", "plaintext"),
        (b"\x1b]0;title\x07a\x1b]8;;x\x1b\\b", "ab"),
        (b"\x1b7\x1b(B\x1b[?25hc\x1b8", "c"),
        ("é 1. Yes".encode(), "é1.Yes"),
    ],
)
def test_a_screen_is_read_without_control_sequences_and_white_space(output: bytes, text: str) -> None:
    assert squeezed(output) == text
