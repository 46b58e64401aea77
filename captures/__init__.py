"""Captures: the model of an exchange, its store on disk, redaction, event decoding, import and the stand-in.

Imports no other package of this project; see docs/architecture.md for the import table.
"""
