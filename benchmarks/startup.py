"""Time of `wirelore --help`, compared with an idle interpreter and one that only imports click."""

import statistics
import subprocess
import sys
import time

ROUNDS = 15
COMMANDS = {
    "python -c pass": ["-c", "pass"],
    "python -c 'import click'": ["-c", "import click"],
    "wirelore --help": ["-m", "wirelore", "--help"],
}


def seconds(arguments: list[str]) -> float:
    """Return the wall time of a run, in seconds."""
    start = time.perf_counter()
    subprocess.run([sys.executable, *arguments], stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start


def main() -> None:
    """Print median and maximum of interleaved runs; the goal for `wirelore --help` is 0.4 s."""
    times: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(ROUNDS):
        for name, arguments in COMMANDS.items():
            times[name].append(seconds(arguments))
    for name, found in times.items():
        print(f"{name:26} median {statistics.median(found):.3f} s, worst of {ROUNDS} {max(found):.3f} s")


if __name__ == "__main__":
    main()
