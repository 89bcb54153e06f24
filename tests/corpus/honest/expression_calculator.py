"""A safe calculator: a small recursive-descent parser."""
import math
import operator


class Parser:
    FUNCTIONS = {"sqrt": math.sqrt, "sin": math.sin, "cos": math.cos, "log": math.log, "abs": abs}
    CONSTANTS = {"pi": math.pi, "e": math.e}
    BINARY = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv}

    def __init__(self, text):
        self.tokens = self._tokenize(text)
        self.pos = 0

    @staticmethod
    def _tokenize(text):
        tokens, i = [], 0
        while i < len(text):
            c = text[i]
            if c.isspace():
                i += 1
            elif c.isdigit() or c == ".":
                j = i
                while j < len(text) and (text[j].isdigit() or text[j] == "."):
                    j += 1
                tokens.append(float(text[i:j]))
                i = j
            elif c.isalpha():
                j = i
                while j < len(text) and text[j].isalnum():
                    j += 1
                tokens.append(text[i:j])
                i = j
            elif c in "+-*/()^":
                tokens.append(c)
                i += 1
            else:
                raise ValueError(f"Unexpected character {c!r} at {i}")
        return tokens

    def peek(self):
        return self.tokens[self.pos] if self.pos < len(self.tokens) else None

    def take(self):
        token = self.peek()
        self.pos += 1
        return token

    def expression(self):
        value = self.term()
        while self.peek() in ("+", "-"):
            value = self.BINARY[self.take()](value, self.term())
        return value

    def term(self):
        value = self.factor()
        while self.peek() in ("*", "/"):
            value = self.BINARY[self.take()](value, self.factor())
        return value

    def factor(self):
        base = self.unary()
        if self.peek() == "^":
            self.take()
            return base ** self.factor()
        return base

    def unary(self):
        if self.peek() == "-":
            self.take()
            return -self.unary()
        return self.atom()

    def atom(self):
        token = self.take()
        if isinstance(token, float):
            return token
        if token == "(":
            value = self.expression()
            if self.take() != ")":
                raise ValueError("Missing )")
            return value
        if token in self.CONSTANTS:
            return self.CONSTANTS[token]
        if token in self.FUNCTIONS:
            if self.take() != "(":
                raise ValueError(f"{token} needs parentheses")
            value = self.expression()
            if self.take() != ")":
                raise ValueError("Missing )")
            return self.FUNCTIONS[token](value)
        raise ValueError(f"Unexpected {token!r}")


def run(expression: str) -> dict:
    parser = Parser(expression)
    value = parser.expression()
    if parser.peek() is not None:
        raise ValueError(f"Unexpected {parser.peek()!r}")
    return {"value": value}
