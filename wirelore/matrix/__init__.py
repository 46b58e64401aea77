"""The matrix: clients, their versions and the scenarios that they are run through."""
