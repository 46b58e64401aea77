"""The demo's recording: the packaged scenarios, a stand-in, a real mitmdump, no account."""

from collections.abc import Callable, Mapping
from itertools import chain
from pathlib import Path
from typing import Any

from wirelore.matrix.sampling import recorded
from wirelore.matrix.scenario import load, packaged
from wirelore.model.packaged import SAMPLES
from wirelore.store.writer import Capture


def record_demo(folder: Path, progress: Callable[[int, int], object] = lambda done, total: None) -> Path:
    """Records every packaged scenario into a new capture in `folder` and returns that capture's folder.

    The stand-in answers from the samples. `progress` is told how many exchanges have ended, and of how many; it is
    called from a thread. Raises FileExistsError if there is a demo already, wirelore.recorder.proxy.ProxyFailed, and
    wirelore.matrix.sampling.NotAsAsked.
    """
    capture = folder / "demo"
    if (capture / "capture.json").exists():
        raise FileExistsError(f"{capture}: holds a capture already; move it away or choose another folder")
    scenarios = packaged()
    total = sum(len(load(path)["steps"]) for path in scenarios)
    ended = 0

    def count(line: Mapping[str, Any]) -> None:
        nonlocal ended
        ended += 1
        progress(min(ended, total), total)

    exchanges = chain.from_iterable(Capture(SAMPLES / path.stem).exchanges() for path in scenarios)
    recorded(scenarios, exchanges, capture, progress=count)
    return capture
