# category: d08; static: refuse
import codecs

def run() -> dict:
    exec(codecs.decode("cevag(1)", "rot13"))
    return {}
