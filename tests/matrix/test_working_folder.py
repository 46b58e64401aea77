"""The working folder: one path for all runs of a scenario, used by one run at a time, empty at its start."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from wirelore.matrix.working_folder import WorkingFolder
from wirelore.recorder.temporary_folders import remove_unused


@pytest.fixture(autouse=True)
def _temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))


def test_every_run_of_a_scenario_has_the_same_folder_and_leaves_none() -> None:
    folders = []
    for _ in range(2):
        with WorkingFolder("plain", threading.Event()) as stage:
            stage.work.mkdir(parents=True)
            folders.append((stage.folder, stage.work, stage.folder.stat().st_mode & 0o777))
    assert folders[0] == folders[1]
    assert folders[0][2] == 0o700
    assert not folders[0][0].exists()


def test_leftovers_of_a_killed_run_are_removed_before_the_next() -> None:
    stage = WorkingFolder("plain", threading.Event())
    stage.work.mkdir(mode=0o700, parents=True)
    stage.folder.chmod(0o700)
    (stage.folder / "left").symlink_to(stage.work)
    with stage:
        assert [path.name for path in stage.folder.iterdir()] == ["lock"]


def test_another_run_of_the_scenario_waits_and_can_be_stopped_meanwhile() -> None:
    stopped = threading.Event()
    with WorkingFolder("plain", threading.Event()):
        stopped.set()
        with pytest.raises(InterruptedError), WorkingFolder("plain", stopped):
            pass
        with WorkingFolder("other", stopped) as other:
            assert other.folder.exists()


def test_a_folder_that_others_can_access_is_refused() -> None:
    stage = WorkingFolder("plain", threading.Event())
    stage.folder.mkdir()
    stage.folder.chmod(0o755)
    with pytest.raises(PermissionError, match="expected a folder that only this user can access; remove it"), stage:
        pass


def test_concurrent_runs_use_the_folder_one_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wirelore.matrix.working_folder._POLL_S", 0.0005)
    disturbed: list[str] = []

    def act(name: str) -> None:
        for _ in range(20):
            with WorkingFolder("plain", threading.Event()) as stage:
                before = [path.name for path in stage.folder.iterdir()]
                stage.work.mkdir(parents=True)
                for number in range(5):
                    (stage.work / f"{name}-{number}").touch()
                remove_unused()
                after = [path.name for path in stage.work.iterdir() if path.name.startswith(name)]
                if before != ["lock"] or len(after) != 5:
                    disturbed.append(f"{before}, {after}")

    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(act, name) for name in "abcd"]:
            done.result()
    assert disturbed == []
