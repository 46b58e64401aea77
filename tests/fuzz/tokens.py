"""Tokens of the formats that the targets read, for both fuzzing engines."""

TOKENS = [b'"', b"\\", b"{", b"}", b"[", b"]", b":", b",", b"\n", b"\r\n", b"\0", b"\xff", b"-1", b"1e999", b"null"]
TOKENS += [b"99999999:", b"9" * 30, b"\\ud800", b"../", b"*a", b"&a ", b"!!binary ", b"data:"]
TOKENS += [b"\x1f\x8b", b"\xef\xbb\xbf"]
"""Tokens that start formats or break readers."""
