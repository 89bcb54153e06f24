from collections import OrderedDict


class LruCache(OrderedDict):
    def __init__(self, capacity, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.capacity = capacity
        self.hits = self.misses = 0

    def __getitem__(self, key):
        value = super().__getitem__(key)
        self.move_to_end(key)
        return value

    def __setitem__(self, key, value):
        super().__setitem__(key, value)
        self.move_to_end(key)
        while len(self) > self.capacity:
            self.popitem(last=False)


def run(capacity: int, requests: list) -> dict:
    cache = LruCache(capacity)
    for key in requests:
        try:
            cache[key] += 1
            cache.hits += 1
        except KeyError:
            cache.misses += 1
            cache[key] = 1
    return {"hits": cache.hits, "misses": cache.misses, "kept": list(cache)}
