"""A complete import: imported exchanges are in the capture, intact and readable."""

import shutil
from collections.abc import Iterator

from tests.fuzz.ground import KEY, file_of, scratch
from tests.fuzz.targets import bare, claude_trace, har, mitmproxy_flows, vcr
from wirelore.formats.importing import import_recordings
from wirelore.redaction.redactor import Redactor
from wirelore.store.integrity import problems
from wirelore.store.writer import Capture

RUNS = 2_000


def check(data: bytes) -> None:
    """Import any bytes, with format detection."""
    folder = scratch() / "imported"
    shutil.rmtree(folder, ignore_errors=True)
    account = import_recordings([file_of(data)], folder, Redactor(KEY))
    brought = sum(account.exchanges.values())
    assert brought or account.problems
    if brought:
        assert [str(found) for found in problems(folder) if not found.note] == []
        assert sum(1 for _ in Capture(folder).exchanges()) == brought


def seeds() -> Iterator[bytes]:
    """Yield the seeds of all importers."""
    for target in (har, vcr, claude_trace, mitmproxy_flows):
        yield from target.seeds()
    yield from (seed[1:] for seed in bare.seeds())
