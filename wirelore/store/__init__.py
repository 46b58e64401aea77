"""The store: writing, reading, checking and repairing captures on disk."""
