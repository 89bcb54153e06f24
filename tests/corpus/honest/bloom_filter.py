import hashlib
import math
from array import array


class Bloom:
    def __init__(self, capacity: int, error: float = 0.01):
        self.bits = max(8, math.ceil(-capacity * math.log(error) / math.log(2) ** 2))
        self.hashes = max(1, round(self.bits / capacity * math.log(2)))
        self._data = array("B", bytes((self.bits + 7) // 8))

    def _positions(self, item: str):
        digest = hashlib.sha256(item.encode()).digest()
        a, b = int.from_bytes(digest[:8], "big"), int.from_bytes(digest[8:16], "big")
        return ((a + i * b) % self.bits for i in range(self.hashes))

    def add(self, item: str) -> None:
        for p in self._positions(item):
            self._data[p >> 3] |= 1 << (p & 7)

    def __contains__(self, item: str) -> bool:
        return all(self._data[p >> 3] >> (p & 7) & 1 for p in self._positions(item))


def run(items: list, queries: list, error: float = 0.01) -> dict:
    bloom = Bloom(max(len(items), 1), error)
    for item in items:
        bloom.add(item)
    return {"answers": {q: q in bloom for q in queries}, "bits": bloom.bits, "hashes": bloom.hashes}
