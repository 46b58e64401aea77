"""Where the proxy listens: on loopback alone, unless the user asks for more twice.

Whoever reaches the proxy can use it, and be recorded. mitmproxy listens on every interface unless told otherwise, so
without a word from the user the proxy is confined to loopback; an address beyond it needs a second option.
"""

import logging
from collections.abc import Iterator
from typing import Any

from mitmproxy import ctx
from mitmproxy.proxy import mode_specs

from wirelore.recorder.loopback import is_loopback

LOOPBACK = "127.0.0.1"
OPTION = "wirelore_listen_beyond_loopback"

logger = logging.getLogger(__name__)


def confine() -> None:
    """Gives the proxy loopback where the user named no address.

    Where one beyond loopback was named without the second option, no server is started and mitmdump ends.
    """
    options = ctx.options
    if getattr(options, OPTION) or not options.server:
        return
    if beyond := ", ".join(_beyond(options.listen_host or LOOPBACK)):
        options.update(server=False)  # type: ignore[no-untyped-call] # theirs
        logger.error(
            "wirelore: %s, where other machines reach it; listen on %s, or, if that is meant, add --set %s=true",
            beyond,
            LOOPBACK,
            OPTION,
        )
    elif not options.listen_host:
        options.update(listen_host=LOOPBACK)  # type: ignore[no-untyped-call] # theirs


async def move() -> None:
    """Moves servers that listened before `confine` could speak, as on Python 3.12 and later, to loopback."""
    servers: Any = ctx.master.addons.get("proxyserver")  # type: ignore[no-untyped-call] # theirs
    if servers is None or getattr(ctx.options, OPTION):
        return
    for server in servers.servers:
        if not all(is_loopback(str(address[0])) for address in server.listen_addrs):
            await server.stop()
            await server.start()


def _beyond(default: str) -> Iterator[str]:
    """What the proxy would listen on beyond loopback."""
    for text in ctx.options.mode:
        mode = mode_specs.ProxyMode.parse(text)
        host = mode.listen_host(default)
        # A mode without a port takes up traffic by other means.
        if mode.default_port is not None and not is_loopback(host):
            yield f"mode {text} would listen on {host or 'every interface'}"
