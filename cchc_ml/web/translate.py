"""Translate functions of this package from Python to JavaScript, so that the page reads files by the same code.

What stands at the top of a module (patterns, tables, numbers) is not translated: its value is written as data. Of the
functions only those are written that the wanted ones need. `page/python.js` has what Python has built in.

Only the part of Python that `cchc_ml.reading` uses is translated; the rest raises `TranslationError`.
"""

from __future__ import annotations

import ast
import builtins
import enum
import inspect
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass
from datetime import timezone
from functools import cache
from importlib import import_module
from types import FunctionType, ModuleType
from typing import Any

from .regexes import script_pattern

__all__ = ["TranslationError", "translate"]

PACKAGE = __name__.split(".", maxsplit=1)[0]
# Names that JavaScript has taken.
_RESERVED = re.compile(
    "arguments|await|case|catch|const|debugger|default|delete|do|enum|eval|export|extends|function|implements|in|"
    "instanceof|interface|let|new|null|package|private|protected|public|static|super|switch|this|throw|typeof|"
    "undefined|var|void|yield|py"
)
_OPERATORS = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}
_COMPARISONS = {ast.Lt: "lt", ast.LtE: "le", ast.Gt: "gt", ast.GtE: "ge"}
_ARITHMETIC = {
    ast.Add: "add",
    ast.Sub: "sub",
    ast.Mult: "mul",
    ast.Mod: "mod",
    ast.BitOr: "or",
    ast.BitAnd: "and",
}
# What returns true or false, and nothing else.
_TESTS = {"bool", "any", "all", "isinstance"}
_TEST_METHODS = {
    *("startswith", "endswith", "isupper", "islower", "isdigit", "isdecimal", "isalpha", "isspace", "isascii"),
    *("isprintable", "isdisjoint"),
}
# Methods of Python's own types that are passed on as functions.
_BOUND_METHODS = {"match", "search", "fullmatch", "findall", "get", "append"}


class TranslationError(Exception):
    """A part of Python that is not translated."""


def translate(wanted: Mapping[str, Iterable[str]], stand_ins: Mapping[str, str]) -> str:
    """Return a script with functions of this package and all that they need.

    Parameters
    ----------
    wanted : dict of str to iterable of str
        For each module, the functions to translate.
    stand_ins : dict of str to str
        Functions and classes that are not translated, "reading.decode.decode_lines", and what stands for them in
        JavaScript. A library is named as in "zipfile.ZipFile".

    Raises
    ------
    TranslationError
        A function has something that is not translated. The message says where.
    """
    program = _Program(stand_ins)
    for module, names in wanted.items():
        for name in names:
            program.name_of(import_module(f"{PACKAGE}.{module}"), name)
    return program.text()


class _Program:
    """The functions, classes and values that were asked for so far."""

    def __init__(self, stand_ins: Mapping[str, str]) -> None:
        self.stand_ins = stand_ins
        self._functions: dict[str, str] = {}
        self._classes: dict[str, str] = {}
        self._values: dict[str, str] = {}
        self._asked: set[str] = set()

    def text(self) -> str:
        """Return the script: first the functions, then the classes, then the values, which may name both."""
        return "\n".join((*self._functions.values(), *self._classes.values(), *self._values.values()))

    def name_of(self, module: ModuleType, name: str) -> str:
        """Return what a name at the top of a module is in the script, and translate what it means."""
        if not hasattr(module, name):
            raise TranslationError(f"{module.__name__} has no {name}")
        value = getattr(module, name)
        if isinstance(value, ModuleType):
            raise TranslationError(f"{module.__name__}: the module {name} as a value")
        value = inspect.unwrap(value) if callable(value) else value
        home = self._home_of(module, name, value)
        qualified = f"{home.__name__}.{name}".removeprefix(f"{PACKAGE}.")
        if qualified in self.stand_ins:
            return self.stand_ins[qualified]
        if not home.__name__.startswith(f"{PACKAGE}."):
            raise TranslationError(f"{module.__name__} uses {qualified}, which nothing stands in for")
        script_name = _script_name(home, name)
        if script_name not in self._asked:
            self._asked.add(script_name)
            self._add(home, name, script_name, value)
        return script_name

    def _home_of(self, module: ModuleType, name: str, value: Any) -> ModuleType:
        """Return the module that a value comes from."""
        if isinstance(value, (FunctionType, type)) or (callable(value) and hasattr(value, "__module__")):
            return import_module(value.__module__)
        source = _imported_from(module).get(name)
        return self._home_of(import_module(source), name, value) if source else module

    def _add(self, home: ModuleType, name: str, script_name: str, value: Any) -> None:
        if isinstance(value, type):
            self._add_class(home, name, script_name, value)
        elif isinstance(value, FunctionType):
            node = _definitions(home)[name]
            assert isinstance(node, ast.FunctionDef)
            decorators = list(map(ast.unparse, node.decorator_list))
            if "cache" in decorators and not _parameters(node):
                self._values[script_name] = f"const {script_name} = () => {self.value(value(), home)};"
                return
            code = _Function(self, home, node).text(f"function{{star}} {script_name}")
            if any(one.startswith(("cache", "lru_cache")) for one in decorators):
                code = code.replace(f"function {script_name}", f"const {script_name} = py.memo(function", 1) + ");"
            self._functions[script_name] = code
        else:
            self._values[script_name] = f"const {script_name} = {self.value(value, home)};"

    def _add_class(self, home: ModuleType, name: str, script_name: str, kind: type) -> None:
        if issubclass(kind, enum.Enum):
            members = {member.name: member.value for member in kind}
            self._classes[script_name] = f"const {script_name} = {json.dumps(members, ensure_ascii=False)};"
            return
        node = _definitions(home)[name]
        assert isinstance(node, ast.ClassDef)
        names = fields_of(kind)
        base = "py.Tuple" if issubclass(kind, tuple) else "py.Error" if issubclass(kind, Exception) else None
        lines = [f"class {script_name}{f' extends {base}' if base else ''} {{"]
        if names is not None:
            parameters = ", ".join(
                _plain(field) if default is MISSING else f"{_plain(field)} = {self._default(default, home)}"
                for field, default in names.items()
            )
            stored = " ".join(f"this.{field} = {_plain(field)};" for field in names)
            lines.append(f"constructor({parameters}) {{ {'super(); ' if base else ''}{stored} }}")
            if base:
                lines.append(f"get values() {{ return [{', '.join(f'this.{field}' for field in names)}]; }}")
        for method in node.body:
            if isinstance(method, ast.FunctionDef) and not method.name.startswith("_repr_"):
                is_property = any(ast.unparse(one) == "property" for one in method.decorator_list)
                head = "constructor" if method.name == "__init__" else ("get " * is_property) + method.name
                lines.append(_Function(self, home, method, kind).text(f"{{star}}{head}"))
        self._classes[script_name] = "\n".join([*lines, "}"])

    def _default(self, default: Any, home: ModuleType) -> str:
        if default in (list, dict, set):
            return {list: "[]", dict: "new Map()", set: "new Set()"}[default]
        if isinstance(default, FunctionType):  # a lambda of `field`
            (node,) = [
                one
                for one in ast.walk(_tree(home))
                if isinstance(one, ast.Lambda) and one.lineno == default.__code__.co_firstlineno
            ]
            return _Function.of_expression(self, home, node.body)
        if isinstance(default, type):
            return f"new {self.name_of(import_module(default.__module__), default.__name__)}()"
        return self.value(default, home)

    def value(self, value: Any, home: ModuleType) -> str:
        """Return a value as JavaScript."""
        if value is None:
            return "null"
        if isinstance(value, (bool, int, float, str)):
            return json.dumps(value, ensure_ascii=True)
        if isinstance(value, bytes):
            return f"py.bytes({json.dumps(value.decode('latin-1'))})"
        if isinstance(value, re.Pattern):
            source, flags, groups, names = script_pattern(value)
            more: list[Any] = [groups] if groups != list(range(len(groups))) or names else []
            more += [names] if names else []
            return f"py.re({', '.join(json.dumps(one) for one in (source, flags, *more))})"
        if isinstance(value, (tuple, list)):
            return f"[{', '.join(self.value(one, home) for one in value)}]"
        if isinstance(value, (set, frozenset)):
            return f"new Set([{', '.join(sorted(self.value(one, home) for one in value))}])"
        if isinstance(value, dict):
            pairs = (f"[{self.value(key, home)}, {self.value(one, home)}]" for key, one in value.items())
            return f"new Map([{', '.join(pairs)}])"
        if isinstance(value, timezone):
            hours = value.utcoffset(None).total_seconds() / 3600
            return f"py.timezone({hours:g})"
        if isinstance(value, FunctionType):
            module = import_module(value.__module__)
            if "." in value.__qualname__:
                owner, _, method = value.__qualname__.rpartition(".")
                self.name_of(module, owner)
                return f"py.unbound({json.dumps(method)})"
            return self.name_of(module, value.__name__)
        raise TranslationError(f"{home.__name__}: a value of the type {type(value).__name__}: {value!r:.60}")


def fields_of(kind: type) -> dict[str, Any] | None:
    """Return the fields of a dataclass or named tuple with their defaults; None for another class."""
    if is_dataclass(kind):
        return {
            field.name: field.default_factory if field.default_factory is not MISSING else field.default
            for field in fields(kind)
        }
    if issubclass(kind, tuple):
        defaults: Mapping[str, Any] = kind._field_defaults  # type: ignore[attr-defined]
        return {name: defaults.get(name, MISSING) for name in kind._fields}  # type: ignore[attr-defined]
    return None


@cache
def _tree(module: ModuleType) -> ast.Module:
    return ast.parse(inspect.getsource(module))


@cache
def _definitions(module: ModuleType) -> dict[str, ast.stmt]:
    """Return the functions and classes at the top of a module by their names."""
    return {node.name: node for node in _tree(module).body if isinstance(node, (ast.FunctionDef, ast.ClassDef))}


@cache
def _imported_from(module: ModuleType) -> dict[str, str]:
    """Return the module that each name is imported from."""
    found: dict[str, str] = {}
    for node in _tree(module).body:
        if isinstance(node, ast.ImportFrom):
            base = module.__name__.rsplit(".", node.level)[0] if node.level else ""
            source = ".".join(filter(None, (base, node.module)))
            found |= {alias.asname or alias.name: source for alias in node.names}
    return found


def _script_name(module: ModuleType, name: str) -> str:
    return f"{module.__name__.removeprefix(f'{PACKAGE}.').replace('.', '_')}${name}"


def _plain(name: str) -> str:
    """Return a name of a variable as JavaScript may have it."""
    return f"{name}$" if _RESERVED.fullmatch(name) else name


class _Function:
    """Writes one function."""

    def __init__(self, program: _Program, home: ModuleType, node: Any, owner: type | None = None) -> None:
        self._program, self._home, self._node, self._owner = program, home, node, owner
        self._scopes: list[set[str]] = []
        self._n_temporaries = 0

    @classmethod
    def of_expression(cls, program: _Program, home: ModuleType, node: ast.expr) -> str:
        """Return an expression that has no variables of its own."""
        return cls(program, home, node).expression(node)

    def text(self, head: str) -> str:
        """Return the function. In `head`, ``{star}`` is the place of the star of a generator."""
        return self._function(self._node, head)

    def _function(self, node: ast.FunctionDef, head: str) -> str:
        parameters = _parameters(node)
        names = [name for name, _ in parameters]
        is_method = self._owner is not None and not self._scopes
        if is_method:
            parameters = parameters[1:]
        scope = {*names, *_assigned(node)}
        local = sorted(scope - set(names))
        inner = {one.name for one in node.body if isinstance(one, ast.FunctionDef)}
        written = ", ".join(
            _plain(name) if default is None else f"{_plain(name)} = {self.expression(default)}"
            for name, default in parameters
        )
        if node.args.vararg:
            scope.add(node.args.vararg.arg)
            written = ", ".join(filter(None, (written, f"...{_plain(node.args.vararg.arg)}")))
        self._scopes.append(scope)
        body = [f"const {_plain(names[0])} = this;"] if is_method else []
        variables = [_plain(name) for name in local if name not in inner]
        body += [f"let {', '.join(variables)};"] if variables else []
        body += [self._statement(one) for one in node.body]
        if not (is_method and node.name == "__init__") and not isinstance(node.body[-1], (ast.Return, ast.Raise)):
            body.append("return null;")
        self._scopes.pop()
        star = "*" if _yields(node) else ""
        return f"{head.format(star=star)}({written}) {{\n{_lines(body)}\n}}"

    def _temporary(self) -> str:
        self._n_temporaries += 1
        return f"given${self._n_temporaries}"

    def _fail(self, node: ast.AST, what: str) -> TranslationError:
        line = getattr(node, "lineno", "?")
        return TranslationError(f"{self._home.__name__}, line {line}: {what} is not translated")

    # Statements

    def _statement(self, node: ast.stmt) -> str:
        rule: Callable[[_Function, Any], str] | None = getattr(_Function, f"_do_{type(node).__name__.lower()}", None)
        if rule is None:
            raise self._fail(node, type(node).__name__)
        return rule(self, node)

    def _block(self, body: Sequence[ast.stmt]) -> str:
        return f"{{\n{_lines(map(self._statement, body))}\n}}"

    def _do_expr(self, node: ast.Expr) -> str:
        is_text = isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        return "" if is_text else f"{self.expression(node.value)};"

    def _do_pass(self, _: ast.Pass) -> str:
        return ""

    def _do_break(self, _: ast.Break) -> str:
        return "break;"

    def _do_continue(self, _: ast.Continue) -> str:
        return "continue;"

    def _do_assert(self, _: ast.Assert) -> str:
        return ""

    def _do_return(self, node: ast.Return) -> str:
        return f"return {self.expression(node.value) if node.value else 'null'};"

    def _do_functiondef(self, node: ast.FunctionDef) -> str:
        return self._function(node, f"function{{star}} {_plain(node.name)}")

    def _do_if(self, node: ast.If) -> str:
        text = f"if ({self.test(node.test)}) {self._block(node.body)}"
        if node.orelse:
            text += f" else {self._block(node.orelse)}"
        return text

    def _do_while(self, node: ast.While) -> str:
        if node.orelse:
            raise self._fail(node, "while … else")
        return f"while ({self.test(node.test)}) {self._block(node.body)}"

    def _do_for(self, node: ast.For) -> str:
        if node.orelse:
            raise self._fail(node, "for … else")
        return f"for ({self._target(node.target)} of {self._iterable(node.iter)}) {self._block(node.body)}"

    def _do_assign(self, node: ast.Assign) -> str:
        value = self.expression(node.value)
        if len(node.targets) > 1:
            name = self._temporary()
            texts = [self._assign(target, name, node.value) for target in node.targets]
            return f"const {name} = {value};\n{_lines(texts)}"
        return self._assign(node.targets[0], value, node.value)

    def _do_annassign(self, node: ast.AnnAssign) -> str:
        return self._assign(node.target, self.expression(node.value), node.value) if node.value else ""

    def _assign(self, target: ast.expr, value: str, node: ast.expr) -> str:
        if isinstance(target, ast.Subscript):
            if isinstance(target.slice, ast.Slice):
                return f"py.setSlice({self.expression(target.value)}, {self._bounds(target.slice)}, {value});"
            return f"py.setItem({self.expression(target.value)}, {self.expression(target.slice)}, {value});"
        if isinstance(target, ast.Tuple) and any(isinstance(one, ast.Subscript) for one in target.elts):
            names = [self._temporary() for _ in target.elts]
            texts = [self._assign(one, name, node) for one, name in zip(target.elts, names, strict=True)]
            return f"const [{', '.join(names)}] = py.iter({value});\n{_lines(texts)}"
        if isinstance(target, (ast.Tuple, ast.List)):
            is_list = isinstance(node, (ast.Tuple, ast.List))
            return f"{self._target(target)} = {value if is_list else f'py.iter({value})'};"
        return f"{self._target(target)} = {value};"

    def _target(self, node: ast.expr) -> str:
        """Return what stands left of an assignment."""
        if isinstance(node, ast.Name):
            return _plain(node.id)
        if isinstance(node, ast.Attribute):
            return self.expression(node)
        if isinstance(node, ast.Starred):
            return f"...{self._target(node.value)}"
        if isinstance(node, (ast.Tuple, ast.List)):
            inner = ("" if ast.unparse(one) == "_" else self._target(one) for one in node.elts)
            return f"[{', '.join(inner)}]"
        raise self._fail(node, f"an assignment to {type(node).__name__}")

    def _do_augassign(self, node: ast.AugAssign) -> str:
        value = self.expression(node.value)
        operation = _ARITHMETIC.get(type(node.op))
        if operation is None:
            raise self._fail(node, type(node.op).__name__)
        if isinstance(node.target, ast.Subscript):
            owner, key = self.expression(node.target.value), self.expression(node.target.slice)
            return f"py.setItem({owner}, {key}, py.{operation}In(py.item({owner}, {key}), {value}));"
        target = self._target(node.target)
        return f"{target} = py.{operation}In({target}, {value});"

    def _do_delete(self, node: ast.Delete) -> str:
        (target,) = node.targets
        if not isinstance(target, ast.Subscript):
            raise self._fail(node, "del")
        if isinstance(target.slice, ast.Slice):
            return f"py.setSlice({self.expression(target.value)}, {self._bounds(target.slice)}, []);"
        return f"py.deleteItem({self.expression(target.value)}, {self.expression(target.slice)});"

    def _do_raise(self, node: ast.Raise) -> str:
        if node.exc is None:
            return "throw error$;"
        made = self.expression(node.exc)
        return f"throw {made if isinstance(node.exc, ast.Call) else f'new {made}()'};"

    def _do_try(self, node: ast.Try) -> str:
        if node.orelse:
            done = self._temporary()
            text = f"let {done} = false;\ntry {self._block(node.body)[:-1]}{done} = true;\n}}"
        else:
            done = ""
            text = f"try {self._block(node.body)}"
        if node.handlers:
            ways = []
            for handler in node.handlers:
                bound = f"{_plain(handler.name)} = error$;\n" if handler.name else ""
                body = f"{{\n{bound}{_lines(map(self._statement, handler.body))}\n}}"
                ways.append(f"if (py.isError(error$, {self._errors(handler.type)})) {body}")
            text += f" catch (error$) {{\n{' else '.join(ways)} else throw error$;\n}}"
        if node.finalbody:
            text += f" finally {self._block(node.finalbody)}"
        return f"{text}\nif ({done}) {self._block(node.orelse)}" if done else text

    def _errors(self, node: ast.expr | None) -> str:
        if node is None:
            return "[py.Error]"
        items = node.elts if isinstance(node, ast.Tuple) else [node]
        if isinstance(node, ast.Name) and isinstance(getattr(self._home, node.id, None), tuple):
            kinds: tuple[type, ...] = getattr(self._home, node.id)
            return f"[{', '.join(f'py.{kind.__name__}' for kind in kinds)}]"
        return f"[{', '.join(map(self.expression, items))}]"

    def _do_with(self, node: ast.With) -> str:
        text = self._block(node.body)
        for item in reversed(node.items):
            call = item.context_expr
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "suppress":
                errors = ", ".join(map(self.expression, call.args))
                text = f"try {text} catch (error$) {{ if (!py.isError(error$, [{errors}])) throw error$; }}"
            elif isinstance(item.optional_vars, ast.Name):
                text = f"{_plain(item.optional_vars.id)} = py.enter({self.expression(call)});\n{text}"
            else:
                text = f"py.enter({self.expression(call)});\n{text}"
        return text

    # Expressions

    def expression(self, node: ast.expr) -> str:
        """Return an expression."""
        rule: Callable[[_Function, Any], str] | None = getattr(_Function, f"_of_{type(node).__name__.lower()}", None)
        if rule is None:
            raise self._fail(node, type(node).__name__)
        return rule(self, node)

    def test(self, node: ast.expr) -> str:
        """Return an expression that is true or false."""
        if isinstance(node, ast.BoolOp):
            mark = " && " if isinstance(node.op, ast.And) else " || "
            return f"({mark.join(map(self.test, node.values))})"
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            return f"!{self.test(node.operand)}"
        return self.expression(node) if self._is_test(node) else f"py.truth({self.expression(node)})"

    def _is_test(self, node: ast.expr) -> bool:
        """Whether an expression is certainly true or false."""
        if isinstance(node, ast.Compare) or (isinstance(node, ast.Constant) and isinstance(node.value, bool)):
            return True
        if isinstance(node, ast.UnaryOp):
            return isinstance(node.op, ast.Not)
        if isinstance(node, ast.BoolOp):
            return all(map(self._is_test, node.values))
        if not isinstance(node, ast.Call):
            return False
        if isinstance(node.func, ast.Attribute):
            return node.func.attr in _TEST_METHODS
        if not isinstance(node.func, ast.Name) or self._is_local(node.func.id):
            return False
        function = getattr(self._home, node.func.id, None)
        if isinstance(function, FunctionType):
            return function.__annotations__.get("return") == "bool"
        return node.func.id in _TESTS

    def _is_local(self, name: str) -> bool:
        return any(name in scope for scope in self._scopes)

    def _of_constant(self, node: ast.Constant) -> str:
        if node.value is Ellipsis:
            raise self._fail(node, "...")
        return self._program.value(node.value, self._home)

    def _of_name(self, node: ast.Name) -> str:
        if self._is_local(node.id):
            return _plain(node.id)
        if hasattr(self._home, node.id):
            return self._program.name_of(self._home, node.id)
        if hasattr(builtins, node.id):
            return self._program.stand_ins.get(f"builtins.{node.id}", f"py.{_plain(node.id)}")
        raise self._fail(node, f"the name {node.id}")

    def _module_of(self, node: ast.expr) -> ModuleType | None:
        """Return the module that a name means, or None."""
        if isinstance(node, ast.Name) and not self._is_local(node.id):
            value = getattr(self._home, node.id, None)
            return value if isinstance(value, ModuleType) else None
        return None

    def _of_attribute(self, node: ast.Attribute) -> str:
        module = self._module_of(node.value)
        if module is not None:
            return self._of_module(node, module)
        if isinstance(node.value, ast.Name) and node.value.id in ("str", "dict") and not self._is_local(node.value.id):
            return f"py.unbound({json.dumps(node.attr)})"
        if node.attr in _BOUND_METHODS or self._is_method_name(node):
            return f"py.bound({self.expression(node.value)}, {json.dumps(node.attr)})"
        if node.attr == "value" and self._is_enum_like(node.value):
            return self.expression(node.value)
        return f"{self.expression(node.value)}.{node.attr}"

    def _is_method_name(self, node: ast.Attribute) -> bool:
        """Whether this is a method of the class that is being written, and no property."""
        if self._owner is None or not (isinstance(node.value, ast.Name) and node.value.id == "self"):
            return False
        return isinstance(vars(self._owner).get(node.attr), FunctionType)

    def _is_enum_like(self, node: ast.expr) -> bool:
        return isinstance(node, ast.Attribute) and node.attr == "kind"

    def _of_module(self, node: ast.Attribute, module: ModuleType) -> str:
        if module.__name__.startswith(f"{PACKAGE}."):
            return self._program.name_of(module, node.attr)
        qualified = f"{module.__name__}.{node.attr}"
        if qualified in self._program.stand_ins:
            return self._program.stand_ins[qualified]
        raise self._fail(node, qualified)

    def _of_joinedstr(self, node: ast.JoinedStr) -> str:
        parts = []
        for part in node.values:
            if isinstance(part, ast.Constant):
                parts.append(json.dumps(part.value))
                continue
            assert isinstance(part, ast.FormattedValue)
            value = self.expression(part.value)
            if part.conversion == ord("r"):
                value = f"py.repr({value})"
            if part.format_spec is not None:
                value = f"py.format({value}, {self.expression(part.format_spec)})"
            parts.append(f"py.str({value})")
        if not parts or not parts[0].startswith(("py.str", '"')):
            parts.insert(0, '""')
        return f"({' + '.join(parts)})"

    def _of_list(self, node: ast.List | ast.Tuple) -> str:
        return f"[{', '.join(map(self._element, node.elts))}]"

    _of_tuple = _of_list

    def _element(self, node: ast.expr) -> str:
        return f"...py.iter({self.expression(node.value)})" if isinstance(node, ast.Starred) else self.expression(node)

    def _of_set(self, node: ast.Set) -> str:
        return f"new Set([{', '.join(map(self._element, node.elts))}])"

    def _of_dict(self, node: ast.Dict) -> str:
        pairs = [
            f"...{self.expression(value)}" if key is None else f"[{self.expression(key)}, {self.expression(value)}]"
            for key, value in zip(node.keys, node.values, strict=True)
        ]
        return f"new Map([{', '.join(pairs)}])"

    def _of_namedexpr(self, node: ast.NamedExpr) -> str:
        return f"({self._target(node.target)} = {self.expression(node.value)})"

    def _of_ifexp(self, node: ast.IfExp) -> str:
        return f"({self.test(node.test)} ? {self.expression(node.body)} : {self.expression(node.orelse)})"

    def _of_lambda(self, node: ast.Lambda) -> str:
        names = [argument.arg for argument in node.args.args]
        self._scopes.append(set(names))
        body = self.expression(node.body)
        self._scopes.pop()
        return f"(({', '.join(map(_plain, names))}) => {body})"

    def _of_boolop(self, node: ast.BoolOp) -> str:
        if self._is_test(node):
            return self.test(node)
        function = "both" if isinstance(node.op, ast.And) else "either"
        first, *others = map(self.expression, node.values)
        return f"py.{function}({', '.join([first, *(f'() => {one}' for one in others)])})"

    def _of_unaryop(self, node: ast.UnaryOp) -> str:
        if isinstance(node.op, ast.Not):
            return self.test(node)
        if isinstance(node.op, ast.USub):
            return f"(-{self.expression(node.operand)})"
        raise self._fail(node, type(node.op).__name__)

    def _of_binop(self, node: ast.BinOp) -> str:
        left, right = self.expression(node.left), self.expression(node.right)
        either_is = [_kind_of(node.left), _kind_of(node.right)]
        if isinstance(node.op, (ast.Add, ast.Sub)) and "number" in either_is:
            return f"({left} {'+' if isinstance(node.op, ast.Add) else '-'} {right})"
        if isinstance(node.op, ast.Add) and "text" in either_is:
            return f"({left} + {right})"
        if isinstance(node.op, ast.Mult) and either_is == ["number", "number"]:
            return f"({left} * {right})"
        if isinstance(node.op, ast.FloorDiv):
            return f"Math.floor({left} / {right})"
        if isinstance(node.op, ast.RShift):
            return f"Math.floor({left} / 2 ** {right})"
        if isinstance(node.op, ast.Div):
            return f"({left} / {right})"
        if isinstance(node.op, ast.Pow):
            return f"({left} ** {right})"
        if type(node.op) not in _ARITHMETIC:
            raise self._fail(node, type(node.op).__name__)
        return f"py.{_ARITHMETIC[type(node.op)]}({left}, {right})"

    def _of_compare(self, node: ast.Compare) -> str:
        operands = [node.left, *node.comparators]
        parts = [
            self._comparison(left, operation, right)
            for left, operation, right in zip(operands, node.ops, operands[1:], strict=False)
        ]
        return parts[0] if len(parts) == 1 else f"({' && '.join(parts)})"

    def _comparison(self, left: ast.expr, operation: ast.cmpop, right: ast.expr) -> str:
        a, b = self.expression(left), self.expression(right)
        kinds = (_kind_of(left), _kind_of(right))
        negation = "!" if isinstance(operation, (ast.NotIn, ast.NotEq)) else ""
        if isinstance(operation, (ast.Is, ast.IsNot)):
            return f"({a} {'===' if isinstance(operation, ast.Is) else '!=='} {b})"
        if isinstance(operation, (ast.In, ast.NotIn)):
            return f"{negation}py.contains({b}, {a})"
        if isinstance(operation, (ast.Eq, ast.NotEq)):
            if any(kinds):
                return f"({a} {'!==' if negation else '==='} {b})"
            return f"{negation}py.equal({a}, {b})"
        if any(kind == "number" for kind in kinds):
            return f"({a} {_OPERATORS[type(operation)]} {b})"
        return f"py.{_COMPARISONS[type(operation)]}({a}, {b})"

    def _bounds(self, node: ast.Slice) -> str:
        parts = [node.lower, node.upper, *([node.step] if node.step else [])]
        return ", ".join(self.expression(part) if part else "null" for part in parts)

    def _of_subscript(self, node: ast.Subscript) -> str:
        owner = self.expression(node.value)
        if isinstance(node.slice, ast.Slice):
            return f"py.slice({owner}, {self._bounds(node.slice)})"
        return f"py.item({owner}, {self.expression(node.slice)})"

    def _of_yield(self, node: ast.Yield) -> str:
        return f"(yield {self.expression(node.value) if node.value else 'null'})"

    def _of_yieldfrom(self, node: ast.YieldFrom) -> str:
        return f"(yield* {self._iterable(node.value)})"

    def _iterable(self, node: ast.expr) -> str:
        text = self.expression(node)
        is_list = isinstance(node, (ast.List, ast.Tuple, ast.ListComp, ast.GeneratorExp))
        return text if is_list else f"py.iter({text})"

    # Comprehensions

    def _of_listcomp(self, node: ast.ListComp) -> str:
        return self._comprehension(node, "[]", lambda: f"made$.push({self.expression(node.elt)});")

    def _of_setcomp(self, node: ast.SetComp) -> str:
        return self._comprehension(node, "new Set()", lambda: f"made$.add({self.expression(node.elt)});")

    def _of_dictcomp(self, node: ast.DictComp) -> str:
        return self._comprehension(
            node,
            "new Map()",
            lambda: f"made$.set({self.expression(node.key)}, {self.expression(node.value)});",
        )

    def _of_generatorexp(self, node: ast.GeneratorExp) -> str:
        body = self._loops(node.generators, lambda: f"yield {self.expression(node.elt)};")
        return f"(function* () {{ {body} }})()"

    def _comprehension(self, node: Any, empty: str, add: Callable[[], str]) -> str:
        return f"(() => {{ const made$ = {empty}; {self._loops(node.generators, add)} return made$; }})()"

    def _loops(self, generators: Sequence[ast.comprehension], add: Callable[[], str]) -> str:
        first, *others = generators
        iterable = self._iterable(first.iter)
        self._scopes.append({one.id for one in ast.walk(first.target) if isinstance(one, ast.Name)})
        target = self._target(first.target)
        body = self._loops(others, add) if others else add()
        if first.ifs:
            body = f"if ({' && '.join(map(self.test, first.ifs))}) {{ {body} }}"
        self._scopes.pop()
        return f"for (const {target} of {iterable}) {{ {body} }}"

    # Calls

    def _of_call(self, node: ast.Call) -> str:
        function = node.func
        if isinstance(function, ast.Attribute):
            return self._method_call(node, function)
        if isinstance(function, ast.Name) and not self._is_local(function.id):
            return self._global_call(node, function)
        return f"{self.expression(function)}({self._arguments(node)})"

    def _arguments(self, node: ast.Call, names: Sequence[str] | None = None) -> str:
        """Return the arguments: in order if the names of the parameters are known, else those by name at the end."""
        texts = list(map(self._element, node.args))
        given = {one.arg: self.expression(one.value) for one in node.keywords}
        if not given:
            return ", ".join(texts)
        if names is None or None in given:
            pairs = (f"...{value}" if name is None else f"{name}: {value}" for name, value in given.items())
            return ", ".join([*texts, f"new py.Named({{ {', '.join(pairs)} }})"])
        if unknown := given.keys() - set(names):
            raise self._fail(node, f"the argument {', '.join(map(str, unknown))}")
        last = max(names.index(str(name)) for name in given)
        return ", ".join([*texts, *(given.get(name, "undefined") for name in names[len(texts) : last + 1])])

    def _global_call(self, node: ast.Call, function: ast.Name) -> str:
        if function.id == "isinstance":
            tested, kinds = node.args
            return f"py.isinstance({self.expression(tested)}, [{', '.join(map(self.expression, _ways_of(kinds)))}])"
        name = self.expression(function)
        value = getattr(self._home, function.id, getattr(builtins, function.id, None))
        value = inspect.unwrap(value) if callable(value) else value
        if "$" not in name:
            return f"{'new ' * _is_class_name(name)}{name}({self._arguments(node)})"
        if isinstance(value, type):
            return f"new {name}({self._arguments(node, _names_of_class(value))})"
        return f"{name}({self._arguments(node, _names_of_function(value))})"

    def _method_call(self, node: ast.Call, function: ast.Attribute) -> str:
        module = self._module_of(function.value)
        if module is not None:
            return self._module_call(node, function, module)
        owner = function.value
        if isinstance(owner, ast.Name) and not self._is_local(owner.id) and owner.id in ("dict", "str", "bytes"):
            return f"py.{owner.id}_{function.attr}({self._arguments(node)})"
        if isinstance(owner, ast.Name) and not self._is_local(owner.id) and hasattr(self._home, owner.id):
            value = getattr(self._home, owner.id)
            if isinstance(value, type):
                return f"{self.expression(owner)}.{function.attr}({self._arguments(node)})"
        if function.attr == "_replace":
            return f"py.replace({self.expression(owner)}, {self._arguments(node)})"
        if isinstance(owner, ast.Name) and owner.id == "self":
            return f"self.{function.attr}({self._arguments(node)})"
        arguments = self._arguments(node)
        return f"py.call({self.expression(owner)}, {json.dumps(function.attr)}{', ' * bool(arguments)}{arguments})"

    def _module_call(self, node: ast.Call, function: ast.Attribute, module: ModuleType) -> str:
        if module is re and isinstance(node.args[0], ast.Constant):
            written = node.args[0].value
            pattern = f"py.once(() => {self._program.value(re.compile(written), self._home)}, {json.dumps(written)})"
            rest = self._arguments(ast.Call(function, node.args[1:], node.keywords))
            return f"py.call({pattern}, {json.dumps(function.attr)}, {rest})"
        name = self._of_module(function, module)
        value = getattr(module, function.attr)
        is_own = isinstance(value, FunctionType) and module.__name__.startswith(PACKAGE)
        names = _names_of_function(value) if is_own else None
        return f"{'new ' * _is_class_name(name)}{name}({self._arguments(node, names)})"


def _is_class_name(name: str) -> bool:
    """Whether what stands in is a class: the last part of its name begins with a capital."""
    return name.rpartition(".")[2][:1].isupper()


def _ways_of(node: ast.expr) -> list[ast.expr]:
    """Return the types of a union or a tuple of types."""
    if isinstance(node, ast.BinOp):
        return [*_ways_of(node.left), *_ways_of(node.right)]
    return node.elts if isinstance(node, ast.Tuple) else [node]


def _parameters(node: ast.FunctionDef) -> list[tuple[str, ast.expr | None]]:
    """Return the parameters of a function in order, each with its default or None."""
    plain = [argument.arg for argument in (*node.args.posonlyargs, *node.args.args)]
    defaults: list[ast.expr | None] = [*[None] * (len(plain) - len(node.args.defaults)), *node.args.defaults]
    named = [argument.arg for argument in node.args.kwonlyargs]
    return [*zip(plain, defaults, strict=True), *zip(named, node.args.kw_defaults, strict=True)]


def _names_of_function(function: Any) -> list[str]:
    return [name for name, one in inspect.signature(function).parameters.items() if one.kind is not one.VAR_POSITIONAL]


def _names_of_class(kind: type) -> list[str]:
    names = fields_of(kind)
    return list(names) if names is not None else _names_of_function(kind)


def _assigned(node: ast.FunctionDef) -> set[str]:
    """Return the names that a function gives values, without those of functions in it and of comprehensions."""
    found: set[str] = set()

    def visit(one: ast.AST, *, in_comprehension: bool = False) -> None:
        if isinstance(one, ast.NamedExpr):
            found.add(one.target.id)
            visit(one.value, in_comprehension=in_comprehension)
            return
        if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store) and not in_comprehension:
            found.add(one.id)
        if isinstance(one, (ast.FunctionDef, ast.Lambda)):
            if isinstance(one, ast.FunctionDef):
                found.add(one.name)
            return
        if isinstance(one, ast.ExceptHandler) and one.name:
            found.add(one.name)
        inside = in_comprehension or isinstance(one, ast.comprehension)
        for child in ast.iter_child_nodes(one):
            visit(child, in_comprehension=inside)

    for statement in node.body:
        visit(statement)
    return found


def _yields(node: ast.FunctionDef) -> bool:
    stack: list[ast.AST] = list(node.body)
    while stack:
        one = stack.pop()
        if isinstance(one, (ast.Yield, ast.YieldFrom)):
            return True
        if not isinstance(one, (ast.FunctionDef, ast.Lambda)):
            stack.extend(ast.iter_child_nodes(one))
    return False


def _kind_of(node: ast.expr) -> str:
    """Return "number", "text" or "other" for an expression that is certainly one of them, else ""."""
    if isinstance(node, ast.JoinedStr):
        return "text"
    if isinstance(node, ast.Constant):
        value = node.value
        if isinstance(value, bool) or value is None:
            return "other"
        return "number" if isinstance(value, (int, float)) else "text" if isinstance(value, str) else ""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return _kind_of(node.operand)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("len", "word_count", "int"):
        return "number"
    if isinstance(node, ast.Name) and re.fullmatch(r"(?:MAX|MIN)_[A-Z_]+|[A-Z_]+_SHARE", node.id):
        return "number"
    return ""


def _lines(parts: Iterable[str]) -> str:
    return "\n".join(filter(None, parts))
