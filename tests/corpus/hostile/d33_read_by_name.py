# category: d33; static: refuse
import configparser
def run() -> dict:
    p = configparser.ConfigParser()
    try:
        getattr(p, "read")("/etc/passwd")
    except configparser.Error as e:
        return {"x": str(e)[:200]}
    return {}
