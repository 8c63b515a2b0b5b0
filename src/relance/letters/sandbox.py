"""The little language of templates: text with values, conditions and loops over what a letter says, and nothing else.

Whoever edits a template edits text, not code: a template cannot call, compute without end, read what a value is made
of, nor write more than a letter. What it may use is listed here; the rest is refused before it runs, with its line.
It must not know what the values mean.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from jinja2 import StrictUndefined, TemplateSyntaxError, nodes
from jinja2.exceptions import SecurityError
from jinja2.runtime import LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment

from relance.errors import Message, msg

_ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.If, nodes.For, nodes.Include,
    nodes.CondExpr, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.Concat, nodes.Getattr,
    nodes.Getitem, nodes.Filter, nodes.Test, nodes.Call, nodes.Dict, nodes.Pair, nodes.List, nodes.Tuple,
    nodes.Keyword, nodes.Neg, nodes.Add, nodes.Sub,
)  # fmt: skip
_FILTERS = frozenset(
    {"capitalize", "count", "default", "d", "first", "join", "last", "length", "list", "lower", "map", "reject",
     "rejectattr", "reverse", "select", "selectattr", "sort", "title", "trim", "unique", "upper"}
)  # fmt: skip
_SPELLED = {
    "assign": "set", "assignblock": "set", "fromimport": "from", "callblock": "call", "filterblock": "filter",
    "mul": "*", "div": "/", "floordiv": "//", "mod": "%", "pow": "**", "slice": ":",
}  # fmt: skip
_MOST = 50_000_000  # characters of templates gone through for one letter: a hundred times one about a thousand invoices

Load = Callable[[str], tuple[str, str, Callable[[], bool]] | None]


class RefusedError(TemplateSyntaxError):
    """A template that uses what a letter has no need of: `said` is why, in words for the reader."""

    def __init__(self, said: Message, line: int, name: str | None, file: str | None) -> None:
        super().__init__(str(said), line, name, file)
        self.said = said


class TooLongError(SecurityError):
    """A template that goes on without end."""


class TemplateEnvironment(ImmutableSandboxedEnvironment):
    """Where the templates of one language are compiled once and rendered. `load` gives the source of a name, and
    `place` the name that an inclusion stands for; templates in HTML escape every value."""

    def __init__(self, load: Load, place: Callable[[str, str], str]) -> None:
        from jinja2 import FunctionLoader  # noqa: PLC0415 - with the class, beside its use

        super().__init__(
            loader=FunctionLoader(load),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            autoescape=lambda name: name is not None and ".html" in name,
            auto_reload=False,
            cache_size=-1,
        )
        self.spent = 0
        self.weights: dict[str | None, int] = {}
        self.place = place
        self.globals = {"_turn": self.turn}

    def write(self, name: str, values: Mapping[str, Any]) -> str:
        """The text of a template with these values; TooLongError where it does not end."""
        self.spent = 0
        return str(self.get_template(name).render(values))

    def turn(self, weight: int) -> None:
        """Counts a turn of a loop, or an inclusion, by the text that it can write."""
        self.spent += weight
        if self.spent > _MOST:
            raise TooLongError("without end")

    def get_template(self, name: Any, parent: str | None = None, globals: Any = None) -> Any:  # noqa: A002 - Jinja2's
        found = super().get_template(name, parent, globals)
        self.turn(self.weights.get(found.name, 1))
        return found

    def join_path(self, template: str, parent: str) -> str:
        return self.place(template, parent)

    def getattr(self, obj: Any, attribute: str) -> Any:
        return self.getitem(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """An entry of a value, never what the value is made of."""
        if type(obj) is dict and argument in obj:
            return obj[argument]
        if isinstance(argument, str) and argument.startswith("_"):
            raise SecurityError(f"{argument!r}")
        if isinstance(obj, LoopContext):
            return super().getattr(obj, argument)
        if isinstance(obj, dict | list | tuple):
            if isinstance(obj, dict) and argument == "get" and argument not in obj:
                return obj.get
            try:
                return obj[argument]
            except (LookupError, TypeError):
                pass
        return self.undefined(obj=obj, name=argument)

    def _generate(self, source: nodes.Template, *place: Any, **wanted: Any) -> str:
        check_tree(source, *place[:2])
        weight = 100 + sum(len(text.data) for text in source.find_all(nodes.TemplateData))
        self.weights[place[0]] = weight
        for loop in source.find_all(nodes.For):
            call = nodes.Call(nodes.Name("_turn", "load"), [nodes.Const(weight)], [], None, None)
            loop.body.insert(0, nodes.ExprStmt(call, lineno=loop.lineno))
        return super()._generate(source, *place, **wanted)


def check_tree(tree: nodes.Template, name: str | None = None, file: str | None = None) -> None:
    """RefusedError at the first thing in a template that a letter has no need of."""
    for node, why in _refused(tree):
        raise RefusedError(why, node.lineno, name, file)


def _refused(tree: nodes.Node) -> Iterator[tuple[nodes.Node, Message]]:
    for node in tree.iter_child_nodes():
        if why := _why_not(node):
            yield node, why
        yield from _refused(node)


def _why_not(node: nodes.Node) -> Message | None:
    match node:
        case nodes.Filter(name=name) if name not in _FILTERS:
            return msg("the filter “{name}” is not for letters", name=name)
        case nodes.Getattr(attr=name) if name.startswith("_"):
            return msg("“{name}” is not a value of a letter", name=name)
        case nodes.Name(name=name) if name.startswith("_"):
            return msg("“{name}” is not a value of a letter", name=name)
        case nodes.Call() if not (isinstance(node.node, nodes.Getattr) and node.node.attr == "get"):
            return msg("a template calls nothing; it only shows values")
        case nodes.Include() if not isinstance(node.template, nodes.Const):
            return msg("a template includes others by their plain names only")
        case _ if not isinstance(node, _ALLOWED):
            name = type(node).__name__.lower()
            return msg("“{name}” is not for letters", name=_SPELLED.get(name, name))
    return None
