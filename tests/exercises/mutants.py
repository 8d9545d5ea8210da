"""Solutions with one thing changed: operands swapped, a number one off, a constant."""

import ast
import copy
import inspect
from collections.abc import Callable, Iterator

OTHER_OPERATORS = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.Lt: ast.GtE,
    ast.Gt: ast.LtE,
    ast.LtE: ast.Gt,
    ast.GtE: ast.Lt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
}
ORDERED = (ast.Sub, ast.Div, ast.Pow, ast.MatMult, ast.Mod, ast.FloorDiv)


def changes(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """What may be put in a node's place, each with the kind of change."""
    if isinstance(node, ast.BinOp):
        if isinstance(node.op, ORDERED):
            yield "swapped", ast.BinOp(node.right, node.op, node.left)
        if other := OTHER_OPERATORS.get(type(node.op)):
            yield "operator", ast.BinOp(node.left, other(), node.right)
    elif isinstance(node, ast.Compare) and type(node.ops[0]) in OTHER_OPERATORS:
        other = OTHER_OPERATORS[type(node.ops[0])]()
        yield "operator", ast.Compare(node.left, [other], node.comparators)
    elif isinstance(node, ast.Call) and len(node.args) > 1:
        swapped = [node.args[1], node.args[0], *node.args[2:]]
        yield "swapped", ast.Call(node.func, swapped, node.keywords)
    elif isinstance(node, ast.Tuple) and isinstance(node.ctx, ast.Load):
        if len(node.elts) > 1:
            yield "swapped", ast.Tuple(node.elts[1::-1] + node.elts[2:], node.ctx)
    elif isinstance(node, ast.Constant) and type(node.value) in (int, float):
        yield "one off", ast.Constant(node.value + 1)
        if type(node.value) is int:
            yield "one off", ast.Constant(node.value - 1)
    elif isinstance(node, ast.Constant) and type(node.value) is bool:
        yield "constant", ast.Constant(not node.value)


def mutants(function: Callable) -> Iterator[tuple[str, Callable]]:
    """Every function that differs from this one in one place, with what was changed."""
    source = inspect.getsource(function)
    tree = ast.parse(source)
    definition = tree.body[0]
    definition.decorator_list = []
    definition.returns = None
    for argument in definition.args.args:
        argument.annotation = None
    if ast.get_docstring(definition):
        definition.body = definition.body[1:]
    places = [node for node in ast.walk(definition) if [*changes(node)]]
    for place in range(len(places)):
        for number in range(len([*changes(places[place])])):
            other = copy.deepcopy(tree)
            nodes = [n for n in ast.walk(other.body[0]) if [*changes(n)]]
            kind, new = [*changes(nodes[place])][number]
            before = ast.unparse(nodes[place])
            new = ast.fix_missing_locations(ast.copy_location(new, nodes[place]))
            _Replace(nodes[place], new).visit(other)
            names = dict(function.__globals__)
            exec(compile(ast.fix_missing_locations(other), "<mutant>", "exec"), names)
            yield f"{kind}: {before} -> {ast.unparse(new)}", names[definition.name]


class _Replace(ast.NodeTransformer):
    def __init__(self, old, new):
        self.old, self.new = old, new

    def visit(self, node):
        return self.new if node is self.old else super().visit(node)
