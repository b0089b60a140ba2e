"""Finds what a module keeps in its process's memory: containers that change, caches and context variables."""

import ast
from collections.abc import Iterator, Sequence
from pathlib import Path

_CONTAINERS = (ast.Dict, ast.List, ast.Set, ast.DictComp, ast.ListComp, ast.SetComp)
_PLAIN = {"dict", "list", "set", "bytearray"}
_MAKERS = _PLAIN | {"OrderedDict", "defaultdict", "Counter", "deque", "count", "cycle"}
_MAKERS |= {"ContextVar", "local", "WeakKeyDictionary", "WeakValueDictionary", "WeakSet"}
_MAKERS |= {"Lock", "RLock", "Event", "Condition", "Semaphore", "BoundedSemaphore", "CapacityLimiter", "Queue"}
_CACHES = {"cache", "lru_cache", "cached_property", "alru_cache"}
_CHANGES = {"append", "add", "update", "setdefault", "pop", "popitem", "clear", "remove", "extend", "insert", "discard"}
_CHANGES |= {"appendleft", "popleft", "move_to_end", "subtract", "set", "reset"}


def states(root: Path) -> set[str]:
    """``room/module.py name`` of everything under ``root`` that one request can leave behind for another."""
    return {f"{path.relative_to(root)} {name}" for path in root.rglob("*.py") for name in kept(path.read_text("utf-8"))}


def kept(source: str) -> set[str]:
    """The names one module keeps state under; a table of constants that nobody changes is none."""
    module = ast.parse(source)
    changed = set(_changed(module))
    found = {name for name, value in _assigned(module.body) if _is_state(value, name in changed)}
    for node in ast.walk(module):
        if isinstance(node, ast.ClassDef):
            # What a field has as its default each object gets anew.
            plain = [line for line in node.body if isinstance(line, ast.Assign)]
            found |= {f"{node.name}.{name}" for name, value in _assigned(plain) if _is_state(value, name in changed)}
            found |= {f"{node.name}.{name}" for name, value in _own(node) if _is_empty(value)}
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            found |= {node.name for decorator in node.decorator_list if _name(decorator) in _CACHES}
        elif isinstance(node, ast.Global):
            found |= set(node.names)
    return found


def _assigned(body: Sequence[ast.stmt]) -> Iterator[tuple[str, ast.expr]]:
    for node in body:
        if isinstance(node, ast.Assign):
            yield from ((target.id, node.value) for target in node.targets if isinstance(target, ast.Name))
        elif isinstance(node, ast.AnnAssign) and node.value is not None and isinstance(node.target, ast.Name):
            yield node.target.id, node.value


def _own(class_: ast.ClassDef) -> Iterator[tuple[str, ast.expr]]:
    """What an object of this class keeps under its own attributes."""
    for node in ast.walk(class_):
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
        if value is not None and isinstance(target, ast.Attribute) and _name(target.value) == "self":
            yield target.attr, value


def _is_state(value: ast.expr, changed: bool) -> bool:
    return _is_empty(value) or (changed and isinstance(value, _CONTAINERS))


def _is_empty(value: ast.expr) -> bool:
    """A container with nothing in it is there to be filled."""
    if isinstance(value, ast.Call):
        # A list made of something is a copy of it, and no memory yet.
        return _name(value.func) in _MAKERS and not (value.args and _name(value.func) in _PLAIN)
    return (isinstance(value, ast.Dict) and not value.keys) or (isinstance(value, ast.List) and not value.elts)


def _changed(module: ast.Module) -> Iterator[str]:
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _CHANGES:
            yield _name(node.func.value)
        elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store | ast.Del):
            yield _name(node.value)
        elif isinstance(node, ast.AugAssign):
            yield _name(node.target)


def _name(node: ast.AST) -> str:
    """The last word of a name, an attribute or a call."""
    if isinstance(node, ast.Call):
        return _name(node.func)
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
