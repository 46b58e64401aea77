"""Fuzz one target in this process, guided by coverage if atheris is installed, otherwise with hypothesis.

The last line on stdout is a JSON document with the engine, the runs and the covered edges. The exit code is 0 if no
input failed; a failing input is written to the folder. If the number of runs is fixed, the same seed gives the same
inputs.
"""

import json
import signal
import sys
import tempfile
import time
from hashlib import sha256
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

from tests.fuzz.tokens import TOKENS

PACKAGES = ["wirelore", "tests.fuzz.targets"]
"""The packages whose coverage counts."""
PER_INPUT_S = 30
"""The time limit of an input; it is longer than any pause of the machine."""
MEMORY_MB = 2048
LONG_S = 60
"""Runs of at least this many seconds continue with the corpus of earlier runs in build/fuzz/<target>/corpus."""
_LONGEST = 8192
_ROUND = 100


def guided(target: str, seconds: int, folder: Path, seed: int) -> None:
    """Run libFuzzer, which ends the process."""
    atheris: Any = import_module("atheris")
    with atheris.instrument_imports(include=PACKAGES, enable_loader_override=False):
        from tests.fuzz.targets import load

        chosen = load(target)
    scratch = Path(tempfile.mkdtemp())
    begin = []
    for number, known in enumerate([*chosen.seeds(), *chosen.corpus()]):
        begin.append(scratch / f"{number}")
        begin[-1].write_bytes(known)
    files, words = scratch / "files", scratch / "words"
    files.write_text(",".join(map(str, begin)))
    words.write_text("".join(f'"{_escaped(word)}"\n' for word in TOKENS))
    options = {
        "runs": -1 if seconds else chosen.runs,
        "max_total_time": seconds,
        "seed": seed,
        "entropic": int(seconds > 0),  # its weights differ from process to process
        "seed_inputs": f"@{files}",
        "dict": words,
        "timeout": PER_INPUT_S,
        "rss_limit_mb": MEMORY_MB,
        "max_len": _LONGEST,
        "artifact_prefix": f"{folder}/",
        "print_final_stats": 1,
    }
    flags = [f"-{name}={value}" for name, value in options.items()]
    if seconds > LONG_S:
        (folder / "corpus").mkdir(exist_ok=True)
        flags.append(str(folder / "corpus"))
    atheris.Setup([sys.argv[0], *flags], chosen.check)
    atheris.Fuzz()


def unguided(target: str, seconds: int, folder: Path, begin: int) -> int:
    """Run hypothesis for the given seconds, and return the exit code."""
    import resource

    from hypothesis import HealthCheck, Phase, given, seed, settings

    from tests.fuzz.mutation import mutated
    from tests.fuzz.targets import load

    chosen, runs, number = load(target), 0, begin
    resource.setrlimit(resource.RLIMIT_AS, (2 * MEMORY_MB << 20, resource.RLIM_INFINITY))
    signal.signal(signal.SIGALRM, _too_slow)
    latest = b""

    def one(data: bytes) -> None:
        nonlocal runs, latest
        latest, runs = data, runs + 1
        signal.alarm(PER_INPUT_S)
        chosen.check(data)
        signal.alarm(0)

    quiet = settings(
        max_examples=_ROUND,
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.too_slow],
        phases=[Phase.generate, Phase.shrink],
    )
    found, until = 0, time.monotonic() + seconds
    while not found and (time.monotonic() < until if seconds else runs < chosen.runs):
        number += 1
        try:
            seed(number)(quiet(given(mutated(chosen))(one)))()
        except Exception as fault:  # any exception is a finding
            signal.alarm(0)
            found = 1
            print(f"{type(fault).__name__}: {fault}", file=sys.stderr)
            (folder / f"crash-{sha256(latest).hexdigest()[:16]}").write_bytes(latest)
    print(json.dumps({"engine": "hypothesis", "runs": runs, "edges": None}))
    return found


def _escaped(word: bytes) -> str:
    """Escape bytes as in libFuzzer's dictionaries."""
    return "".join(f"\\x{byte:02x}" for byte in word)


def _too_slow(_: int, __: FrameType | None) -> NoReturn:
    raise TimeoutError(f"an input took more than {PER_INPUT_S} s")


def main() -> int:
    """Fuzz a target: for some seconds, or with its number of inputs if they are 0; with a folder and a seed."""
    target, seconds, folder, seed = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4])
    folder.mkdir(parents=True, exist_ok=True)
    if find_spec("atheris") and "--unguided" not in sys.argv:
        guided(target, seconds, folder, seed)
        return 0
    return unguided(target, seconds, folder, seed)


if __name__ == "__main__":
    sys.exit(main())
