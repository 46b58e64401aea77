"""Corruptions of headers and targets, and bodies that are no longer JSON."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

from benchmarks.inference.corruption import EVIDENCE, Corruption, Mark, Training
from benchmarks.inference.documents import documents, with_body
from wirelore.model.exchange import Exchange, Headers
from wirelore.model.routes import packaged

_FLAGS = "anthropic-beta"


def unknown_header(exchange: Exchange, training: Training) -> Iterator[Corruption]:
    """Add an unknown header to the request."""
    if _has_head(exchange) and training.heads.knows(exchange.operation):
        lines = (*exchange.request.headers.lines, ("X-Wirelore-Unknown", "1"))
        marks = frozenset({Mark("request-headers", None, "/headers/x-wirelore-unknown")})
        yield Corruption(exchange.operation, marks, partial(_with_lines, exchange, lines))


def missing_header(exchange: Exchange, training: Training) -> Iterator[Corruption]:
    """Remove a header that this client always sent with this operation in training.

    Without its user agent a request belongs to another client, so that header must be required there too.
    """
    if _has_head(exchange):
        sent = {name.lower() for name, _ in exchange.request.headers}
        for name in sorted(sent & training.heads.always(exchange, EVIDENCE)):
            lines = tuple(line for line in exchange.request.headers if line[0].lower() != name)
            spoilt = _with_lines(exchange, lines)
            if not training.heads.had_without(name, spoilt):
                marks = frozenset({Mark("request-headers", None, f"/headers/{name}")})
                yield Corruption(f"{exchange.operation} {name}", marks, partial(_with_lines, exchange, lines))


def unknown_flag(exchange: Exchange, training: Training) -> Iterator[Corruption]:
    """Add an unknown beta flag to the request."""
    if _has_head(exchange) and training.heads.knows(exchange.operation):
        known = [flag for value in exchange.request.headers.all(_FLAGS) for flag in value.split(",") if flag.strip()]
        lines = (*exchange.request.headers.lines, (_FLAGS, "wirelore-unknown-2026-01-01"))
        marks = frozenset({Mark("beta-flags", None, f"/flags/{len(known)}")})
        place = f"{exchange.operation} {'with' if known else 'without'} other flags"
        yield Corruption(place, marks, partial(_with_lines, exchange, lines))


def unknown_operation(exchange: Exchange, training: Training) -> Iterator[Corruption]:
    """Change the path to one that does not occur in training."""
    if "request" not in exchange.absent and training.heads.knows(exchange.operation):
        path = exchange.request.path + "/wirelore"
        marks = frozenset({Mark("operations", None, "/operation")})
        yield Corruption(exchange.operation, marks, partial(_with_target, exchange, path))


def unknown_parameter(exchange: Exchange, training: Training) -> Iterator[Corruption]:
    """Add a query parameter that no request of this operation had."""
    if "request" not in exchange.absent and training.heads.knows(exchange.operation):
        target = f"{exchange.request.target}{'&' if exchange.request.query else '?'}wirelore=1"
        marks = frozenset({Mark("parameters", None, "/query/wirelore")})
        yield Corruption(exchange.operation, marks, partial(_with_target, exchange, target))


def cut_body(exchange: Exchange, _: Training) -> Iterator[Corruption]:
    """Truncate a JSON body in the middle."""
    for document in documents(exchange):
        analyzer = document.lesson.analyzer
        if document.lesson.item is None and analyzer in ("request-bodies", "response-bodies"):
            side = "request" if analyzer == "request-bodies" else "response"
            message = exchange.request if side == "request" else exchange.response
            assert message is not None
            content = message.body.read()
            cut = content[: len(content) // 2]
            marks = frozenset({Mark(analyzer, None, "/unreadable")})
            yield Corruption(f"{analyzer} {exchange.operation}", marks, partial(with_body, exchange, cut, side))


def error_without_type(exchange: Exchange, _: Training) -> Iterator[Corruption]:
    """Remove the member `error.type` of an error (claim R01)."""
    for document in documents(exchange):
        if document.lesson.analyzer == "error-bodies":
            body = document.lesson.observation["body"]
            error = body.get("error") if isinstance(body, dict) else None
            if isinstance(error, dict) and "type" in error:
                marks = frozenset({Mark("error-bodies", None, "/body/error/type")})
                place = f"{document.lesson.observation.get('case')}"
                yield Corruption(place, marks, partial(document.changed, ("body", "error", "type"), _remove))


def _has_head(exchange: Exchange) -> bool:
    return not {"request", "request-headers"} & set(exchange.absent)


def _with_lines(exchange: Exchange, lines: tuple[tuple[str, str], ...]) -> Exchange:
    return replace(exchange, request=replace(exchange.request, headers=Headers(lines)))


def _with_target(exchange: Exchange, target: str) -> Exchange:
    request = replace(exchange.request, target=target)
    operation, known = packaged().operation(request.method, request.path)
    return replace(exchange, request=request, operation=operation, known=known)


def _remove(box: Any, key: Any) -> None:
    del box[key]
