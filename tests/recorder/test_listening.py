import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from mitmproxy import ctx
from mitmproxy.options import Options

from tests.project import ROOT
from tests.upstream import until
from wirelore.recorder import listening
from wirelore.recorder.loopback import is_loopback
from wirelore.recorder.proxy import free_port, mitmdump

pytestmark = pytest.mark.slow

ADDON = ROOT / "addons" / "record.py"


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.10", "::1", "localhost", "LOCALHOST", "::1%lo"])
def test_loopback_is_recognised_in_every_form(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["", "0.0.0.0", "::", "192.0.2.1", "localhost.example", "127.0.0.1.example"])
def test_an_address_that_other_machines_can_reach_is_not_loopback(host: str) -> None:
    assert not is_loopback(host)


@pytest.mark.parametrize(
    ("options", "server", "host"),
    [
        ({}, True, "127.0.0.1"),
        ({"listen_host": "::1"}, True, "::1"),
        ({"mode": ["regular@8081", "reverse:https://api.test@127.0.0.1:8082"]}, True, "127.0.0.1"),
        ({"listen_host": "0.0.0.0"}, False, "0.0.0.0"),
        ({"mode": ["regular@0.0.0.0:8081"]}, False, ""),
        ({"mode": ["regular", "socks5@192.0.2.1:8081"]}, False, ""),
        ({"listen_host": "0.0.0.0", listening.OPTION: True}, True, "0.0.0.0"),
        ({listening.OPTION: True}, True, ""),
    ],
)
def test_listening_beyond_loopback_needs_an_address_and_the_second_option(
    options: dict[str, Any], server: bool, host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    mitmproxy_options = Options()
    mitmproxy_options.add_option(listening.OPTION, bool, False, "")
    mitmproxy_options.update(**options)  # type: ignore[no-untyped-call] # mitmproxy is untyped here
    monkeypatch.setattr(ctx, "options", mitmproxy_options, raising=False)
    listening.confine()
    assert (mitmproxy_options.server, mitmproxy_options.listen_host) == (server, host)


def start_mitmdump(folder: Path, port: int, *more: str) -> "subprocess.Popen[str]":
    command = [str(mitmdump()), "--set", f"confdir={folder / 'confdir'}", "-p", str(port), "-s", str(ADDON)]
    command += ["--set", f"wirelore_capture={folder / 'capture'}", "--set", f"wirelore_key={folder / 'key'}"]
    return subprocess.Popen([*command, *more], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="who listens is read from /proc, which Linux has")
def test_by_default_mitmdump_listens_on_loopback_only(tmp_path: Path) -> None:
    port = free_port()
    process = start_mitmdump(tmp_path, port)
    try:
        until(lambda: (tmp_path / "capture" / "capture.json").exists())
        assert listeners(port) == {"127.0.0.1"}
    finally:
        process.terminate()
        process.communicate(timeout=30)
    assert process.returncode == 0


def listeners(port: int) -> set[str]:
    """Return the addresses on which a process listens at the port."""
    addresses = set()
    for family, file in ((socket.AF_INET, "tcp"), (socket.AF_INET6, "tcp6")):
        for line in Path(f"/proc/net/{file}").read_text().splitlines()[1:]:
            address, state = line.split()[1], line.split()[3]
            if state == "0A" and int(address.partition(":")[2], 16) == port:
                words = bytes.fromhex(address.partition(":")[0])
                swapped = b"".join(words[start : start + 4][::-1] for start in range(0, len(words), 4))
                addresses.add(socket.inet_ntop(family, swapped))
    return addresses


def test_an_address_beyond_loopback_ends_mitmdump_with_the_remedy_and_records_nothing(tmp_path: Path) -> None:
    process = start_mitmdump(tmp_path, free_port(), "--listen-host", "0.0.0.0")
    output, _ = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "mode regular would listen on 0.0.0.0, which other machines can reach; listen on 127.0.0.1" in output
    assert f"add --set {listening.OPTION}=true to allow it" in output
    assert not (tmp_path / "capture").exists()
