"""The commands, grouped by purpose. They parse arguments, call the other packages and print the result."""
