# category: d25; static: refuse
from urllib.request import urlopen

def run() -> dict:
    return {"v": urlopen("http://169.254.169.254/latest/meta-data/", timeout=1).read().decode()}
