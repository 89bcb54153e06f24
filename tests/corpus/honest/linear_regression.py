import statistics
from math import sqrt


def run(x: list, y: list) -> dict:
    if len(x) != len(y) or len(x) < 3:
        raise ValueError("x and y need the same length, at least 3")
    slope, intercept = statistics.linear_regression(x, y)
    residuals = [b - (slope * a + intercept) for a, b in zip(x, y, strict=True)]
    error = sqrt(sum(r * r for r in residuals) / (len(x) - 2))
    return {
        "slope": slope,
        "intercept": intercept,
        "r": statistics.correlation(x, y),
        "standard_error": error,
        "equation": "y = %.4f * x + %.4f" % (slope, intercept),
    }
