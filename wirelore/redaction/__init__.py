"""Redaction: secrets replaced by keyed pseudonyms before anything reaches the disk."""
