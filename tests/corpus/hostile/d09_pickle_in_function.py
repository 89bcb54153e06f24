# category: d09; static: refuse
def run(data: str) -> dict:
    from pickle import Unpickler
    import io
    return {"v": Unpickler(io.BytesIO(data.encode("latin-1"))).load()}
