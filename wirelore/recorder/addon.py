"""The recording addon, which copies the traffic of mitmproxy to the recorder process.

Each chunk is forwarded first, unchanged; then a copy is queued for another process, which redacts and writes it (see
`process`). Nothing is parsed, decoded or written here, and a fault of the recorder cannot reach a client. Only the
hosts of the route table and of `wirelore_hosts` are decrypted; other connections are passed through and counted.

The proxy listens on loopback only, unless another address and `--set wirelore_listen_beyond_loopback=true` are both
given.
"""

import asyncio
import logging
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from mitmproxy import connection, ctx, exceptions, http, tls
from mitmproxy.addonmanager import Loader
from mitmproxy.proxy import mode_specs, server_hooks

from wirelore.model import routes
from wirelore.model.exchange import COMPLETE, Headers
from wirelore.model.wording import quantity
from wirelore.recorder import ends, handover, heads, launch, listening, trailers
from wirelore.recorder.hosts import Hosts
from wirelore.recorder.outbox import Outbox
from wirelore.recorder.pass_through import PassThrough
from wirelore.store.completeness import missing

_MESSAGE = 2000
"""The longest error message of mitmproxy that is recorded, in characters."""

logger = logging.getLogger(__name__)


@dataclass(eq=False, slots=True)
class _OpenExchange:
    """An exchange in progress."""

    number: int
    flow: http.HTTPFlow
    request_complete: bool = False
    response_complete: bool = False
    dropped: bool = False
    messages: dict[str, dict[str, int]] = field(default_factory=dict)
    """The number of messages and bytes of a WebSocket, by sender."""

    def elapsed_us(self) -> int:
        """Return the microseconds since the request's first byte."""
        return max(0, int((time.time() - self.flow.request.timestamp_start) * 1e6))


class _Verdict:
    """The last addon: it exits after the `done` hooks of all others have closed their files."""

    name = "wirelore_verdict"

    def __init__(self) -> None:
        self.code = 0

    def done(self) -> None:
        """Exit mitmdump with the code unless it is 0."""
        if self.code:
            sys.exit(self.code)


class Record:
    """The addon: sends traffic to the recorder process and counts what is not recorded."""

    def __init__(self) -> None:
        self.hosts = Hosts(())
        self.outbox: Outbox | None = None
        self.folder = Path()
        self.lost: Counter[str] = Counter()
        """The losses of the capture: exchanges without a beginning or an end, and faults of the tee."""
        self.passing = PassThrough(self.hosts, self._count)
        self.verdict = _Verdict()
        self._number = 0
        self._open: dict[str, _OpenExchange] = {}
        self._tunnels: set[str] = set()
        self._failed_stages: dict[str, dict[str, str]] = {}

    def load(self, loader: Loader) -> None:
        """Add the options and patch mitmproxy's handling of HTTP/1 trailers."""
        trailers.patch()
        loader.add_option("wirelore_capture", str, "", "Folder of the capture.")
        loader.add_option("wirelore_hosts", str, "", "Further hosts to decrypt and record, separated by commas.")
        loader.add_option("wirelore_backlog", int, 256, "Megabytes that may be queued for the recorder process.")
        loader.add_option("wirelore_labels", str, "", "Labels of the capture: a JSON object of strings.")
        loader.add_option("wirelore_key", str, "", "File of the key for pseudonyms.")
        loader.add_option("wirelore_once", bool, False, "Make pseudonyms with a new key that is not saved.")
        loader.add_option("wirelore_status", int, -1, "File descriptor to which each ended exchange is reported.")
        loader.add_option("wirelore_leash", int, -1, "File descriptor; the proxy shuts down when it is closed.")
        loader.add_option(listening.OPTION, bool, False, "Listen on an address that other machines can reach.")

    def configure(self, updated: set[str]) -> None:
        """Keep the proxy on loopback and read the labels and the list of hosts."""
        if updated & {"listen_host", "mode", listening.OPTION}:
            listening.confine()
        if "wirelore_labels" in updated:
            try:
                launch.labels(ctx.options.wirelore_labels)
            except ValueError as fault:
                raise exceptions.OptionsError(f"wirelore_labels: {fault}") from None  # type: ignore[no-untyped-call] # mitmproxy is untyped here
        if "wirelore_hosts" in updated:
            self.hosts = Hosts([*routes.packaged().hosts, *ctx.options.wirelore_hosts.split(",")])
            self.passing.hosts = self.hosts

    async def running(self) -> None:
        """Start the recorder process. mitmdump exits if that fails."""
        options = ctx.options
        if not options.server:
            return
        await listening.rebind()
        self.folder = Path(options.wirelore_capture or launch.fresh_folder())
        try:
            self.outbox = Outbox(
                launch.command(options, self.folder, self.hosts.patterns),
                launch.environment(),
                options.wirelore_backlog << 20,
                [options.wirelore_status][: options.wirelore_status >= 0],
            )
        except (OSError, RuntimeError) as fault:
            logger.error("wirelore: cannot record into %s: %s", self.folder, fault)
            return
        addons = ctx.master.addons
        if addons.get(self.verdict.name) is None:  # type: ignore[no-untyped-call] # mitmproxy is untyped here
            addons.add(self.verdict)  # type: ignore[no-untyped-call] # mitmproxy is untyped here
        if options.wirelore_leash >= 0:
            asyncio.get_running_loop().add_reader(options.wirelore_leash, self._released)
        logger.info("wirelore: recording into %s", self.folder)

    def _released(self) -> None:
        asyncio.get_running_loop().remove_reader(ctx.options.wirelore_leash)
        ctx.master.shutdown()  # type: ignore[no-untyped-call] # mitmproxy is untyped here

    def requestheaders(self, flow: http.HTTPFlow) -> None:
        """Begin an exchange and tee its request body."""
        if flow.request.host not in self.hosts and flow.request.pretty_host not in self.hosts:
            flow.request.stream = not flow.response
            self.passing.count_host(flow.request.pretty_host, requests=1)
            return
        self._number += 1
        exchange = _OpenExchange(self._number, flow)
        head = heads.request(flow)
        if self._is_absolute(flow):
            head = replace(head, target=flow.request.url)
        payload = handover.packed_request(int(flow.request.timestamp_start * 1e6), head, heads.connection(flow))
        if not self._put(handover.BEGIN, exchange.number, 0, payload):
            self.lost["exchanges_lost"] += 1
            flow.request.stream = not flow.response
            return
        self._open[flow.id] = exchange
        if not flow.response:  # a response made by another addon cannot be combined with a streamed request
            flow.request.stream = self._tee(exchange, handover.REQUEST_BODY)

    def request(self, flow: http.HTTPFlow) -> None:
        """Record the end of the request."""
        if exchange := self._open.get(flow.id):
            exchange.request_complete = True
            if not flow.request.stream and flow.request.raw_content:
                self._body(exchange, handover.REQUEST_BODY, flow.request.raw_content)
            self._trailers(exchange, handover.REQUEST_TRAILERS, flow.request.trailers)
            self._end_if_complete(exchange)
        if flow.server_conn.alpn != b"h2":  # mitmproxy crashes on trailers for an HTTP/1 server
            flow.request.trailers = None

    def responseheaders(self, flow: http.HTTPFlow) -> None:
        """Record the response head and tee the response body."""
        if flow.response is None:
            return
        exchange = self._open.get(flow.id)
        if exchange is None:
            flow.response.stream = flow.response.stream or True
            return
        flow.response.stream = self._tee(exchange, handover.RESPONSE_BODY)
        if head := heads.response(flow):
            self._put(handover.RESPONSE_HEAD, exchange.number, exchange.elapsed_us(), handover.packed_response(head))

    def response(self, flow: http.HTTPFlow) -> None:
        """Record the end of the response."""
        if flow.response is None:
            return
        if exchange := self._open.get(flow.id):
            exchange.response_complete = True
            if not flow.response.stream and flow.response.raw_content:
                self._body(exchange, handover.RESPONSE_BODY, flow.response.raw_content)
            self._trailers(exchange, handover.RESPONSE_TRAILERS, flow.response.trailers)
            if flow.websocket is None:
                self._end_if_complete(exchange)
        if not flow.request.is_http2:  # with trailers for an HTTP/1 client mitmproxy crashes and the client hangs
            flow.response.trailers = None

    def error(self, flow: http.HTTPFlow) -> None:
        """End an exchange that mitmproxy has aborted."""
        if exchange := self._open.get(flow.id):
            message = flow.error.msg if flow.error else ""
            stage = self._failed_stages.get(flow.client_conn.id, {}).get(message, "")
            state = ends.ErrorState(
                message,
                stage,
                flow.response is not None,
                _can_read(flow.client_conn),
                _can_read(flow.server_conn),
                flow.request.is_http2,
                flow.server_conn.alpn == b"h2",
            )
            self._end(exchange, ends.cause(state), message)

    def websocket_message(self, flow: http.HTTPFlow) -> None:
        """Count a message and discard the earlier ones, so that memory stays bounded on a long connection."""
        if flow.websocket is None:
            return
        message = flow.websocket.messages[-1]
        del flow.websocket.messages[:-1]
        if exchange := self._open.get(flow.id):
            if not exchange.messages:
                exchange.messages = {side: {"messages": 0, "bytes": 0} for side in ("client", "server")}
            side = exchange.messages["client" if message.from_client else "server"]
            side["messages"] += 1
            side["bytes"] += len(message.content)

    def websocket_end(self, flow: http.HTTPFlow) -> None:
        """Add the WebSocket's counts to the exchange and end it."""
        if (exchange := self._open.get(flow.id)) and flow.websocket:
            code, by_client = flow.websocket.close_code, bool(flow.websocket.closed_by_client)
            note = {**exchange.messages, "close_code": code, "closed_by_client": by_client}
            self._put(
                handover.NOTE, exchange.number, exchange.elapsed_us(), handover.packed_members({"websocket": note})
            )
            self._count(completeness={"websockets": 1})
            self._end(exchange, *ends.websocket(code, by_client, flow.websocket.close_reason or ""))

    def http_connected(self, flow: http.HTTPFlow) -> None:
        """Remember the tunnel: from here on the client's requests are in origin form."""
        self._tunnels.add(flow.client_conn.id)

    def tls_failed_server(self, data: tls.TlsData) -> None:
        """Remember the error message that requests to this server will carry."""
        self._failed_stages.setdefault(data.context.client.id, {})[data.conn.error or ""] = ends.TLS

    def server_connect_error(self, data: server_hooks.ServerConnectionHookData) -> None:
        """Remember the error message that requests to this server will carry."""
        self._failed_stages.setdefault(data.client.id, {})[data.server.error or ""] = ends.CONNECT

    def client_disconnected(self, client: connection.Client) -> None:
        """End the exchanges for which no other hook is called, such as one answered before its request was complete."""
        self._tunnels.discard(client.id)
        asyncio.get_running_loop().call_later(0.5, self._forget, client)

    def _forget(self, client: connection.Client) -> None:
        self._failed_stages.pop(client.id, None)
        for exchange in [exchange for exchange in self._open.values() if exchange.flow.client_conn.id == client.id]:
            self._end(exchange, *_final_cause(exchange, "client-gone", "the client closed its connection"))

    def done(self) -> None:
        """End the open exchanges, wait for the recorder and log its result. Exit with 2 if anything is missing."""
        if self.outbox is None:
            return
        for exchange in list(self._open.values()):
            self._end(exchange, *_final_cause(exchange, "shutdown", "the proxy stopped"))
        if not self.outbox.broken:
            self._count(completeness={**self.lost, "begun": self._number})
        self._put(handover.CLOSE, 0, 0)
        last_line = self.outbox.close()
        closed = last_line.get("closed")
        if closed is None:
            reason = last_line.get("error") or "the recorder process exited unexpectedly"
            losses = _counts_text(self.lost) or "unknown"
            logger.error("wirelore: %s is incomplete: %s; lost: %s", self.folder, reason, losses)
            self.verdict.code = 2
            return
        recorded = quantity(sum(closed["categories"].values()), "exchange")
        logger.info("wirelore: recorded %s into %s", recorded, self.folder)
        if is_incomplete(closed):
            counts = _counts_text({**closed["completeness"], **closed["ends"]})
            logger.error("wirelore: %s is incomplete: %s", self.folder, counts)
            self.verdict.code = 2

    def _tee(self, exchange: _OpenExchange, kind: int) -> Callable[[bytes], bytes]:
        start, clock, number = exchange.flow.request.timestamp_start, time.time, exchange.number
        assert self.outbox is not None
        put = self.outbox.put

        def tee(data: bytes) -> bytes:
            if data and not exchange.dropped:
                try:
                    us = int((clock() - start) * 1e6)
                    if not put(kind, number, us if us > 0 else 0, data):
                        self._drop(exchange)
                except Exception:  # mitmproxy hangs the client if this raises; counted in the manifest
                    exchange.dropped = True
                    self.lost["tee_faults"] += 1
            return data

        return tee

    def _body(self, exchange: _OpenExchange, kind: int, content: bytes) -> None:
        self._tee(exchange, kind)(content)

    def _drop(self, exchange: _OpenExchange) -> None:
        """Stop recording an exchange whose body does not fit into the queue; the client's exchange continues."""
        exchange.dropped = True
        self._end(exchange, "not-recorded", f"the recorder was more than {ctx.options.wirelore_backlog} MB behind")

    def _end_if_complete(self, exchange: _OpenExchange) -> None:
        if exchange.request_complete and exchange.response_complete and exchange.flow.websocket is None:
            self._end(exchange, COMPLETE, "")

    def _end(self, exchange: _OpenExchange, cause: str, message: str) -> None:
        if self._open.pop(exchange.flow.id, None) is None:
            return
        exchange.dropped = True
        if len(message) > _MESSAGE:  # mitmproxy quotes the bytes that it could not parse
            message = f"{message[:_MESSAGE]}... ({len(message)} characters)"
        if not self._put(handover.END, exchange.number, exchange.elapsed_us(), handover.packed_end(cause, message)):
            self.lost["exchanges_lost"] += 1

    def _trailers(self, exchange: _OpenExchange, kind: int, trailers: http.Headers | None) -> None:
        if trailers:
            lines = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in trailers.fields)
            self._put(kind, exchange.number, exchange.elapsed_us(), handover.packed_headers(Headers(lines)))

    def _put(self, kind: int, exchange: int, us: int, payload: bytes = b"") -> bool:
        return self.outbox is not None and self.outbox.put(kind, exchange, us, payload)

    def _count(self, **members: Any) -> None:
        self._put(handover.COUNT, 0, 0, handover.packed_members(members))

    def _is_absolute(self, flow: http.HTTPFlow) -> bool:
        """Return True if the client sent the target in absolute form, of which mitmproxy keeps only the parts."""
        regular = isinstance(flow.client_conn.proxy_mode, mode_specs.RegularMode)
        return regular and flow.client_conn.id not in self._tunnels and flow.request.http_version.startswith("HTTP/1")


def is_incomplete(account: dict[str, Any]) -> bool:
    """Return True if the recorder's account reports anything missing from the capture."""
    return bool(missing(account["completeness"], account["ends"]))


def _counts_text(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name}: {count}" for name, count in counts.items())


def _final_cause(exchange: _OpenExchange, cause: str, message: str) -> tuple[str, str]:
    if exchange.response_complete and exchange.flow.websocket is None:
        return COMPLETE, "the response was complete before the request"
    return cause, message


def _can_read(conn: connection.Connection) -> bool:
    return bool(conn.state & connection.ConnectionState.CAN_READ)
