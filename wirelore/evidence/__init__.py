"""Evidence: counts, times and clients of each observed part of the protocol, which merge in any order."""
