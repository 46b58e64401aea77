"""The format of a file is found by its content."""

import gzip
from pathlib import Path

import pytest

from wirelore.formats import detect, files, read


@pytest.mark.parametrize(
    ("content", "format"),
    [
        (b'{"log": {"entries": []}}', "har"),
        (gzip.compress(b'{"log": {"entries": []}}', mtime=0), "har"),
        (b"---\nhttp_interactions: []\n", "vcr"),
        (b'{"interactions": []}', "vcr"),
        (b'{"request": {}, "response": null}\n{', "claude-trace"),
        (b"1234:9:websocket;0:~", "mitmproxy"),
        (b"\xef\xbb\xbf: comment\nretry: 5\ndata: 1\n\n", "sse"),
        (b'{"a": 1}', "json"),
        (b"", None),
        (b"\x89PNG\r\n\x1a\n\0\0", None),
        (b"MIT License\n\ncopyright: somebody\n", None),
        (b'{"a": 1', None),
    ],
    ids=str,
)
def test_a_format_is_found_by_content(tmp_path: Path, content: bytes, format: str | None) -> None:
    path = tmp_path / "name.png"
    path.write_bytes(content)
    assert detect(path) == format


def test_json_with_endless_first_members_is_json_that_is_too_large(tmp_path: Path) -> None:
    path = tmp_path / "some.json"
    path.write_bytes(b'{"a": 1,' + b" " * (65 << 20) + b'"log": {"entries": []}}')
    assert detect(path) == "json"
    (problem,) = read(path)
    assert str(problem) == "some.json: more than 64 MiB; expected at most 64 MiB; split the file"
    (skipped,) = files([tmp_path])
    assert str(skipped).endswith(": not a recording (JSON of more than 64 MiB; give the file's path to import it)")
