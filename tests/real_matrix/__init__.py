"""The matrix over versions of the real CLI: slow, marked `matrix`, run by `make test-matrix`."""
