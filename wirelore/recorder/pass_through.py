"""Counting, by host, of the traffic that is passed through without being decrypted."""

from collections.abc import Callable

from mitmproxy import http, tcp, tls

from wirelore.recorder.hosts import Hosts


class PassThrough:
    """The addon that passes through other hosts' connections and counts traffic that is not an exchange."""

    def __init__(self, hosts: Hosts, count: Callable[..., None]) -> None:
        """`count` is called with members to add to the manifest."""
        self.hosts = hosts
        self._count = count

    def count_host(self, host: str, **counts: int) -> None:
        """Add to a host's `connections`, `requests` or `bytes`."""
        self._count(passed_through={host: counts})

    def http_connect_error(self, flow: http.HTTPFlow) -> None:
        """Count a tunnel that could not be established and so has no exchange."""
        self._count(completeness={"tunnels_refused": 1}, tunnels_refused={flow.request.host: 1})

    def tls_clienthello(self, data: tls.ClientHelloData) -> None:
        """Pass through a connection to a host that is not recorded."""
        address = data.context.server.address
        names = [name for name in (data.client_hello.sni, address[0] if address else None) if name]
        if not any(name in self.hosts for name in names):
            data.ignore_connection = True
            self._count(completeness={"not_decrypted": 1})
            self.count_host(names[0] if names else "unknown", connections=1)

    def tcp_message(self, flow: tcp.TCPFlow) -> None:
        """Count bytes that are not HTTP."""
        address = flow.server_conn.address
        self.count_host(address[0] if address else "unknown", bytes=len(flow.messages[-1].content))
        del flow.messages[:-1]

    def tcp_start(self, flow: tcp.TCPFlow) -> None:
        """Count a connection that is not HTTP."""
        address = flow.server_conn.address
        self._count(completeness={"not_decrypted": 1})
        self.count_host(address[0] if address else "unknown", connections=1)

    def tls_failed_client(self, data: tls.TlsData) -> None:
        """Count a handshake that the client aborted, for example because it does not trust the CA."""
        address = data.context.server.address
        host = data.conn.sni or (address[0] if address else "unknown")
        self._count(completeness={"tls_failed": 1}, tls_failed={host: {"client": 1, "last": data.conn.error or ""}})
