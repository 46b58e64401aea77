"""Wirelore records what the Claude CLI sends, checks it against JSON Schemas, and documents it.

The names in `__all__` are the public interface; everything else may change at any time. Each name is loaded when it is
first used, so that `import wirelore` alone loads no other package.

>>> import wirelore
>>> exchanges = list(wirelore.open("captures/samples/messages"))
>>> exchange = exchanges[2]
>>> exchange.operation, exchange.request.json["stream"]
('POST /v1/messages', True)
>>> [event.name for event in exchange.response.events()][:2]
['message_start', 'content_block_start']
>>> exchange.message["stop_reason"]
'end_turn'
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from wirelore.model.version import VERSION

if TYPE_CHECKING:
    from wirelore.analysis.body_content import body_content, body_observation
    from wirelore.analysis.check import Finding
    from wirelore.analysis.contract import Analyzer, Observation, Observe, analyzer, over_capture
    from wirelore.analysis.header_history import HeaderHistory
    from wirelore.compare.change import Comparison, Difference
    from wirelore.compare.comparison import NotComparable
    from wirelore.library.captures import Capture, open
    from wirelore.library.checks import Findings, analyze, learn
    from wirelore.library.differences import diff
    from wirelore.library.documents import openapi
    from wirelore.library.recordings import import_, read, redact
    from wirelore.library.traffic import record, replay
    from wirelore.model import sse
    from wirelore.model.exchange import Body, Exchange, Headers, Request, Response
    from wirelore.model.packaged import SAMPLES
    from wirelore.model.protocol import protocol
    from wirelore.model.routes import path_values
    from wirelore.recorder.proxy import ProxyError
    from wirelore.recorder.recording import Recording, Session
    from wirelore.redaction.foreign.rewriting import Refused
    from wirelore.replayer.server import ReplayServer
    from wirelore.schema.validation import BadSchema
    from wirelore.store.reader import Unreadable

__version__ = VERSION

__all__ = [
    "SAMPLES",
    "Analyzer",
    "BadSchema",
    "Body",
    "Capture",
    "Comparison",
    "Difference",
    "Exchange",
    "Finding",
    "Findings",
    "HeaderHistory",
    "Headers",
    "NotComparable",
    "Observation",
    "Observe",
    "ProxyError",
    "Recording",
    "Refused",
    "ReplayServer",
    "Request",
    "Response",
    "Session",
    "Unreadable",
    "__version__",
    "analyze",
    "analyzer",
    "body_content",
    "body_observation",
    "diff",
    "import_",
    "learn",
    "open",
    "openapi",
    "over_capture",
    "path_values",
    "protocol",
    "read",
    "record",
    "redact",
    "replay",
    "sse",
]

_HOMES = {
    "wirelore.analysis.body_content": ("body_content", "body_observation"),
    "wirelore.analysis.header_history": ("HeaderHistory",),
    "wirelore.analysis.check": ("Finding",),
    "wirelore.analysis.contract": ("Analyzer", "Observation", "Observe", "analyzer", "over_capture"),
    "wirelore.compare.change": ("Comparison", "Difference"),
    "wirelore.library.captures": ("Capture", "open"),
    "wirelore.library.checks": ("Findings", "analyze", "learn"),
    "wirelore.library.differences": ("diff",),
    "wirelore.library.documents": ("openapi",),
    "wirelore.library.recordings": ("import_", "read", "redact"),
    "wirelore.library.traffic": ("record", "replay"),
    "wirelore.model.exchange": ("Body", "Exchange", "Headers", "Request", "Response"),
    "wirelore.model.protocol": ("protocol",),
    "wirelore.model.routes": ("path_values",),
    "wirelore.compare.comparison": ("NotComparable",),
    "wirelore.model.packaged": ("SAMPLES",),
    "wirelore.recorder.proxy": ("ProxyError",),
    "wirelore.recorder.recording": ("Recording", "Session"),
    "wirelore.redaction.foreign.rewriting": ("Refused",),
    "wirelore.replayer.server": ("ReplayServer",),
    "wirelore.schema.validation": ("BadSchema",),
    "wirelore.store.reader": ("Unreadable",),
}
"""The public names by module; `sse` is a module itself."""
_HOME = {name: module for module, names in _HOMES.items() for name in names}


if not TYPE_CHECKING:  # a type checker has the imports above, and refuses other names

    def __getattr__(name: str) -> Any:
        if name == "sse":
            return import_module("wirelore.model.sse")
        if name in _HOME:
            value = globals()[name] = getattr(import_module(_HOME[name]), name)
            return value
        raise AttributeError(f"module 'wirelore' has no attribute {name!r}; expected one of {', '.join(__all__)}")


def __dir__() -> list[str]:
    return sorted(__all__)
