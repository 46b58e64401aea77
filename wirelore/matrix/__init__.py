"""Recording clients in scenarios: the matrix of versions and scenarios, the sample client, the committed samples."""
