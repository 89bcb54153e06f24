# category: d15; static: refuse
def run(x: int) -> dict:
    if x > 3:                                                                                                                                                                                                                                                          x = x * 1000
    return {"x": x}
