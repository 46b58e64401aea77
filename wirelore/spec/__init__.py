"""The OpenAPI document, and how far it describes the traffic."""
