"""The sample client: it sends the requests of scenarios through the proxy of its environment.

    python -m wirelore.matrix.sample_client [--log FILE] SCENARIO.json...

It sends headers in the order and case of the scenario. The proxy is HTTPS_PROXY (an http:// address), the trusted CA is
SSL_CERT_FILE or NODE_EXTRA_CA_CERTS; certificates are always verified. Exit code 0 if every response was as expected, 1
if not, 2 if a scenario cannot be read.
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
    """The result of a request: status (None without a response), header lines, and the body as far as received."""

    status: int | None
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    cut: bool = False
    """True if the response is incomplete."""
    fault: str = ""
    """The repr of the exception that ended the request."""

    def header(self, name: str) -> str:
        """Return the first value of a header, empty if it is missing."""
        return next((value for key, value in self.headers if key.lower() == name), "")


class Client:
    """An HTTP client that opens a connection for each request."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        proxy = environment.get("HTTPS_PROXY") or environment.get("https_proxy") or ""
        self._proxy = urlsplit(proxy) if proxy else None
        trust = environment.get("SSL_CERT_FILE") or environment.get("NODE_EXTRA_CA_CERTS")
        self._tls = ssl.create_default_context(cafile=trust or None)

    def send(self, request: Mapping[str, Any], lines: Iterator[tuple[str, str]]) -> Reached:
        """Send a request and return the result; network errors are part of the result."""
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
        peer, peer_port = host, port
        if self._proxy:
            peer, peer_port = self._proxy.hostname or "127.0.0.1", self._proxy.port or 80
        if scheme == "http":
            return http.client.HTTPConnection(peer, peer_port, timeout=_TIMEOUT)
        connection = http.client.HTTPSConnection(peer, peer_port, timeout=_TIMEOUT, context=self._tls)
        if self._proxy:
            connection.set_tunnel(host, port)
        return connection


def run(scenario: Mapping[str, Any], client: Client, report: Callable[[str], object]) -> int:
    """Run the steps of a scenario, report each on a line, and return the number of unexpected responses."""
    values = variables(scenario)
    wrong = 0
    for step in scenario["steps"]:
        request = step["request"] if step.get("literal") else filled(step["request"], values)
        lines = list(header_lines(request.get("headers", ()), scenario.get("headers", {})))
        if not step.get("literal"):
            lines = [*filled([list(line) for line in lines], values)]
            lines = _completed(lines, request)
        reached = client.send(request, iter((name, value) for name, value in lines))
        problem = _problem(step.get("expect", {}), reached)
        wrong += bool(problem)
        report(f"{scenario['name']}: {step['name']}: {problem or reached.status}")
        for name, source in step.get("carry", {}).items():
            values[name] = carried(reached, source)
    return wrong


def carried(reached: Reached, source: Mapping[str, str]) -> str:
    """Return a value from a response: a `member` of its JSON body, a `header`, or a `query` parameter in a header.

    Return an empty text if the value is missing.
    """
    if "header" in source:
        value = reached.header(source["header"])
        return (parse_qs(urlsplit(value).query).get(source["query"]) or [""])[0] if "query" in source else value
    try:
        document = json.loads(_decoded(reached))
    except ValueError:
        return ""
    member = document.get(source["member"]) if isinstance(document, dict) else None
    return member if isinstance(member, str) else ""


def main(arguments: list[str]) -> int:
    """Run the scenarios in files, and print a line for each step to stderr or to the log file."""
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
    """Return the lines with an empty Host filled in, and Content-Length set, or omitted without a body."""
    size = len(body(request))
    completed = []
    for name, value in lines:
        if name.lower() == "content-length":
            if size:
                completed.append((name, str(size)))
        else:
            completed.append((name, request["host"] if name.lower() == "host" and not value else value))
    return completed


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
        raise ValueError(f"invalid gzip: {fault}") from None


def _problem(expected: Mapping[str, Any], reached: Reached) -> str:
    status = expected.get("status")
    if status is not None and reached.status != status:
        return f"status {reached.status}, expected {status} {reached.fault}".rstrip()
    if "cut" in expected and reached.cut != expected["cut"]:
        states = {True: "incomplete", False: "complete"}
        return f"response {states[reached.cut]}, expected {states[expected['cut']]}"
    return ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
