"""The audit of a capture: whether it is whole, and whether anything in it still looks like a secret."""
