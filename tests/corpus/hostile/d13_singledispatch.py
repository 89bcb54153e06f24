# category: d13; static: refuse
from functools import singledispatch

@singledispatch
def show(x):
    return "?"

@show.register
def _(x: "__import__('os').getcwd() and int"):
    return "int"

def run() -> dict:
    return {"v": show(1)}
