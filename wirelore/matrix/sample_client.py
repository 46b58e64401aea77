"""Our own small client: does what scenarios ask, through the proxy of its environment.

    python -m wirelore.matrix.sample_client [--log FILE] SCENARIO.json...

Headers go out in the order and case of the scenario. The proxy is HTTPS_PROXY (an http:// address), trust is
SSL_CERT_FILE or NODE_EXTRA_CA_CERTS; certificates are always checked. Exit code 0 if every answer was as expected, 1 if
not, 2 if a scenario cannot be read.
"""

import http.client
import json
import os
import ssl
import sys
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO
from urllib.parse import parse_qs, urlsplit

from wirelore.matrix.scenario import body, filled, header_lines, load, variables

_TIMEOUT = 30.0


@dataclass(frozen=True)
class Reached:
    """What came back: the status (None if nothing came), header lines, and the body as far as it came."""

    status: int | None
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    cut: bool = False
    """Whether the answer ended before it was whole."""
    fault: str = ""
    """What went wrong on the way, in Python's words."""

    def header(self, name: str) -> str:
        """The first value of a header, empty if it was not sent."""
        return next((value for key, value in self.headers if key.lower() == name), "")


class Client:
    """Sends requests one after the other, each on a connection of its own."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        proxy = environment.get("HTTPS_PROXY") or environment.get("https_proxy") or ""
        self._proxy = urlsplit(proxy) if proxy else None
        trust = environment.get("SSL_CERT_FILE") or environment.get("NODE_EXTRA_CA_CERTS")
        self._tls = ssl.create_default_context(cafile=trust or None)

    def send(self, request: Mapping[str, Any], lines: Iterator[tuple[str, str]]) -> Reached:
        """Sends one request; what goes wrong on the way is part of what is returned."""
        content = body(request)
        scheme, host = request.get("scheme", "https"), request["host"]
        port = int(request.get("port") or (443 if scheme == "https" else 80))
        connection = self._connection(scheme, host, port)
        target = request["path"]
        if scheme == "http" and self._proxy and target.startswith("/"):
            target = f"http://{host}:{port}{target}" if port != 80 else f"http://{host}{target}"
        try:
            connection.putrequest(request["method"], target, skip_host=True, skip_accept_encoding=True)
            for name, value in lines:
                connection.putheader(name, value.encode("latin-1"))
            connection.endheaders(content or None)
            return _reached(connection.getresponse())
        except (OSError, http.client.HTTPException) as fault:
            return Reached(None, cut=True, fault=repr(fault))
        finally:
            connection.close()

    def _connection(self, scheme: str, host: str, port: int) -> http.client.HTTPConnection:
        near, near_port = host, port
        if self._proxy:
            near, near_port = self._proxy.hostname or "127.0.0.1", self._proxy.port or 80
        if scheme == "http":
            return http.client.HTTPConnection(near, near_port, timeout=_TIMEOUT)
        connection = http.client.HTTPSConnection(near, near_port, timeout=_TIMEOUT, context=self._tls)
        if self._proxy:
            connection.set_tunnel(host, port)
        return connection


def run(scenario: Mapping[str, Any], client: Client, report: Callable[[str], object]) -> int:
    """Does the steps of a scenario; returns how many answers were not as expected, each reported on a line."""
    known = variables(scenario)
    wrong = 0
    for step in scenario["steps"]:
        request = step["request"] if step.get("literal") else filled(step["request"], known)
        lines = list(header_lines(request.get("headers", ()), scenario.get("headers", {})))
        if not step.get("literal"):
            lines = [*filled([list(line) for line in lines], known)]
            lines = _completed(lines, request)
        reached = client.send(request, iter((name, value) for name, value in lines))
        problem = _problem(step.get("expect", {}), reached)
        wrong += bool(problem)
        report(f"{scenario['name']}: {step['name']}: {problem or reached.status}")
        for name, place in step.get("carry", {}).items():
            known[name] = carried(reached, place)
    return wrong


def carried(reached: Reached, place: Mapping[str, str]) -> str:
    """A value from an answer: the `member` of its JSON body, or the `query` parameter of a `header`; else empty."""
    if "header" in place:
        value = reached.header(place["header"])
        return (parse_qs(urlsplit(value).query).get(place["query"]) or [""])[0] if "query" in place else value
    try:
        document = json.loads(_decoded(reached))
    except ValueError:
        return ""
    member = document.get(place["member"]) if isinstance(document, dict) else None
    return member if isinstance(member, str) else ""


def main(arguments: list[str]) -> int:
    """Runs the scenarios of the files named; a line for each step goes to stderr, or to the log."""
    log = sys.stderr
    with ExitStack() as stack:
        if arguments[:1] == ["--log"] and len(arguments) > 1:
            log = stack.enter_context(Path(arguments[1]).open("w", encoding="utf-8"))
            arguments = arguments[2:]
        if not arguments:
            print("usage: python -m wirelore.matrix.sample_client [--log FILE] SCENARIO.json...", file=sys.stderr)
            return 2
        return _run_all(arguments, log)


def _run_all(paths: list[str], log: TextIO) -> int:
    client, wrong = Client(os.environ), 0
    try:
        for path in paths:
            wrong += run(load(Path(path)), client, lambda text: print(text, file=log))
    except (OSError, ValueError) as fault:
        print(fault, file=log)
        return 2
    return 1 if wrong else 0


def _completed(lines: list[tuple[str, str]], request: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The lines, an empty Host and Content-Length filled in; the length is left out where there is no body."""
    size = len(body(request))
    full = []
    for name, value in lines:
        if name.lower() == "content-length":
            if size:
                full.append((name, str(size)))
        else:
            full.append((name, request["host"] if name.lower() == "host" and not value else value))
    return full


def _reached(response: http.client.HTTPResponse) -> Reached:
    headers = tuple(response.getheaders())
    pieces = []
    try:
        while piece := response.read1(1 << 16):
            pieces.append(piece)
        missing = response.length
        return Reached(response.status, headers, b"".join(pieces), cut=bool(missing))
    except (OSError, http.client.HTTPException) as fault:
        return Reached(response.status, headers, b"".join(pieces), cut=True, fault=repr(fault))


def _decoded(reached: Reached) -> bytes:
    if reached.header("content-encoding") != "gzip":
        return reached.body
    try:
        return zlib.decompress(reached.body, zlib.MAX_WBITS | 16)
    except zlib.error as fault:
        raise ValueError(f"no gzip: {fault}") from None


def _problem(expected: Mapping[str, Any], reached: Reached) -> str:
    status = expected.get("status")
    if status is not None and reached.status != status:
        return f"status {reached.status}, expected {status} {reached.fault}".rstrip()
    if "cut" in expected and reached.cut != expected["cut"]:
        return f"the answer was {'cut' if reached.cut else 'whole'}, expected otherwise"
    return ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
