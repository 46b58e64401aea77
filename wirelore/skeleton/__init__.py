"""Skeleton copies: a capture with its structure, names, sizes and times, without any content."""
