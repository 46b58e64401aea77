"""The replay server: it replays a capture on loopback, with the recorded pace, and injects faults on request."""
