"""The heads of a receipt: targets of known hosts."""

from pathlib import Path

from tests.exchanges import exchange, written_capture
from tests.skeleton.test_skeleton_copy import receipt
from wirelore.store.writer import Capture


def test_an_absolute_target_of_a_known_host_stays(tmp_path: Path) -> None:
    written_capture(
        tmp_path / "a", exchange(None, operation="GET /v1/models", target="https://api.anthropic.com/v1/models")
    )
    (copied,) = Capture(receipt(tmp_path / "a", tmp_path / "b")).exchanges()
    assert copied.request.target == "https://api.anthropic.com/v1/models"
