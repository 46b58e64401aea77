"""Addons: the code that runs inside mitmproxy or reads what it wrote.

mitmdump puts this folder first on its path, so no file here may bear the name of a package or a standard module.
"""
