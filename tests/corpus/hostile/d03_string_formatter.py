# category: d03; static: refuse
import string

def run(template: str) -> dict:
    return {"out": string.Formatter().format(template, run)}
