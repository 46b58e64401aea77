"""A schemathesis hook that reads event streams whose document describes the data of events as JSON, not as text.

OpenAPI 3.1 does not define event streams; schemathesis reads them as in OpenAPI 3.2, with the data as text. Documents
in 3.1 describe the data as JSON for client generators, so they must be read in that way. Schemathesis loads this module
itself (SCHEMATHESIS_HOOKS), in its own process.
"""

from typing import Any

import schemathesis
from schemathesis.core.transport import Response

from wirelore.model.sse import decode_json


@schemathesis.deserializer("text/event-stream")
def events(_: schemathesis.DeserializationContext, response: Response) -> list[dict[str, Any]]:
    """Return the events of a response, each with its name and its data as JSON."""
    return [{"event": event.name, "data": value} for event, value, _ in decode_json([response.content])]
