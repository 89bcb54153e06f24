# category: d03; static: refuse
import email
import copy
from email import policy

def run() -> dict:
    odd = policy.default.clone(**{"__reduce_ex__": lambda p: (dict, ())})
    return {"v": str(copy.copy(odd))}
