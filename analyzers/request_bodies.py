"""Request bodies: the fields that a client sends, their types and values.

Why it matters
    A gateway that validates or rewrites bodies breaks on a field that it does not know; an SDK that lacks one cannot
    offer the feature.
What is observed
    For each operation the media type and the body: JSON as it stands, forms by their field names, other bodies by size.
What is a finding
    A wrong type, a field gone that every body had, a body that is no JSON where JSON is due (error); a new field or
    value (warning); an operation that nothing has been learned of, and which can therefore not be judged (note).
"""

from wirelore import Exchange, Observation, analyzer, body_observation


@analyzer(about="request", needs={"request", "request-body"}, optional={"request-headers": {"media_type"}})
def observe(exchange: Exchange) -> Observation | None:
    """The request's body."""
    if not exchange.request.body.size:
        return None
    return body_observation({"operation": exchange.operation}, exchange.request)
