"""Beta flags: the table of flags over versions, models and operations."""
