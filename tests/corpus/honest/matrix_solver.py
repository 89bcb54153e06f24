from dataclasses import dataclass
from fractions import Fraction


@dataclass
class Matrix:
    rows: list

    @classmethod
    def parse(cls, values):
        return cls([[Fraction(str(v)) for v in row] for row in values])

    @property
    def size(self):
        return len(self.rows), len(self.rows[0])

    def swap(self, i, j):
        self.rows[i], self.rows[j] = self.rows[j], self.rows[i]

    def determinant(self):
        m = Matrix([list(r) for r in self.rows])
        n, cols = m.size
        if n != cols:
            raise ValueError("The matrix is not square.")
        det = Fraction(1)
        for c in range(n):
            pivot = next((r for r in range(c, n) if m.rows[r][c] != 0), None)
            if pivot is None:
                return Fraction(0)
            if pivot != c:
                m.swap(pivot, c)
                det = -det
            det *= m.rows[c][c]
            for r in range(c + 1, n):
                factor = m.rows[r][c] / m.rows[c][c]
                m.rows[r] = [a - factor * b for a, b in zip(m.rows[r], m.rows[c])]
        return det


def run(matrix: list) -> dict:
    det = Matrix.parse(matrix).determinant()
    return {"determinant": float(det), "exact": str(det)}
