"""The library: what `import wirelore` gives to a Python program. The names are those of `wirelore.__all__`."""
