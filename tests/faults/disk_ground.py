"""A recorded client, and disks that fail."""

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
        assert got == text(random.Random(number), int(step)), f"step {number}: received bytes differ from those sent"
    else:
        direct.open(f"http://127.0.0.1:{port}/do/{step}").read()
""".replace("HOST", HOST)


def run(
    capture: Path, steps: list[str], actions: Mapping[str, Callable[[], object]], env: Mapping[str, str]
) -> tuple[Recording, list[Mapping[str, Any]]]:
    """Record a client that takes steps: a number requests as many bytes, a word performs that action.

    Each action waits until the recorder has reported every earlier exchange. Returns the recording and the status
    lines.
    """
    lines: list[Mapping[str, Any]] = []
    requested = 0

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal requested
        head = await reader.readuntil(b"\r\n\r\n")
        _, kind, *rest = urllib.parse.unquote(head.split(b" ", 2)[1].decode()).split("/")
        content = b""
        if kind == "do":
            loop = asyncio.get_running_loop()
            await loop.run_in_executor(None, until, lambda: len(lines) >= requested)
            await loop.run_in_executor(None, actions[rest[0]])
        else:
            requested += 1
            await reader.readexactly(1000)
            content = text(random.Random(int(rest[1])), int(rest[0]))
        with suppress(OSError):
            writer.write(b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: %d\r\n\r\n" % len(content) + content)
            await writer.drain()
            writer.close()

    with serving(client=answer) as server:
        result = record(
            [sys.executable, "-c", CLIENT, str(server.port), *steps],
            capture_folder=capture,
            hosts=[HOST],
            route=f"{HOST}=127.0.0.1:{server.port}",
            env=env,
            once=True,
            progress=lines.append,
        )
    return result, lines


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Path]:
    """Mount a file system of this size; skip the test if that is not possible."""
    if shutil.which("mount") is None:
        pytest.skip("mount is missing")
    folder.mkdir()
    process = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size},mode=0700", "tmpfs", str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    if process.returncode:
        pytest.skip(f"cannot mount a file system: {process.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(folder: Path) -> Path:
    """Fill the disk to its last byte, and return the file that fills it."""
    path = folder / "ballast"
    with path.open("wb", buffering=0) as stream, suppress(OSError):
        for size in (1 << 16, 1 << 10, 1):
            with suppress(OSError):
                while stream.write(b"\0" * size) == size:
                    pass
    assert os.statvfs(folder).f_bavail == 0
    return path
