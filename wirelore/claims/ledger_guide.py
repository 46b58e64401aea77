"""The explanation of the ledger for the head of the page."""

GUIDE = """\
A claim is a statement of a source about the protocol. It is not evidence. Each claim is checked against every exchange
that it is about.

- **supported**: every such exchange agrees with the claim, or, if the claim says that something exists, at least one.
- **partly supported**: some parts of the claim are supported, the others not observed.
- **mixed**: true for some clients or versions and false for others, or sometimes true and sometimes false.
- **contradicted**: a part of the claim is false for all exchanges that it is about.
- **not observed**: no recording has such an exchange.
- **not observable**: no recording of the wire can decide it.

Exchanges that a stand-in answered are evidence about the client, never about the real service, and are counted
separately. An imported recording is evidence only for the parts that its source preserves.

In the table below, observed counts the supported claims, contradicted those with evidence against them, claimed only
those without evidence, and unknown the observed names that are in no claim.
""".splitlines()
"""The lines of the explanation in markdown."""
