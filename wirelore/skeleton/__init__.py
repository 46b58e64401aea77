"""Skeleton copies (receipts): captures with their structure, names, sizes and times, but without content."""
