# category: d27; static: refuse
from ftplib import FTP

def run(text: str) -> dict:
    FTP("192.0.2.1", timeout=1).login()
    return {}
