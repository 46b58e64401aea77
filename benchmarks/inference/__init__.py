"""Quality of learned schemas: `python -m benchmarks.inference` prints four tables of docs/measured.md."""
