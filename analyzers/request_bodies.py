"""Request bodies: the fields that a client sends, with their types and values.

Why it matters
    A gateway that validates or rewrites bodies breaks on a field that it does not know; an SDK without the field cannot
    offer the feature.
What is observed
    For each operation the media type and the body: JSON in full, forms by the names of their fields, other bodies by
    size.
What is a finding
    A wrong type, a missing field that every body had, a body that is not JSON despite its media type (error); a new
    field or value (warning); an operation without a schema, which is not checked (note).
"""

from wirelore import Exchange, Observation, analyzer, body_observation


@analyzer(about="request", needs={"request", "request-body"}, optional={"request-headers": {"media_type"}})
def observe(exchange: Exchange) -> Observation | None:
    """Return the body of a request."""
    if not exchange.request.body.size:
        return None
    return body_observation({"operation": exchange.operation}, exchange.request)
