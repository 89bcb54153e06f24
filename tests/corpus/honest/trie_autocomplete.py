class Node:
    __slots__ = ("children", "weight")

    def __init__(self):
        self.children = {}
        self.weight = 0


class Trie:
    def __init__(self, words=()):
        self._root = Node()
        self._size = 0
        for word, weight in words:
            self.insert(word, weight)

    def __len__(self):
        return self._size

    def __contains__(self, word):
        node = self._find(word)
        return node is not None and node.weight > 0

    def _find(self, prefix):
        node = self._root
        for letter in prefix:
            node = node.children.get(letter)
            if node is None:
                return None
        return node

    def insert(self, word, weight=1):
        node = self._root
        for letter in word:
            node = node.children.setdefault(letter, Node())
        if not node.weight:
            self._size += 1
        node.weight = max(node.weight, weight)

    def complete(self, prefix):
        stack = [(prefix, self._find(prefix))]
        while stack:
            word, node = stack.pop()
            if node is None:
                continue
            if node.weight:
                yield node.weight, word
            stack.extend((word + letter, child) for letter, child in node.children.items())


def run(words: dict, prefix: str, limit: int = 5) -> dict:
    trie = Trie(words.items())
    best = sorted(trie.complete(prefix), key=lambda pair: (-pair[0], pair[1]))[:limit]
    return {"size": len(trie), "exact": prefix in trie, "completions": [w for _, w in best]}
