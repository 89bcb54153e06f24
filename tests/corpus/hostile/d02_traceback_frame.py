# category: d02; static: refuse
def run() -> dict:
    try:
        raise ValueError("x")
    except ValueError as e:
        frame = e.__traceback__.tb_frame
    return {"globals": sorted(frame.f_globals)}
