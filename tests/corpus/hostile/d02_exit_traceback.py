# category: d02; static: refuse
class Watch:
    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        self.found = trace.tb_frame.f_back.f_builtins
        return True

def run() -> dict:
    w = Watch()
    with w:
        raise KeyError("k")
    return {"n": len(w.found)}
