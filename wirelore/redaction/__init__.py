"""Redaction: replaces secrets by keyed pseudonyms before anything is written to disk."""
