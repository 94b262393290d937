"""Renders the part of Helm's templates that packaging/chart keeps to.

Actions: if, else, with, range (over a list, or with $key, $value over a map), define, include, comments,
and pipelines of fields (.Values.a, $key, .), texts, whole numbers and the functions below. Anything
else is an error, so the chart cannot grow past what is tested here.

usage: render.py CHART [--release NAME] [--namespace NAME] [VALUES...]
"""

import hashlib
import json
import pathlib
import re
import sys

import yaml

ACTION = re.compile(r"\{\{(-?)\s*(.*?)\s*(-?)\}\}", re.S)
TOKEN = re.compile(r'\s*("(?:[^"\\]|\\.)*"|\||\(|\)|[^\s|()]+)')


class TemplateError(Exception):
    pass


def to_yaml(value):
    if value in ({}, []):
        return json.dumps(value)
    return yaml.safe_dump(value, default_flow_style=False, width=1000, allow_unicode=True).rstrip("\n")


def text_of(value):
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


FUNCTIONS = {
    "toYaml": to_yaml,
    "toJson": lambda value: json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False),
    "sha256sum": lambda value: hashlib.sha256(value.encode()).hexdigest(),
    "nindent": lambda width, value: "\n" + "\n".join(" " * width + line for line in text_of(value).split("\n")),
    "quote": lambda value: json.dumps(text_of(value)),
    "default": lambda other, value: value if value else other,
    "join": lambda between, values: between.join(text_of(one) for one in values),
    "list": lambda *values: list(values),
}


def parse(text):
    """Turns a template into nested lists of ("text", t), ("print", p), ("if", p, a, b), …"""
    pieces = []
    end = 0
    for match in ACTION.finditer(text):
        literal = text[end:match.start()]
        if pieces and pieces[-1][0] == "action" and pieces[-1][2]:
            literal = literal.lstrip()
        if match.group(1):
            literal = literal.rstrip()
        pieces += [("text", literal), ("action", match.group(2), bool(match.group(3)))]
        end = match.end()
    literal = text[end:]
    if pieces and pieces[-1][2]:
        literal = literal.lstrip()
    pieces.append(("text", literal))
    nodes, rest, stop = parse_block(pieces)
    if stop is not None or rest:
        raise TemplateError(f"{stop}: closes nothing")
    return nodes


def parse_block(pieces):
    nodes = []
    while pieces:
        piece, pieces = pieces[0], pieces[1:]
        if piece[0] == "text":
            nodes.append(piece)
            continue
        word, _, rest = piece[1].partition(" ")
        if word in ("end", "else"):
            if rest:
                raise TemplateError(f"{piece[1]}: not in the part of the language that is used")
            return nodes, pieces, word
        if word in ("if", "with", "range", "define"):
            body, pieces, stop = parse_block(pieces)
            other = []
            if stop == "else":
                other, pieces, stop = parse_block(pieces)
            if stop != "end":
                raise TemplateError(f"{piece[1]}: no end")
            nodes.append((word, rest, body, other))
        elif word.startswith("/*"):
            nodes.append(("text", ""))
        else:
            nodes.append(("print", piece[1]))
    return nodes, [], None


class Renderer:
    def __init__(self, chart, release, namespace, values):
        self.defined = {}
        metadata = yaml.safe_load((chart / "Chart.yaml").read_text())
        self.root = {
            "Values": values,
            "Release": {"Name": release, "Namespace": namespace, "Service": "Helm"},
            "Chart": {key[0].upper() + key[1:]: value for key, value in metadata.items()},
        }
        for path in sorted((chart / "templates").glob("*.tpl")):
            self.run(parse(path.read_text()), self.root, {"$": self.root})

    def render(self, path):
        return self.run(parse(path.read_text()), self.root, {"$": self.root})

    def run(self, nodes, dot, variables):
        out = ""
        for node in nodes:
            kind = node[0]
            if kind == "text":
                out += node[1]
            elif kind == "print":
                out += text_of(self.evaluate(node[1], dot, variables))
            elif kind == "define":
                self.defined[json.loads(node[1])] = node[2]
            elif kind == "range":
                out += self.loop(node, dot, variables)
            else:
                value = self.evaluate(node[1], dot, variables)
                inner = value if kind == "with" and value else dot
                out += self.run(node[2] if value else node[3], inner, variables)
        return out

    def loop(self, node, dot, variables):
        names = re.match(r"\$(\w+), \$(\w+) := (.*)", node[1], re.S)
        values = self.evaluate(names.group(3) if names else node[1], dot, variables)
        if not values:
            return self.run(node[3], dot, variables)
        out = ""
        for key, value in sorted(values.items()) if isinstance(values, dict) else enumerate(values):
            inner = dict(variables)
            if names:
                inner.update({"$" + names.group(1): key, "$" + names.group(2): value})
            out += self.run(node[2], value, inner)
        return out

    def evaluate(self, text, dot, variables):
        tokens = TOKEN.findall(text)
        value = None
        for number, part in enumerate(" ".join(tokens).split(" | ")):
            words = TOKEN.findall(part)
            if "(" in words or ")" in words or "|" in words:
                raise TemplateError(f"{text}: parentheses are not in the part that is used")
            last = [value] if number > 0 else []
            if words[0] == "include":
                arguments = [self.term(word, dot, variables) for word in words[1:]] + last
                value = self.run(self.defined[arguments[0]], arguments[1], {"$": self.root})
            elif words[0] in FUNCTIONS:
                arguments = [self.term(word, dot, variables) for word in words[1:]]
                value = FUNCTIONS[words[0]](*arguments, *last)
            elif len(words) == 1 and number == 0:
                value = self.term(words[0], dot, variables)
            else:
                raise TemplateError(f"{text}: {words[0]} is not in the part that is used")
        return value

    def term(self, word, dot, variables):
        if word.startswith('"'):
            return json.loads(word)
        if re.fullmatch(r"\d+", word):
            return int(word)
        name, _, path = word.partition(".")
        if name and name not in variables:
            raise TemplateError(f"{word}: unknown")
        value = variables[name] if name else dot
        for field in filter(None, path.split(".")):
            if not isinstance(value, dict) or field not in value:
                raise TemplateError(f"{word}: there is no {field}")
            value = value[field]
        return value


def merged(values, over):
    """Values as Helm lays one file over another: maps are merged, all else is replaced."""
    result = dict(values)
    for key, value in over.items():
        both = isinstance(value, dict) and isinstance(result.get(key), dict)
        result[key] = merged(result[key], value) if both else value
    return result


def render(chart, release, namespace, values):
    """All documents of a chart as one text, in the order of the files' names."""
    renderer = Renderer(chart, release, namespace, values)
    documents = [renderer.render(path).strip("\n") for path in sorted((chart / "templates").glob("*.yaml"))]
    return "\n---\n".join(one for one in documents if one) + "\n"


def main(args):
    options = {"--release": "rollcall", "--namespace": "rollcall"}
    while len(args) > 2 and args[1] in options:
        options[args[1]] = args[2]
        args = args[:1] + args[3:]
    chart = pathlib.Path(args[0])
    values = yaml.safe_load((chart / "values.yaml").read_text())
    for path in args[1:]:
        values = merged(values, yaml.safe_load(pathlib.Path(path).read_text()))
    sys.stdout.write(render(chart, options["--release"], options["--namespace"], values))


if __name__ == "__main__":
    main(sys.argv[1:])
