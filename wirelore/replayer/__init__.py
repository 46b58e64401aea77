"""The replay server: it answers on loopback as a capture has it, with its pace, and with faults on request."""
