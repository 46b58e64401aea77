"""Clients: a command run through the recorder, the proxy and environment it needs, the scenarios, our own client."""
