"""Reports: what captures and schemas say, written down: findings, markdown, OpenAPI. One writer for each format.

Knows analyzers, captures and schemas; may not know mitmproxy, clients or the command line, and never changes a schema.
"""
