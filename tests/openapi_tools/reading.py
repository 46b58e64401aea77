"""How schemathesis reads an event stream whose document has the data of an event as JSON, and not as text.

OpenAPI 3.1 says nothing of event streams; schemathesis reads them as OpenAPI 3.2 has it, the data as a text. A document
of 3.1 that describes the data as what its text says, as generators of clients want it, has to be read in that way.
Loaded by schemathesis itself (SCHEMATHESIS_HOOKS), in its own process.
"""

from typing import Any

import schemathesis
from schemathesis.core.transport import Response

from wirelore.model.sse import decode_json


@schemathesis.deserializer("text/event-stream")
def events(_: schemathesis.DeserializationContext, response: Response) -> list[dict[str, Any]]:
    """The events of an answer, each with its name and its data read as JSON."""
    return [{"event": event.name, "data": value} for event, value, _ in decode_json([response.content])]
