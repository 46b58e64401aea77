"""Analysis: the contract of an analyzer, the check of observations against schemas, and findings in every format."""
