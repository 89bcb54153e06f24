# category: d03; static: refuse
def run(template: str, values: dict) -> dict:
    return {"out": template.format_map(values)}
