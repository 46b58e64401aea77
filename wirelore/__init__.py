"""Wirelore: records what the Claude CLI says on the wire, checks it against JSON Schemas, writes down what is true."""
