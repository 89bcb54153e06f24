# category: d30; static: refuse
def run(name: str) -> dict:
    from pip._internal import main
    return {"status": main(["install", name])}
