"""Fuzzing: hostile bytes for everything that reads what a stranger wrote, guided by coverage (make fuzz)."""
