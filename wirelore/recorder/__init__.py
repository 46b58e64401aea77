"""The recorder: the mitmproxy addon, the process that writes the capture, the proxy and the client's environment."""
