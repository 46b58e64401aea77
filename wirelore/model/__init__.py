"""The model of an exchange: requests, responses, headers, bodies, server-sent events, content-encodings, routes."""
