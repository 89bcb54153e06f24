# category: d15; static: refuse
def run(x: int) -> dict:
    note = "a plain note about the number";                                                                                                                        x = -x
    return {"x": x, "note": note}
