# category: d33; static: refuse
import configparser
from operator import methodcaller
def run() -> dict:
    p = configparser.ConfigParser()
    try:
        methodcaller("read", "/etc/passwd")(p)
    except configparser.Error as e:
        return {"x": str(e)[:200]}
    return {}
