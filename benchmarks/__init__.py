"""The programs that measure the figures in the documentation; each runs on its own."""
