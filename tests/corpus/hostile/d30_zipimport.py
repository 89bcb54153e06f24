# category: d30; static: refuse
import zipimport

def run(path: str) -> dict:
    return {"v": str(zipimport.zipimporter(path))}
