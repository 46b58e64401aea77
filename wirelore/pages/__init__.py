"""Pages: the markdown report and the changelog."""
