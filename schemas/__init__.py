"""Schemas: what is known of the protocol, kept as data, with the code that loads and widens it.

The folder holds the route table (routes.json), the claims ledger (claims/, one file per area), the programs that are
known under several user agents (programs.json), the JSON Schemas of observations and bodies, and the meta-schemas of
table and ledger (routes.schema.json, claims.schema.json).

It may not know where an observation comes from: nothing here imports another package of this project, or reads an
exchange, a capture or the network. A fact is written here only with the claim, recording or capture that states it.
"""
