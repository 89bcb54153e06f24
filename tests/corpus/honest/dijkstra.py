import heapq
from collections import defaultdict
from math import inf


def build(edges, directed):
    graph = defaultdict(list)
    for edge in edges:
        a, b, w = edge["from"], edge["to"], edge.get("weight", 1)
        if w < 0:
            raise ValueError("Negative weights are not supported.")
        graph[a].append((b, w))
        if not directed:
            graph[b].append((a, w))
    return graph


def run(edges: list, start: str, goal: str, directed: bool = False) -> dict:
    graph = build(edges, directed)
    best = {start: 0}
    came = {}
    heap = [(0, start)]
    while heap:
        cost, node = heapq.heappop(heap)
        if node == goal:
            break
        if cost > best.get(node, inf):
            continue
        for nxt, weight in graph[node]:
            total = cost + weight
            if total < best.get(nxt, inf):
                best[nxt] = total
                came[nxt] = node
                heapq.heappush(heap, (total, nxt))
    if goal not in best:
        return {"reachable": False, "path": [], "cost": None}
    path = [goal]
    while path[-1] != start:
        path.append(came[path[-1]])
    return {"reachable": True, "path": path[::-1], "cost": best[goal]}
