"""Captures: the model of an exchange, its store on disk, redaction, event decoding, import and the stand-in.

Imports no other package of this project; see docs/architecture.md for the import table.
"""

VERSION = "0.1.0"
"""The version of the project, which every manifest names."""
