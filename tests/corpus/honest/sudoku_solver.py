from itertools import product


def candidates(board, r, c):
    used = set(board[r]) | {board[i][c] for i in range(9)}
    br, bc = r // 3 * 3, c // 3 * 3
    used |= {board[br + i][bc + j] for i, j in product(range(3), repeat=2)}
    return [n for n in range(1, 10) if n not in used]


def solve(board):
    empty = [(len(candidates(board, r, c)), r, c) for r, c in product(range(9), repeat=2) if board[r][c] == 0]
    if not empty:
        return True
    _, r, c = min(empty)
    for n in candidates(board, r, c):
        board[r][c] = n
        if solve(board):
            return True
    board[r][c] = 0
    return False


def run(board: list) -> dict:
    grid = [list(row) for row in board]
    return {"solved": solve(grid), "board": grid}
