# category: d30; static: refuse
import reqeusts

def run(url: str) -> dict:
    return {"v": reqeusts.get(url).text}
