"""The importer of mitmproxy's flow files."""

from collections.abc import Iterator
from io import BytesIO
from uuid import UUID

from mitmproxy.flow import Flow
from mitmproxy.io import FlowWriter
from mitmproxy.test import tflow

from tests.fuzz.ground import check_import, packed

RUNS = 13_000


def check(data: bytes) -> None:
    """Import any bytes as a flow file."""
    check_import(data, "mitmproxy")


def seeds() -> Iterator[bytes]:
    """Yield flows with a response, with an error, with a WebSocket, and one that is not HTTP."""
    written = [_written(flow) for flow in (tflow.tflow(resp=True), tflow.tflow(err=True), tflow.twebsocketflow())]
    yield from packed(*written, _written(tflow.ttcpflow()), b"".join(written), b"99999999999:", b"4:1:1#]" * 3)


def _written(flow: Flow) -> bytes:
    flow.id, flow.client_conn.id, flow.server_conn.id = (str(UUID(int=number)) for number in range(3))
    flow.timestamp_created = 946681200
    stream = BytesIO()
    writer = FlowWriter(stream)  # type: ignore[no-untyped-call]  # mitmproxy leaves its writer without types
    writer.add(flow)
    return stream.getvalue()
