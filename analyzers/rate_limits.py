"""Rate limits: how much more may be requested, and when the limits are reset.

Why it matters
    Clients slow down, wait and warn by these numbers. A gateway that drops or rewrites them makes clients run into
    refusals, or wait for nothing.
What is observed
    Per response the limits that `anthropic-ratelimit-<kind>-<measure>` headers state (claim H06), sorted by kind, and
    what `retry-after` asks for (RFC 9110, 10.2.3): digits as a number, any other value as sent. And the kinds of which
    more remains than the limit.
What is a finding
    More remaining than the limit (error). A limit or rest that is not a number, a reset that is not a time as in RFC
    3339, a `retry-after` of another form, a kind of limit or a measure that the schema does not list (warning).
"""

import re

from wirelore import Exchange, Headers, Observation, analyzer, protocol

_DIGITS = re.compile(r"[0-9]{1,18}")


@analyzer(about="response", needs={"response-headers"})
def observe(exchange: Exchange) -> Observation | None:
    """The limits that the response states."""
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
    """The value of a header; several lines of one name are one value with commas (RFC 9110, 5.3)."""
    text = ", ".join(values).strip()
    return int(text) if _DIGITS.fullmatch(text) else text
