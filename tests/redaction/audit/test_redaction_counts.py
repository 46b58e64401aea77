"""The counts of replacements tell originals from pseudonyms."""

from pathlib import Path

import pytest

from tests.exchanges import exchange
from tests.redaction.audit.test_leak_scan import (
    JWT,
    LENGTHS,
    ONE,
    PLACES,
    SECRETS,
    aged,
    changed,
    in_body,
    places,
    planted,
    scan,
)
from tests.secret_shapes import KEY
from tests.store.test_writer import written
from wirelore.redaction.audit.redaction_counts import Account


@pytest.mark.parametrize("place", ["in_header", "in_query", "in_event", "in_note"])
@pytest.mark.parametrize("kind", SECRETS)
def test_without_pseudonyms_of_its_kind_only_the_planted_secret_is_reported(
    tmp_path: Path, kind: str, place: str
) -> None:
    headers = [("x-a", "b"), ("x-note", "plain")]
    call = exchange({"n": 1}, {"n": 1}, headers=headers)
    stream = exchange({"n": 2}, events=[("content_block_delta", {"delta": {"text": "PLANT"}})])
    folder = written(tmp_path / "bare", call, stream).folder
    file, position = PLACES[place](folder, SECRETS[kind])
    position = str(int(position) + 6) if kind == "home" and position.isdigit() else position
    assert places(folder) == [(file, position, kind, LENGTHS.get(kind, len(SECRETS[kind])))]


@pytest.mark.parametrize("kind", SECRETS)
def test_a_match_that_is_not_listed_is_an_original_even_if_the_counts_agree(capture: Path, kind: str) -> None:
    changed(capture / ONE / "exchange.json", lambda document: document.update(redactions=dict.fromkeys(SECRETS, 9)))
    file, position = in_body(capture, SECRETS[kind])
    position = str(int(position) + 6) if kind == "home" else position
    (leak,) = scan(capture)
    assert (leak.place, leak.at, leak.kind, leak.level) == (file, position, kind, "residue")
    assert leak.reason == "exchange.json does not list it as a pseudonym"


def test_a_capture_without_lists_is_checked_by_its_counts(capture: Path) -> None:
    assert scan(aged(capture)) == []
    position = planted(capture / ONE / "request.body", SECRETS["jwt"])
    assert places(capture) == [(f"{ONE}/request.body", position, "jwt", len(JWT))]


def test_the_key_identifies_the_original_among_several(capture: Path) -> None:
    position = planted(aged(capture) / ONE / "request.body", "ada@example.org")
    assert len(places(capture)) == 2
    assert places(capture, key=KEY) == [(f"{ONE}/request.body", position, "email", 15)]
    assert len(places(capture, key=b"x" * 32)) == 2


def test_a_pseudonym_of_an_exchange_with_matching_counts_is_not_reported_elsewhere(tmp_path: Path) -> None:
    first, second = exchange({"t": "ada@example.org"}), exchange({"t": "ada@example.org", "u": "PLANT"})
    folder = written(tmp_path / "two", first, second).folder
    path = next(folder.glob("messages/*_000002_*/request.body"))
    position = planted(path, "grace@example.net")
    assert places(folder) == [(path.relative_to(folder).as_posix(), position, "email", 17)]


def test_a_match_of_another_kind_than_replaced_is_unexplained_and_one_line(capture: Path) -> None:
    changed(aged(capture) / ONE / "exchange.json", lambda document: document["redactions"].update(email=0, word=1))
    account = Account()
    (leak,) = scan(capture, account=account)
    assert (leak.level, leak.place, leak.kind) == ("unexplained", f"{ONE}/request.body", "email")
    assert account.hidden == 1


def test_an_original_is_reported_although_more_of_its_kind_were_replaced(capture: Path) -> None:
    changed(capture / ONE / "exchange.json", lambda document: document["redactions"].update(jwt=5))
    position = planted(capture / ONE / "request.body", JWT)
    assert places(capture) == [(f"{ONE}/request.body", position, "jwt", len(JWT))]
