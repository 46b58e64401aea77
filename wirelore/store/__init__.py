"""The store: a capture on disk, written, read, checked and repaired."""
