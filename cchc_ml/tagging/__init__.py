"""Tagging rows and files, and writing the results."""
