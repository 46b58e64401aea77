"""The matrix with versions of the real CLI: slow tests, marked `matrix`, run by `make test-matrix`."""
