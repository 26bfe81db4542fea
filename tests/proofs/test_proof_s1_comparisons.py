"""S1: secrets are compared in constant time and on bytes, everywhere. Read off the code, so that nobody forgets."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

pytestmark = pytest.mark.proof("S1")

ROOT = Path(__file__).parents[2]
SANDBOX = "adapters/sandbox/"
SECRET_NAMES = ("signature", "secret", "digest", "hmac", "token", "password")
# Tokens that are no secrets: what a button carries is a hint that its use case checks (bot/domain/press.py).
BUTTONS = {"adapters/telegram/parse.py:_title"}


@cache
def product() -> dict[str, ast.Module]:
    """The files that speak of secrets, by their names; secrets get no further, and the sandbox is not the product."""
    files = [file for room in ("adapters", "config") for file in (ROOT / room).rglob("*.py")]
    texts = {file.relative_to(ROOT).as_posix(): file.read_text(encoding="utf-8") for file in files}
    spoken = {name: text for name, text in texts.items() if any(word in text.lower() for word in SECRET_NAMES)}
    return {name: ast.parse(text) for name, text in spoken.items() if not name.startswith(SANDBOX)}


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def is_secret(expression: ast.expr) -> bool:
    """Whether a name, attribute or call in the expression speaks of a secret."""
    names = [node.id for node in ast.walk(expression) if isinstance(node, ast.Name)]
    names += [node.attr for node in ast.walk(expression) if isinstance(node, ast.Attribute)]
    return any(word in name.lower() for name in names for word in SECRET_NAMES)


def is_plain(expression: ast.expr) -> bool:
    """Nothing, a constant or an emptiness: asking whether there is a secret tells nothing about it."""
    return isinstance(expression, ast.Constant) and not expression.value


def bare(tree: ast.Module) -> Iterator[tuple[str, ast.Compare]]:
    """Comparisons that take longer the more of a secret is right, with the function they stand in."""
    for function in functions(tree):
        for node in ast.walk(function):
            if not isinstance(node, ast.Compare) or not isinstance(
                node.ops[0], ast.Eq | ast.NotEq | ast.In | ast.NotIn
            ):
                continue
            sides = [node.left, *node.comparators]
            if any(map(is_secret, sides)) and not any(map(is_plain, sides)):
                yield function.name, node


def test_no_secret_is_compared_with_equals() -> None:
    found = {f"{name}:{function}" for name, tree in product().items() for function, _ in bare(tree)}
    assert found - BUTTONS == set()


def test_the_rule_sees_what_it_is_about() -> None:
    naive = ast.parse("def check(given, app_secret):\n    return given == sign(app_secret)\n")
    assert [function for function, _ in bare(naive)] == ["check"]
    asked = ast.parse("def check(secret):\n    return secret == ''\n")
    assert list(bare(asked)) == []


def are_bytes(expression: ast.expr, tree: ast.Module) -> bool:
    """Whether an expression is made of bytes: encoded, a constant, a sum, or a name or function known to be so."""
    match expression:
        case ast.Constant(value=bytes()):
            return True
        case ast.Call(func=ast.Attribute(attr="encode")):
            return True
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return are_bytes(left, tree) and are_bytes(right, tree)
        case ast.Call(func=ast.Name(id=called)):
            made = [function.returns for function in functions(tree) if function.name == called]
            return bool(made) and all(isinstance(one, ast.Name) and one.id == "bytes" for one in made)
        case ast.Name(id=wanted):
            given = [node.value for node in ast.walk(tree) if isinstance(node, ast.Assign) and named(node) == wanted]
            return bool(given) and all(are_bytes(value, tree) for value in given)
    return False


def named(assignment: ast.Assign) -> str:
    target = assignment.targets[0]
    return target.id if isinstance(target, ast.Name) else ""


def test_constant_time_comparisons_are_made_on_bytes() -> None:
    calls = [
        (name, node)
        for name, tree in product().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("compare_digest")
    ]
    assert {name for name, _ in calls} == {"adapters/telegram/updates.py", "adapters/whatsapp/signature.py"}
    wrong = [
        f"{name}:{node.lineno}: {ast.unparse(argument)}"
        for name, node in calls
        for argument in node.args
        if not are_bytes(argument, product()[name])
    ]
    assert wrong == []
