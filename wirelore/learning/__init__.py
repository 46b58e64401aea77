"""Learning: schemas widened until the observations of a capture pass, in any order with the same bytes."""
