"""One exchange being written: its journal, its category and its end."""

from pathlib import Path

import pytest

from tests.exchanges import START, exchange
from wirelore.model.exchange import End, Headers, Request, Response
from wirelore.redaction.redactor import Redactor
from wirelore.store import journal
from wirelore.store.writer import Capture, CaptureWriter, ExchangeWriter

TOKEN = "sk-ant-api03-FAKE" + "Ab1_" * 20


@pytest.fixture
def writer(tmp_path: Path) -> CaptureWriter:
    return CaptureWriter(tmp_path / "capture", Redactor(b"k" * 32))


@pytest.fixture
def entry(writer: CaptureWriter) -> ExchangeWriter:
    headers = Headers((("x-api-key", TOKEN),))
    return writer.begin(START, Request(method="POST", host="h", target="/p", headers=headers))


def aside(writer: CaptureWriter) -> Path:
    return writer.folder / ".partial" / "000001"


def test_the_redacted_head_is_in_the_journal_at_once(writer: CaptureWriter, entry: ExchangeWriter) -> None:
    journaled = journal.read(aside(writer))
    assert journaled is not None
    document, bodies = journaled
    assert (document["request"]["method"], document["response"], bodies) == ("POST", None, {})
    assert document["end"]["cause"] == "recorder-lost"
    assert "FAKE" not in (aside(writer) / journal.NAME).read_text()
    assert entry.sequence == 1


def test_bodies_are_in_the_journal(writer: CaptureWriter, entry: ExchangeWriter) -> None:
    entry.request_chunk(5, b"asked\n")
    entry.response_head(Response(status=201), 7)
    entry.settle()
    entry.settle()
    journaled = journal.read(aside(writer))
    assert journaled is not None
    document, bodies = journaled
    assert (document["response"]["status"], document["end"]["us"]) == (201, 7)
    assert (bodies["request"]["kept"], bodies["request"]["chunks"]) == (6, [[0, 6, 5]])


def test_the_journal_does_not_grow_without_new_data(writer: CaptureWriter, entry: ExchangeWriter) -> None:
    entry.request_chunk(5, b"asked\n")
    for _ in range(3):
        entry.settle()
    before = (aside(writer) / journal.NAME).read_bytes()
    entry.settle()
    assert (aside(writer) / journal.NAME).read_bytes() == before


def test_an_exchange_in_its_place_has_no_journal(writer: CaptureWriter, entry: ExchangeWriter) -> None:
    name = entry.end(End())
    assert [path.name for path in (writer.folder / name).iterdir()] == ["exchange.json"]
    assert not aside(writer).exists()


def test_a_dropped_exchange_leaves_nothing(writer: CaptureWriter, entry: ExchangeWriter) -> None:
    entry.request_chunk(5, b"asked")
    entry.drop()
    writer.close()
    assert sorted(path.name for path in writer.folder.iterdir()) == ["capture.json", "index.jsonl"]


def test_an_exchange_written_at_once_needs_no_journal(writer: CaptureWriter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(journal, "add")
    writer.write(exchange({"n": 1}, {"n": 2}))
    assert len(Capture(writer.folder)) == 1


@pytest.mark.parametrize(("status", "category"), [(399, "messages"), (400, "errors"), (599, "errors")])
def test_a_status_of_400_or_more_gives_an_exchange_the_category_errors(
    writer: CaptureWriter, status: int, category: str
) -> None:
    entry = writer.begin(START, Request(method="POST", host="h", target="/v1/messages"))
    entry.response_head(Response(status=status), 7)
    name = entry.end(End())
    assert name == f"{category}/20260101_000000_000001_post-v1-messages"
