"""The version of the project, which manifests name."""

VERSION = "0.1.0"
