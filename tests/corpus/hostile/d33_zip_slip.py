# category: d33; static: refuse
import io
import zipfile

def run(data: str) -> dict:
    with zipfile.ZipFile(io.BytesIO(bytes.fromhex(data))) as z:
        z.extractall("..")
    return {}
