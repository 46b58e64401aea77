"""The Markdown report and the changelog."""
