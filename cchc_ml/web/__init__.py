"""The HTTP service and the offline page."""
