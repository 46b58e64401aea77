"""The second scan: every match with its place and offset, and never more than a hundred places of one string."""

import base64
import json
import tracemalloc
from pathlib import Path

import pytest

from tests.exchanges import exchange
from tests.redaction.audit.test_leak_scan import JWT, ONE, SECRETS, _megabytes, places, planted, scan
from tests.store.test_writer import written
from wirelore.redaction.windows import TAIL, WINDOW


@pytest.mark.slow
@pytest.mark.parametrize("lead", [10, WINDOW - 20, WINDOW + TAIL - 9, 2 * WINDOW + 12345])
def test_in_a_body_of_many_windows_the_offset_is_right(tmp_path: Path, lead: int) -> None:
    filler = b"of a@example.org " * (lead // 17)
    filler += b"." * (lead - len(filler) - 1) + b" "
    original = exchange(filler + b"PLANT" + b" ." * WINDOW)
    folder = written(tmp_path / "long", original).folder
    assert planted(folder / ONE / "request.body", SECRETS["jwt"]) == str(lead)
    assert places(folder) == [(f"{ONE}/request.body", str(lead), "jwt", len(JWT))]


def test_a_match_in_base64_of_json_has_its_offset_within_the_base64(tmp_path: Path) -> None:
    folder = written(tmp_path / "bare", exchange({"a": "PLANT"})).folder
    inner = json.dumps({"plain": [1, 2, 3], "key": SECRETS["token"]}).encode()
    position = planted(folder / ONE / "request.body", base64.b64encode(inner).decode())
    offset_in_base64 = inner.index(SECRETS["token"].encode()) // 3 * 4
    assert places(folder) == [
        (f"{ONE}/request.body", str(int(position) + offset_in_base64), "token", len(SECRETS["token"]))
    ]


@pytest.mark.slow
def test_memory_does_not_grow_with_a_body(tmp_path: Path) -> None:
    folder = written(tmp_path / "large", exchange({"n": 1})).folder
    with (folder / ONE / "request.body").open("wb") as stream:
        stream.writelines(_megabytes(16))
    tracemalloc.start()
    assert scan(folder) == []
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 12 << 20


def test_a_frequent_string_is_reported_at_its_first_hundred_places(tmp_path: Path) -> None:
    folder = written(tmp_path / "bare", exchange({"n": 1})).folder
    (folder / ONE / "request.body").write_bytes(b"of ada@example.org " * 1000)
    assert [int(leak.at) for leak in scan(folder)] == list(range(3, 1900, 19))
