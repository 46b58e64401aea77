"""A recorded client, and disks that fail it."""

import asyncio
import os
import random
import shutil
import subprocess
import sys
import urllib.parse
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from tests.faults.killed_ground import text
from tests.upstream import serving, until
from wirelore.recorder.recording import Recording, record

HOST = "disk.test"
CLIENT = """
import os, random, ssl, sys, urllib.request
from tests.faults.killed_ground import text
context = ssl.create_default_context(cafile=os.environ["SSL_CERT_FILE"])
recorded = urllib.request.build_opener(urllib.request.HTTPSHandler(context=context), urllib.request.ProxyHandler())
direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
port, steps = sys.argv[1], sys.argv[2:]
for number, step in enumerate(steps):
    if step.isdigit():
        url = f"https://HOST/bytes/{step}/{number}"
        sent = text(random.Random(number), 1000)
        got = recorded.open(urllib.request.Request(url, data=sent)).read()
        assert got == text(random.Random(number), int(step)), f"step {number}: other bytes than were sent"
    else:
        direct.open(f"http://127.0.0.1:{port}/do/{step}").read()
""".replace("HOST", HOST)


def run(
    capture: Path, steps: list[str], acts: Mapping[str, Callable[[], object]], env: Mapping[str, str]
) -> tuple[Recording, list[Mapping[str, Any]]]:
    """Records a client that takes the steps: a number asks for so many bytes, a word has that act done.

    Each act waits until the recorder has told of every exchange before it. Returns the recording and what was told.
    """
    told: list[Mapping[str, Any]] = []
    asked = 0

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal asked
        head = await reader.readuntil(b"\r\n\r\n")
        _, what, *rest = urllib.parse.unquote(head.split(b" ", 2)[1].decode()).split("/")
        content = b""
        if what == "do":
            loop = asyncio.get_running_loop()
            await loop.run_in_executor(None, until, lambda: len(told) >= asked)
            await loop.run_in_executor(None, acts[rest[0]])
        else:
            asked += 1
            await reader.readexactly(1000)
            content = text(random.Random(int(rest[1])), int(rest[0]))
        with suppress(OSError):
            writer.write(b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: %d\r\n\r\n" % len(content) + content)
            await writer.drain()
            writer.close()

    with serving(client=answer) as server:
        made = record(
            [sys.executable, "-c", CLIENT, str(server.port), *steps],
            capture_folder=capture,
            hosts=[HOST],
            route=f"{HOST}=127.0.0.1:{server.port}",
            env=env,
            once=True,
            progress=told.append,
        )
    return made, told


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Path]:
    """A file system of this size; skips the test where none may be mounted."""
    if shutil.which("mount") is None:
        pytest.skip("no mount here")
    folder.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size},mode=0700", "tmpfs", str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        pytest.skip(f"no file system can be mounted here: {done.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(folder: Path) -> Path:
    """Fills the disk to its last byte, and returns the file that does it."""
    path = folder / "ballast"
    with path.open("wb", buffering=0) as stream, suppress(OSError):
        for size in (1 << 16, 1 << 10, 1):
            with suppress(OSError):
                while stream.write(b"\0" * size) == size:
                    pass
    assert os.statvfs(folder).f_bavail == 0
    return path
