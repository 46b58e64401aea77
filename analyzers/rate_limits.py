"""Rate limits: the remaining requests and tokens, and the times at which the limits reset.

Why it matters
    Clients throttle, wait and warn by these numbers. If a gateway drops or rewrites them, clients run into refused
    requests or wait without need.
What is observed
    For each response the limits in its `anthropic-ratelimit-<kind>-<measure>` headers (claim H06), sorted by kind, and
    the value of `retry-after` (RFC 9110, 10.2.3): digits as a number, any other value as sent. Also the kinds with more
    remaining than their limit.
What is a finding
    More remaining than the limit (error). A limit or remainder that is not a number, a reset that is not an RFC 3339
    time, a `retry-after` of another form, or a kind of limit or measure that is not in the schema (warning).
"""

import re

from wirelore import Exchange, Headers, Observation, analyzer, protocol

_DIGITS = re.compile(r"[0-9]{1,18}")


@analyzer(about="response", needs={"response-headers"})
def observe(exchange: Exchange) -> Observation | None:
    """Return the rate limits of a response."""
    if exchange.response is None:
        return None
    headers = exchange.response.headers
    limits = _limits(headers)
    retry_after = headers.all("retry-after")
    if not limits and not retry_after:
        return None
    above = [stated["kind"] for stated in limits if _is_above(stated)]
    observation: Observation = {"operation": exchange.operation, "limits": limits, "above_limit": above}
    if retry_after:
        observation["retry_after"] = _value(retry_after)
    return observation


def _limits(headers: Headers) -> list[Observation]:
    prefix = protocol().rate_limit_prefix
    by_kind: dict[str, Observation] = {}
    for name in sorted({name.lower() for name, _ in headers}):
        if name.startswith(prefix):
            kind, _, measure = name.removeprefix(prefix).rpartition("-")
            by_kind.setdefault(kind, {})[measure] = _value(headers.all(name))
    return [{**by_kind[kind], "kind": kind} for kind in sorted(by_kind)]


def _is_above(stated: Observation) -> bool:
    limit, remaining = stated.get("limit"), stated.get("remaining")
    return isinstance(limit, int) and isinstance(remaining, int) and remaining > limit


def _value(values: list[str]) -> int | str:
    """Return the value of a header; several lines with one name are joined with commas (RFC 9110, 5.3)."""
    text = ", ".join(values).strip()
    return int(text) if _DIGITS.fullmatch(text) else text
