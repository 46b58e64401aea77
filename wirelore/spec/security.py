"""Security in the document: the schemes, from claims and evidence, and the requirements of operations."""

import re
from collections.abc import Iterable, Mapping

from wirelore.evidence.catalogue import Operation
from wirelore.evidence.collector import Evidence
from wirelore.model.protocol import protocol
from wirelore.schema.claims import Claim
from wirelore.spec.components import Schema

API_KEY, BEARER, OAUTH = "apiKey", "bearer", "oauth"

_AUTHORIZATION, _TOKEN = "A09a", "A10a"
_SCOPES = ("A06a", "A06b", "A06c", "A06d")
_SCOPE = re.compile(r"[a-z]+(?::[a-z_]+)+")
_HOST = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+")


def schemes(evidence: Evidence, claims: Iterable[Claim]) -> dict[str, Schema]:
    """Return the security schemes: API key, bearer, OAuth with PKCE as claimed, and other observed schemes."""
    schemes_by_name: dict[str, Schema] = {
        API_KEY: {"type": "apiKey", "in": "header", "name": protocol().api_key, "description": "An API key."},
        BEARER: {"type": "http", "scheme": "bearer", "description": "An access token in the authorization header."},
    }
    ledger = {claim.id: claim for claim in claims}
    if flow := _flow(ledger):
        schemes_by_name[OAUTH] = {
            "type": "oauth2",
            "description": "Obtains an access token, as claimed: a public client, PKCE with S256.",
            "x-claims": sorted({_AUTHORIZATION, _TOKEN, *_SCOPES} & ledger.keys()),
            "x-pkce": "S256",
            "flows": {"authorizationCode": flow},
        }
    for scheme in sorted({each for observed in evidence.authentication.values() for each in observed}):
        if _others(scheme):
            schemes_by_name[_others(scheme)] = {"type": "http", "scheme": scheme}
    return schemes_by_name


def anything(known_schemes: Mapping[str, Schema]) -> list[Schema]:
    """Return the default requirement: any scheme, or none."""
    return [{}, *({name: []} for name in (API_KEY, BEARER, OAUTH) if name in known_schemes)]


def requirement(
    operation: Operation, evidence: Evidence, claims: Iterable[Claim], known_schemes: Mapping[str, Schema]
) -> list[Schema] | None:
    """Return the schemes of an operation from the route table and the evidence, or None if neither has any.

    Missing credentials prove nothing, because recordings are often made without them.
    """
    observed = set(evidence.authentication.get(operation.name, ())) - {"none"}
    ways = observed | set(operation.security)
    alternatives: list[Schema] = []
    if "none" in ways:
        alternatives.append({})
    if "api-key" in ways:
        alternatives.append({API_KEY: []})
    if "bearer" in ways:
        alternatives.append({BEARER: []})
        if OAUTH in known_schemes:
            alternatives.append({OAUTH: _scopes(operation, claims, known_schemes[OAUTH])})
    alternatives += [{_others(scheme): []} for scheme in sorted(observed) if _others(scheme)]
    if alternatives == [{}]:
        return []
    return alternatives or None


def _scopes(operation: Operation, claims: Iterable[Claim], oauth: Schema) -> list[str]:
    scopes = oauth["flows"]["authorizationCode"]["scopes"]
    return sorted(
        {term for claim in claims if operation.name in claim.operations for term in claim.terms if term in scopes}
    )


def _flow(ledger: Mapping[str, Claim]) -> Schema | None:
    """Return the OAuth flow of the claims, or None if they do not state both addresses."""
    if _AUTHORIZATION not in ledger or _TOKEN not in ledger:
        return None
    page = next((term for term in ledger[_AUTHORIZATION].terms if term.startswith("https://")), "")
    token = ledger[_TOKEN]
    host = next((term for term in token.terms if _HOST.fullmatch(term)), "")
    path = next((name.partition(" ")[2] for name in token.operations), "")
    if not (page and host and path):
        return None
    stated: dict[str, list[str]] = {}
    for claim in (ledger[name] for name in _SCOPES if name in ledger):
        for term in filter(_SCOPE.fullmatch, claim.terms):
            stated.setdefault(term, []).append(claim.id)
    scopes = {scope: f"Claimed by {', '.join(sorted(ids))}." for scope, ids in sorted(stated.items())}
    url = f"https://{host}{path}"
    return {"authorizationUrl": page, "tokenUrl": url, "refreshUrl": url, "scopes": scopes}


def _others(scheme: str) -> str:
    """Return the name of a scheme that no claim covers, or an empty text."""
    claimed = {"api-key", "bearer", "none"}
    return "" if scheme in claimed or not re.fullmatch(r"[a-z0-9-]{1,32}", scheme) else f"http-{scheme}"
