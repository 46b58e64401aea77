"""Claims: the ledger of statements about the protocol, and the verdict of the captures on each."""
