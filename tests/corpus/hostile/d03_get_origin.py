# category: d03; static: refuse
from typing import get_origin

def run(x: type[int]) -> dict:
    return {"v": str(get_origin(type[int]))}
