"""The commands of the front door, a module for each kind of use: they parse, call and print; the rest is elsewhere."""
