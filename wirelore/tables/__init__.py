"""Data frames of captures."""
