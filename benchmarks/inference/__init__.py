"""How far learned schemas can be trusted: `python -m benchmarks.inference` prints the four tables of the README."""
