"""The recorder: the addon for mitmproxy, the process that writes, the proxy and the environment of a client."""
