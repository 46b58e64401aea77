"""The routing addon: hosts are sent to a server on loopback, for tests, the demo and the matrix of client versions."""

from typing import Any

from mitmproxy import ctx, exceptions, http
from mitmproxy.addonmanager import Loader
from mitmproxy.proxy.server_hooks import ServerConnectionHookData

from wirelore.recorder.route_targets import Target, targets


class Route:
    """Changes the address that is dialled."""

    def __init__(self) -> None:
        self.targets: dict[str, Target] = {}
        self._meant: dict[str, Any] = {}
        """The addresses of connections that are being made, by the connection's id."""

    def load(self, loader: Loader) -> None:
        """Adds the option."""
        loader.add_option("wirelore_route", str, "", "Send hosts to a stand-in: [NAME=][http[s]://]HOST:PORT, ...")

    def configure(self, updated: set[str]) -> None:
        """Reads the option. Raises OptionsError."""
        if "wirelore_route" in updated:
            try:
                self.targets = targets(ctx.options.wirelore_route)
            except ValueError as fault:
                raise exceptions.OptionsError(f"wirelore_route: {fault}") from None  # type: ignore[no-untyped-call] # theirs

    def target(self, host: str) -> Target | None:
        """Where a host goes, None if it goes where it always goes."""
        return self.targets.get(host.lower()) or self.targets.get("")

    def requestheaders(self, flow: http.HTTPFlow) -> None:
        """Speaks to the stand-in as it wants to be spoken to."""
        if target := self.target(flow.request.host):
            flow.request.scheme = "https" if target.tls else "http"

    def server_connect(self, data: ServerConnectionHookData) -> None:
        """Dials the stand-in instead."""
        if data.server.address and (target := self.target(data.server.address[0])):
            self._meant[data.server.id] = data.server.address
            data.server.address = (target.host, target.port)

    def server_connected(self, data: ServerConnectionHookData) -> None:
        """Gives the connection its own address back, by which later requests of the client find it.

        Otherwise each opens another one, and the sixth waits for ever: mitmproxy has no more than five to an address.
        """
        if meant := self._meant.pop(data.server.id, None):
            object.__setattr__(data.server, "address", meant)  # its own setter refuses on an open connection

    def server_connect_error(self, data: ServerConnectionHookData) -> None:
        """Forgets the address of a connection that was not made."""
        self._meant.pop(data.server.id, None)
