import re

KEYWORDS = """select from where and or inner left right join on group by order having limit offset insert into
values update set delete as distinct union all""".split()
BREAK_BEFORE = {"from", "where", "join", "inner", "left", "right", "group", "order", "having", "limit", "union", "and", "or"}
TOKEN = re.compile(r"'(?:[^']|'')*'|\"[^\"]*\"|\w+|[^\w\s]")


def run(sql: str, upper: bool = True, indent: int = 2) -> dict:
    out, line = [], []
    for token in TOKEN.findall(sql):
        word = token.lower()
        if word in BREAK_BEFORE and line and line[-1].lower() not in ("left", "right", "inner"):
            out.append(" ".join(line))
            line = []
        line.append(token.upper() if upper and word in KEYWORDS else token)
    if line:
        out.append(" ".join(line))
    pad = " " * indent
    text = "\n".join((pad if row.split()[0].lower() in ("and", "or") else "") + row for row in out)
    return {"sql": re.sub(r"\s+([,;)])", r"\1", text).replace("( ", "(")}
