"""Comparison: how two sets of captures or two folders of schemas differ, without the noise."""
