"""Analyzers: each turns an exchange into its observation; the schema of the same name says what that may be.

Knows captures and schemas; may not know mitmproxy, reports or the command line. One public module for each analyzer.
"""
