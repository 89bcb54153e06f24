# category: d33; static: refuse
import configparser
def run() -> dict:
    match configparser.ConfigParser():
        case configparser.ConfigParser(read=r):
            try:
                r("/etc/passwd")
            except configparser.Error as e:
                return {"x": str(e)[:200]}
    return {}
