"""Quality of learned schemas: `python -m benchmarks.inference` prints the four tables in the README."""
