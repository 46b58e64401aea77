"""Descendant processes are found and killed."""

import json
import subprocess
import sys

import pytest

_STARTS = """
import json, os, subprocess, sys, time
from wirelore.matrix import process_tree
process_tree.adopt()
sleeps = [sys.executable, "-c", "import time; time.sleep(300)"]
starts = "import subprocess as s, sys; print(s.Popen(sys.argv[1:], start_new_session=True, stdout=2).pid)"
orphan = int(subprocess.check_output([sys.executable, "-c", starts, *sleeps], text=True))
child = subprocess.Popen(sleeps).pid
ended = subprocess.Popen(["true"])
while True:
    with open(f"/proc/{ended.pid}/stat") as stat:
        if stat.read().rpartition(")")[2].split()[0] == "Z":
            break
    time.sleep(0.01)
before = sorted(process.pid for process in process_tree.living())
process_tree.end()
remaining = [process.pid for process in process_tree.living()]
exist = [os.path.exists(f"/proc/{each}") for each in (orphan, child)]
print(json.dumps([before == sorted([orphan, child]), remaining, exist]))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux supports adopting orphans")
def test_children_and_orphans_are_found_and_killed_and_zombies_are_ignored() -> None:
    done = subprocess.run([sys.executable, "-c", _STARTS], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [True, [], [False, False]]


@pytest.mark.parametrize(("function", "printed"), [("living", "[]\n"), ("end", "None\n")])
def test_a_process_without_descendants_has_none_to_end(function: str, printed: str) -> None:
    script = f"from wirelore.matrix import process_tree; print(process_tree.{function}())"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == printed
