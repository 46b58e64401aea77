"""Evidence: how often, when and by which clients each part of the protocol was seen; counts merge in any order."""
