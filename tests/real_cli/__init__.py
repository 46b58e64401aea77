"""Recordings of the real CLI: slow tests, marked `cli`, run by `make test-cli`."""
