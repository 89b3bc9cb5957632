"""What one request, one client and all of them together may ask of the service."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Limits"]


@dataclass(frozen=True)
class Limits:
    """What the service accepts. More is refused.

    Attributes
    ----------
    body_bytes : int
        Size of the body of a request, also after it is unpacked.
    texts : int
        Number of texts in a request.
    text_chars : int
        Length of a text.
    paragraphs : int
        Number of paragraphs in an article.
    answer_bytes : int
        Size of an answer.
    chunks : int
        Number of chunks of a body.
    head_bytes : int
        Size of the request line and the headers.
    seconds : float
        Time for a body to arrive, and again for the work on it.
    head_seconds : float
        Time for the request line and the headers to arrive.
    idle_seconds : float
        Time that a connection may wait between two requests.
    grace_seconds : float
        Time for the requests in progress when the service is told to stop.
    concurrent : int
        Number of requests that are received or worked on at the same time.
    concurrent_per_client : int
        The same, of one client address.
    held_bytes : int
        Size of all bodies that are received or worked on at the same time.
    connections : int
        Number of open connections. One client address may have half of them.
    worker_bytes : int
        Memory that a worker process may use in addition to what it needs when it starts.
    """

    body_bytes: int = 10_000_000
    texts: int = 1_000
    text_chars: int = 100_000
    paragraphs: int = 5_000
    answer_bytes: int = 32_000_000
    chunks: int = 16_384
    head_bytes: int = 32_768
    seconds: float = 30
    head_seconds: float = 10
    idle_seconds: float = 15
    grace_seconds: float = 10
    concurrent: int = 128
    concurrent_per_client: int = 64
    held_bytes: int = 100_000_000
    connections: int = 512
    worker_bytes: int = 1_000_000_000
