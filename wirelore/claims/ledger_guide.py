"""How to read the ledger: what its words mean, for the head of the page."""

GUIDE = """\
A claim is what a source says about the protocol; it is no evidence. Each is held against every exchange that it is
about.

- **supported**: every such exchange is as the claim says, or, of what is said to exist, one was seen.
- **partly supported**: some parts of the claim are, and no recording shows the others.
- **mixed**: true for some clients or versions and false for others, or sometimes true and sometimes not.
- **contradicted**: no exchange that one of its parts is about is as it says.
- **not observed**: no recording shows such an exchange.
- **not observable**: no recording of the wire can show it.

What a stand-in answered is evidence of what a client does, never of what the real service does: such exchanges are
counted apart. An imported recording is evidence of what its source tells, and of nothing that it leaves out.

In the table below, observed are the claims that recordings speak for, contradicted those that they speak against,
claimed only those of which no recording has shown anything, and unknown what recordings show and no claim names.
""".splitlines()
"""The lines of the explanation, markdown."""
