"""The real CLI through the recorder: slow, marked `cli`, run by `make test-cli`."""
