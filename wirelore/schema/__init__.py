"""Schemas: the packaged JSON Schemas and tables loaded, compiled and asked."""
