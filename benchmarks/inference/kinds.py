"""The kinds of corruption by name."""

from benchmarks.inference import head_corruptions as head
from benchmarks.inference import json_corruptions as document
from benchmarks.inference import stream_corruptions as stream
from benchmarks.inference.corruption import Kind

IN_DOCUMENTS: dict[str, document.Edits] = {
    "required field dropped": document.dropped,
    "field renamed": document.renamed,
    "type changed": document.retyped,
    "null where never null": document.nulled,
    "unknown discriminator": document.unknown_type,
    "number as string": document.quoted_number,
    "boolean as string": document.quoted_boolean,
    "integer as fraction": document.fraction,
    "array where object": document.boxed,
    "object where array": document.unboxed,
    "member added": document.member_added,
    "id with another prefix": document.other_prefix,
}
"""The kinds of corruption of JSON documents."""

KINDS: dict[str, Kind] = {
    **{name: document.in_documents(edits) for name, edits in IN_DOCUMENTS.items()},
    "event dropped": stream.in_streams(stream.event_dropped),
    "events swapped": stream.in_streams(stream.swapped),
    "missing message_stop": stream.in_streams(stream.without_stop),
    "second message_start": stream.in_streams(stream.second_start),
    "wrong block index": stream.in_streams(stream.wrong_index),
    "unknown event name": stream.in_streams(stream.unknown_event),
    "event data that is not JSON": stream.in_streams(stream.no_json),
    "JSON body cut short": head.cut_body,
    "error without type": head.error_without_type,
    "unknown request header": head.unknown_header,
    "missing header": head.missing_header,
    "unknown beta flag": head.unknown_flag,
    "unknown operation": head.unknown_operation,
    "unknown query parameter": head.unknown_parameter,
}
"""All kinds of corruption, in the order of the table."""
