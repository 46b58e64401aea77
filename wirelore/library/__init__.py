"""The Python interface: the functions and classes of `wirelore.__all__`."""
