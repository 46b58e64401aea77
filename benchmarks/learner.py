"""Speed of learning JSON bodies compared with GenSON, and linearity of time and memory.

Run: python benchmarks/learner.py [bodies]. GenSON is compared if it is installed (pip install genson).
"""

import importlib
import importlib.util
import random
import sys
import time
import tracemalloc
from collections.abc import Callable
from functools import partial
from typing import Any

from wirelore.learning.node import Node
from wirelore.learning.node_builder import built_from


def body(chance: random.Random) -> dict[str, Any]:
    """Return a synthetic request body with the structure of real ones."""
    words = " ".join(chance.choice(("the", "file", "is", "read", "Then", "ok")) for _ in range(30))
    blocks: list[Callable[[], dict[str, Any]]] = [
        lambda: {"type": "text", "text": words},
        lambda: {"type": "text", "text": words, "cache_control": {"type": "ephemeral"}},
        lambda: {"type": "tool_use", "id": f"toolu_{chance.random()}", "name": "Bash", "input": {"command": words}},
        lambda: {"type": "tool_result", "tool_use_id": f"toolu_{chance.random()}", "content": words, "is_error": False},
        lambda: {"type": "thinking", "thinking": words, "signature": words},
    ]
    turns = [
        {"role": chance.choice(("user", "assistant")), "content": [chance.choice(blocks)() for _ in range(3)]}
        for _ in range(chance.randint(1, 12))
    ]
    tools = [{"name": f"Tool {n}", "description": words, "input_schema": {"type": "object"}} for n in range(5)]
    return {
        "model": "claude-sonnet-4-5-20250929",
        "max_tokens": 1024,
        "messages": turns,
        "tools": tools,
        "stream": True,
    }


def seconds(work: Callable[[], object]) -> float:
    """Return the best time of three runs."""
    times = []
    for _ in range(3):
        begin = time.perf_counter()
        work()
        times.append(time.perf_counter() - begin)
    return min(times)


def genson(bodies: list[dict[str, Any]]) -> None:
    """Add the bodies to GenSON's schema builder."""
    builder = importlib.import_module("genson").SchemaBuilder()
    for sample in bodies:
        builder.add_object(sample)
    builder.to_schema()


def main() -> None:
    """Print samples per second for 1, 2 and 4 times the bodies, the peak memory, and the ratio to GenSON."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    chance = random.Random(1)
    bodies = [body(chance) for _ in range(4 * count)]
    base = 0.0
    for times in (1, 2, 4):
        part = bodies[: times * count]
        spent = seconds(partial(built_from, Node(), part))
        base = base or spent
        tracemalloc.start()
        built_from(Node(), part)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        rate = len(part) / spent
        measured = f"{rate:>10,.0f}/s   time {spent / base:4.2f} x   memory {peak / 1024:,.0f} KiB"
        print(f"learner {len(part):>7} bodies {measured}")
    if importlib.util.find_spec("genson") is None:
        print("GenSON is not installed")
        return
    other = seconds(lambda: genson(bodies[:count]))
    print(f"GenSON  {count:>7} bodies {count / other:>10,.0f}/s   the learner is {other / base:.1f} x as fast")


if __name__ == "__main__":
    main()
