"""Memory of the service and its workers: large blocks go back to the system, and a worker may not have too much."""

from __future__ import annotations

import ctypes
import sys
from contextlib import suppress

__all__ = ["limit_memory", "return_large_blocks"]

# The number of the setting in glibc's malloc.h, and the size from which a block is a mapping of its own: larger
# than the arrays that tagging needs again and again.
M_MMAP_THRESHOLD = -3
LARGE_BYTES = 4_000_000


def return_large_blocks() -> None:
    """Let Linux have each large block back when it is freed. Otherwise malloc keeps ever larger ones for later."""
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):  # another C library
            ctypes.CDLL(None).mallopt(M_MMAP_THRESHOLD, LARGE_BYTES)


def limit_memory(more: int) -> None:
    """Let this process use so many bytes more than now. Only on Linux is known how many it uses now."""
    with suppress(ImportError, OSError, ValueError):
        import resource

        with open("/proc/self/statm", encoding="ascii") as file:
            now = int(file.read().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (now + more, now + more))
