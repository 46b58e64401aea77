"""Recording and replaying from Python."""

import json
import urllib.error
import urllib.request
from pathlib import Path

import pytest

import wirelore
from tests.exchanges import exchange, written_capture
from tests.recorder.ground import answering
from tests.upstream import serving

pytestmark = pytest.mark.slow


def test_what_is_sent_through_the_proxy_becomes_a_capture(tmp_path: Path) -> None:
    with serving() as upstream:
        upstream.answers["/v1/models"] = answering(b'{"data":[]}')
        with wirelore.record(
            "mine", hosts=["plain.example"], route=f"127.0.0.1:{upstream.port}", captures=tmp_path, once=True
        ) as proxy:
            with pytest.raises(RuntimeError, match="still being recorded"):
                _ = proxy.recording
            opener = urllib.request.build_opener(urllib.request.ProxyHandler({"http": proxy.url}))
            with opener.open("http://plain.example/v1/models") as answer:
                assert json.load(answer) == {"data": []}
            assert proxy.environment["HTTPS_PROXY"] == proxy.url
            assert proxy.ca.is_file()
    assert proxy.recording.complete, proxy.recording.problem
    (one,) = wirelore.open("mine", captures=tmp_path)
    assert (one.request.host, one.operation, one.message) == ("plain.example", "GET /v1/models", {"data": []})
    with (
        pytest.raises(FileExistsError, match="already contains a capture"),
        wirelore.record(tmp_path / "mine", once=True),
    ):
        pass


def test_an_exception_of_the_program_leaves_a_complete_capture(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), wirelore.record(tmp_path / "mine", once=True):
        raise ZeroDivisionError
    assert len(wirelore.open(tmp_path / "mine")) == 0
    assert wirelore.open(tmp_path / "mine").losses == ""


def test_a_capture_is_replayed_with_injected_faults(tmp_path: Path) -> None:
    written_capture(tmp_path / "one", exchange(None, {"data": [1]}, operation="GET /v1/models"))
    with wirelore.replay(tmp_path / "one", pace="none", faults=["GET /v1/models=529*1"]) as server:
        statuses = []
        for _ in range(2):
            try:
                with urllib.request.urlopen(f"{server.url}/v1/models") as answer:
                    statuses.append(answer.status)
            except urllib.error.HTTPError as fault:
                statuses.append(fault.code)
    assert statuses == [529, 200]
    assert [one.target for one in server.seen] == ["/v1/models"] * 2


def test_a_malformed_fault_is_refused(tmp_path: Path) -> None:
    written_capture(tmp_path / "one", exchange(None, {"data": [1]}, operation="GET /v1/models"))
    with pytest.raises(ValueError, match="sometimes"):
        wirelore.replay(tmp_path / "one", faults=["sometimes"])
