def neighbours(cell):
    x, y = cell
    return {(x + dx, y + dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1)} - {cell}


def step(alive):
    around = set().union(*map(neighbours, alive)) | alive
    return {c for c in around if (n := len(neighbours(c) & alive)) == 3 or (n == 2 and c in alive)}


def run(rows: list, generations: int = 1) -> dict:
    alive = {(x, y) for y, row in enumerate(rows) for x, c in enumerate(row) if c == "#"}
    for _ in range(min(generations, 1000)):
        alive = step(alive)
    if not alive:
        return {"rows": [], "alive": 0}
    xs, ys = zip(*alive)
    return {
        "alive": len(alive),
        "rows": ["".join("#" if (x, y) in alive else "." for x in range(min(xs), max(xs) + 1))
                 for y in range(min(ys), max(ys) + 1)],
    }
