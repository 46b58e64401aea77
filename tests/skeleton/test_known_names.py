"""Names that the protocol has stay in a receipt."""

from pathlib import Path

from tests.exchanges import exchange
from tests.skeleton.test_skeleton_copy import JSON_TYPE, receipt
from tests.store.test_writer import written
from wirelore.store.writer import Capture


def test_names_and_values_of_the_protocol_stay(tmp_path: Path) -> None:
    sent = {
        "model": "claude-next-9-1",
        "max_tokens": 64,
        "stream": True,
        "messages": [{"role": "user", "content": "hi"}],
    }
    headers = [JSON_TYPE, ("anthropic-beta", "new-flag-2030-01-01"), ("user-agent", "claude-cli/9.9.9 (external, cli)")]
    one = exchange(
        sent, {"type": "error", "error": {"type": "overloaded_error", "message": "no"}}, headers=headers, status=529
    )
    (copied,) = Capture(receipt(written(tmp_path / "a", one).folder, tmp_path / "b")).exchanges()
    document = copied.request.document.value
    assert {name: document[name] for name in ("model", "max_tokens", "stream")} == {
        "model": "claude-next-9-1",
        "max_tokens": 64,
        "stream": True,
    }
    assert document["messages"][0]["role"] == "user"
    assert copied.request.headers.first("anthropic-beta") == "new-flag-2030-01-01"
    assert (copied.request.headers.first("user-agent") or "").startswith("claude-cli/9.9.9 ")
    assert copied.response is not None
    assert (copied.response.status, copied.response.document.value["error"]["type"]) == (529, "overloaded_error")
