"""Redaction of files in the formats of other tools, keeping their structure."""
