"""The OpenAPI document, and its coverage of the traffic."""
