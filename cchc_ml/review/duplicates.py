"""Near-duplicates: texts that share almost all their wording."""

from __future__ import annotations

from typing import Any

from ..files import require_extra
from ..messages import message

__all__ = ["NearDuplicates"]

# Two texts are near-duplicates where their sets of three syllables in a row overlap by this much (Jaccard), as
# estimated with so many permutations (Broder, 1997).
SAME = 0.8
PERMUTATIONS = 128
SYLLABLES = 3


class NearDuplicates:
    """Texts, numbered from 0 as they are added, among which near-duplicates of a text can be looked up.

    Raises
    ------
    ImportError
        datasketch is not installed (extra ``review``).

    Examples
    --------
    >>> texts = NearDuplicates()
    >>> texts.add("Xã trả hồ sơ trước hạn cho người dân."), texts.add("Trời hôm nay có mưa ở nhiều nơi.")
    (0, 1)
    >>> texts.like("Xã trả hồ sơ trước hạn cho  người dân.")
    [0]
    """

    def __init__(self) -> None:
        self._datasketch: Any = require_extra("datasketch", "review", message("finding near-duplicates"))
        self._index = self._datasketch.MinHashLSH(threshold=SAME, num_perm=PERMUTATIONS)
        self._sketches: list[Any] = []

    def _sketch(self, text: str) -> Any:
        sketch = self._datasketch.MinHash(num_perm=PERMUTATIONS, seed=1)
        syllables = text.casefold().split()
        sketch.update_batch(
            [
                " ".join(syllables[i : i + SYLLABLES]).encode("utf8", "surrogatepass")
                for i in range(max(1, len(syllables) - SYLLABLES + 1))
            ]
        )
        return sketch

    def _like(self, sketch: Any) -> list[int]:
        # The index proposes; the estimate decides.
        return sorted(key for key in self._index.query(sketch) if sketch.jaccard(self._sketches[key]) >= SAME)

    def _add(self, sketch: Any) -> int:
        key = len(self._sketches)
        self._index.insert(key, sketch)
        self._sketches.append(sketch)
        return key

    def like(self, text: str) -> list[int]:
        """Return the numbers of the added texts that are near-duplicates of a text."""
        return self._like(self._sketch(text))

    def add(self, text: str) -> int:
        """Add a text; return its number."""
        return self._add(self._sketch(text))

    def add_if_new(self, text: str) -> bool:
        """Add a text if it is no near-duplicate of another; return whether it was added."""
        sketch = self._sketch(text)
        if self._like(sketch):
            return False
        self._add(sketch)
        return True

    def add_and_find(self, text: str) -> list[int]:
        """Add a text; return the numbers of the texts before it that are its near-duplicates."""
        sketch = self._sketch(text)
        found = self._like(sketch)
        self._add(sketch)
        return found
