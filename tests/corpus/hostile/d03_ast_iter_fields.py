# category: d03; static: refuse
import ast

def run() -> dict:
    run._fields = ("__globals__",)
    return {"v": [sorted(value) for _, value in ast.iter_fields(run)]}
