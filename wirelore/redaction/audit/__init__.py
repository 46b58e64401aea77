"""The audit of a capture: checks its integrity and scans it for remaining secrets."""
