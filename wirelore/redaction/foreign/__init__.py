"""Redaction of files in foreign formats, with their structure kept."""
