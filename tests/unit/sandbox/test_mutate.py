"""One small change at a time, told in words; the same sample for the same digest; nothing for what no trial can see."""

import ast

import pytest

from cupel_sandbox.mutate import mutants, sample

# fmt: off
CHANGES = {
    "a bound":              ("def run(n):\n    return {} if n < 9 else {}\n", ["< -> <=", "< -> >=", "9 -> 10"]),
    "a sum":                ("def run(n):\n    n = n + n\n", ["+ -> -"]),
    "a sum in place":       ("def run(n):\n    n += n\n", ["+ -> -"]),
    "a word":               ("def run(n):\n    n = 'a'\n", ["'a' -> 'a~'"]),
    "a flag":               ("def run(n):\n    n = True\n", ["True -> False"]),
    "what is returned":     ("def run(n):\n    return n\n", ["returned value -> None"]),
    "and":                  ("def run(n):\n    n = n and n\n", ["and -> or"]),
    "membership":           ("def run(n):\n    n = n in n\n", ["in -> not in"]),
    "a loop":               ("def run(n):\n    while n:\n        pass\n", ["condition -> its negation"]),
    "nothing: a docstring": ('def run(n):\n    """Says 1."""\n', []),
    "nothing: annotations": ("def run(n: 'int', *, m: 'int' = None) -> 'dict':\n    k: 'int' = n\n", []),
    "nothing: an error":    ("def run(n):\n    raise ValueError('n' + str(1))\n", []),
    "nothing: of f-strings": ("def run(n):\n    n = f'a {n} b'\n", []),
    "nothing: None":        ("def run(n):\n    n = None\n", []),
    "nothing: headers":     (
        "def run(ctx, /, n):\n    h = {'a': 'b'}\n    h['c'] = 'd' + n\n    ctx.http.get(n, headers=h)\n"
        "    ctx.http.get(n, headers={'a': 'b'})\n", []),
}
# fmt: on


@pytest.mark.parametrize(("code", "wanted"), CHANGES.values(), ids=CHANGES)
def test_the_changes_of(code, wanted):
    found = [each.change for each in mutants(code, egress=True)]

    assert [change for change in found if change in wanted] == wanted
    assert bool(found) == bool(wanted)


def test_each_is_one_change_and_leaves_the_next_alone():
    code = "def run(n):\n    if n > 1 and n != 3:\n        return {'n': n * 2}\n    return {'n': 'none'}\n"
    plain = ast.unparse(ast.parse(code))
    made = [each.code() for each in mutants(code, egress=True)]

    assert plain not in made
    assert len(set(made)) == len(made)
    assert {each.line for each in mutants(code, egress=True)} == {2, 3, 4}
    assert [each.code() for each in mutants(code, egress=True)] == made


def test_a_sample_is_drawn_by_the_digest():
    code = f"def run(n):\n    return {{'n': {' + '.join(map(str, range(50)))}}}\n"

    def drawn(digest):
        total, chosen = sample(code, digest, 10, egress=False)
        return total, [(each.line, each.change) for each in chosen]

    assert drawn("sha256-a") == drawn("sha256-a") != drawn("sha256-b")
    assert (len(drawn("sha256-a")[1]), drawn("sha256-a")[0]) == (10, 101)


def test_what_cannot_be_written_down_is_said():
    code = "def run(n):\n    return {'n': f\"{n['a']}\"}\n"
    (quoted,) = [each for each in mutants(code, egress=True) if each.change.startswith("'a'")]

    assert "a~" in quoted.code()


HEADERS = "def run({}n):\n    {}\n    return {{'n': n}}\n"
# fmt: off
HIDDEN = {
    # sentence: parameters before n, statement, whether the tool may call out
    "a function of the tool's own":           ("", "n = work(headers={'a': n + 1})", True),
    "... with the method of another object":  ("ctx, /, ", "n = other.http.get('u', headers={'a': n + 1})", True),
    "a tool that calls nobody":               ("ctx, /, ", "n = ctx.http.get('u', headers={'a': n + 1})", False),
    "a name given within headers":            ("ctx, /, ", "ctx.http.get('u', headers={'a': (n := n + 1)})", True),
    "a variable that code goes on with":      ("ctx, /, ", "h = {'a': n + 1}; ctx.http.get('u', headers=h); n = h['a']", True),
    "a variable of a function of its own":    ("ctx, /, ", "h = {'a': n + 1}; n = work(headers=h)", True),
}
# fmt: on


@pytest.mark.parametrize(("before", "statement", "egress"), HIDDEN.values(), ids=HIDDEN)
def test_no_logic_hides_in_headers(before, statement, egress):
    assert "+ -> -" in [each.change for each in mutants(HEADERS.format(before, statement), egress=egress)]


ODD_NUMBERS = {
    "too long for decimals": "0x" + "f" * 3_700,
    "long in decimals": "9" * 3_700,
    "infinite": "1e999",
    "too large to hold one more": "1e30",
}


@pytest.mark.parametrize("number", ODD_NUMBERS.values(), ids=ODD_NUMBERS)
def test_one_odd_number_ends_no_list(number):
    code = f"def run(n):\n    n = n * {number}\n    return {{'n': n + 1}}\n"
    made = {each.change: each.code() for each in mutants(code, egress=False)}

    assert {"+ -> -", "1 -> 2", "* -> /", "returned value -> None"} <= set(made)
    for changed in made.values():
        compile(changed, "<mutant>", "exec")
    assert not [change for change in made if change.startswith(number[:9])]
