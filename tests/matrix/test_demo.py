"""The demo's recording, through a real mitmdump."""

from pathlib import Path

import pytest

from wirelore.matrix.demo import record_demo
from wirelore.matrix.scenario import load, packaged
from wirelore.store.writer import Capture

pytestmark = pytest.mark.slow


def test_the_demo_records_every_step_of_every_scenario_and_reports_progress(tmp_path: Path) -> None:
    progress: list[tuple[int, int]] = []
    capture = Capture(record_demo(tmp_path, lambda done, total: progress.append((done, total))))
    total = sum(len(load(path)["steps"]) for path in packaged())
    assert progress == [(number, total) for number in range(1, total + 1)]
    assert len(capture) == total
    assert capture.manifest["status"] == "complete"
    assert capture.manifest["ends"] == {"complete": total - 2, "upstream-cut": 2}
    assert not any(b"FAKE-" in path.read_bytes() for path in capture.folder.rglob("*") if path.is_file())


def test_a_demo_is_not_written_over_another(tmp_path: Path) -> None:
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "capture.json").write_text("{}")
    with pytest.raises(FileExistsError, match="already contains a capture"):
        record_demo(tmp_path)
