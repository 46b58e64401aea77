"""The recording of `wirelore demo`: the sample client, the packaged scenarios, a stand-in and mitmdump."""

from collections.abc import Callable, Mapping
from itertools import chain
from pathlib import Path
from typing import Any

from wirelore.matrix.sampling import recorded
from wirelore.matrix.scenario import load, packaged
from wirelore.model.packaged import SAMPLES
from wirelore.store.writer import Capture


def record_demo(folder: Path, progress: Callable[[int, int], object] = lambda done, total: None) -> Path:
    """Record all packaged scenarios into a new capture in `folder`, and return the capture's folder.

    The stand-in replays the samples. `progress` is called from a thread, with the number of exchanges that have ended
    and their total. Raise FileExistsError if the capture exists, wirelore.recorder.proxy.ProxyError, and
    wirelore.matrix.sampling.UnexpectedResult.
    """
    capture = folder / "demo"
    if (capture / "capture.json").exists():
        raise FileExistsError(f"{capture}: already contains a capture; move it or choose another folder")
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
