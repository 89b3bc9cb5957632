"""The HTTP service and the one-file page."""
