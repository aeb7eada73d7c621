"""Metering: what the steps of a template cost, and how each of them comes to be charged.

Jinja charges nothing: a loop, a list, a macro's body run unseen. Here the parsed template is rewritten
so that each passes through a filter of the sandbox, which keeps the account.
"""

from __future__ import annotations

from typing import Any

from jinja2 import nodes
from jinja2.visitor import NodeTransformer

MAX_VALUE = 256 * 1024
"""No value on the way to the output may have more characters and items than this, inside and out."""


class Metered(NodeTransformer):
    """Sends through our filters what Jinja would work out unseen, and lets every body pay for its size."""

    def visit_For(self, node: nodes.For) -> nodes.For:  # noqa: N802
        node = self._paying(node)
        node.iter = _through("_looped", node.iter)
        return node

    def _paying(self, node: Any) -> Any:
        size = 1 + sum(1 for _ in node.find_all(nodes.Node))
        self.generic_visit(node)
        line = node.lineno or 1
        node.body.insert(0, nodes.ExprStmt(_through("_pay", nodes.Const(size, lineno=line)), lineno=line))
        return node

    visit_Template = visit_Block = visit_Macro = visit_CallBlock = _paying  # noqa: N815

    def visit_Concat(self, node: nodes.Concat) -> nodes.Expr:  # noqa: N802
        self.generic_visit(node)
        return _through("join", nodes.List(node.nodes, lineno=node.lineno))

    def _made(self, node: Any) -> nodes.Expr:
        self.generic_visit(node)
        return _through("_made", node)

    visit_List = visit_Dict = _made  # noqa: N815

    def visit_Tuple(self, node: nodes.Tuple) -> nodes.Expr:  # noqa: N802
        return self._made(node) if node.ctx == "load" else node

    def visit_Getitem(self, node: nodes.Getitem) -> nodes.Expr:  # noqa: N802
        if isinstance(node.arg, nodes.Slice):
            return self._made(node)
        self.generic_visit(node)
        return node

    def visit_Compare(self, node: nodes.Compare) -> nodes.Compare:  # noqa: N802
        self.generic_visit(node)
        node.expr = _through("_read", node.expr)
        for operand in node.ops:
            operand.expr = _through("_read", operand.expr)
        return node


def _through(name: str, node: Any) -> nodes.Filter:
    return nodes.Filter(node, name, [], [], None, None, lineno=node.lineno)


def weight(value: Any) -> int:
    """The characters and items of a value, inside and out; no longer exact past the limit."""
    if isinstance(value, str):
        return 1 + len(value)
    total, waiting = 0, [value]
    while waiting and total <= MAX_VALUE:
        one = waiting.pop()
        total += 1
        if isinstance(one, str):
            total += len(one)
        elif isinstance(one, int):
            total += one.bit_length() // 8
        elif isinstance(one, list | tuple | dict):
            total += len(one)
            if total <= MAX_VALUE:
                waiting += [*one, *one.values()] if isinstance(one, dict) else one
    return total
