"""The walls between the rooms: who may import whom. That of the simulator is in simulator/test_independence.py."""

import ast
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
import re
import sys

import pytest

from .helpers import PLATFORMS, ROOM

MACHINE = "machine"


@cache
def modules() -> dict[str, ast.Module]:
    """Return our modules by their names below the integration, such as `machine.codec`."""
    return {
        ".".join(path.relative_to(ROOM).with_suffix("").parts): ast.parse(path.read_text("utf-8"))
        for path in sorted(ROOM.rglob("*.py"))
    }


def needed(node: ast.AST) -> Iterator[ast.Import | ast.ImportFrom]:
    """Yield the imports that a module can't be loaded without: none for types only, none within a function."""
    for child in ast.iter_child_nodes(node):
        match child:
            case ast.Import() | ast.ImportFrom():
                yield child
            case ast.If(test=ast.Name(id="TYPE_CHECKING")) | ast.FunctionDef() | ast.AsyncFunctionDef():
                pass
            case _:
                yield from needed(child)


def running(node: ast.AST) -> Iterator[ast.Import | ast.ImportFrom]:
    """Yield the imports that are ever made: none for types only."""
    for child in ast.iter_child_nodes(node):
        match child:
            case ast.Import() | ast.ImportFrom():
                yield child
            case ast.If(test=ast.Name(id="TYPE_CHECKING")):
                pass
            case _:
                yield from running(child)


def everywhere(node: ast.AST) -> Iterator[ast.Import | ast.ImportFrom]:
    """Yield every import of a module, wherever it is."""
    yield from (child for child in ast.walk(node) if isinstance(child, ast.Import | ast.ImportFrom))


def ours(name: str, imports: Iterator[ast.Import | ast.ImportFrom]) -> set[str]:
    """Return which modules of ours are imported by one of them."""
    found: set[str] = set()
    for node in imports:
        if isinstance(node, ast.ImportFrom) and node.level:
            room = name.split(".")[: -node.level]
            base = [*room, *(node.module.split(".") if node.module else ())]
            named = {".".join([*base, alias.name]) for alias in node.names} & modules().keys()
            itself = ".".join(base)
            found |= named or {itself if itself in modules() else ".".join([*base, "__init__"])}
    return found


def others(imports: Iterator[ast.Import | ast.ImportFrom]) -> set[str]:
    """Return which packages of others are imported."""
    found: set[str] = set()
    for node in imports:
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif not node.level:
            found.add((node.module or "").partition(".")[0])
    return found


def test_what_is_read() -> None:
    """The reading itself, which would prove anything by finding nothing."""
    assert {"coordinator", "wishes"} <= ours("button", everywhere(modules()["button"]))
    assert "machine.codec" in ours("machine.decode", needed(modules()["machine.decode"]))
    assert "coordinator" not in ours("commands", needed(modules()["commands"]))
    assert "coordinator" in ours("commands", everywhere(modules()["commands"]))
    assert {"homeassistant", "typing"} <= others(everywhere(modules()["button"]))


@pytest.mark.parametrize("name", [name for name in modules() if name.startswith(f"{MACHINE}.")])
def test_machine_room(name: str) -> None:
    """The machine room stands alone: Python itself, what Bluetooth and BluFi need, nothing of Home Assistant, nothing above."""
    imports = list(everywhere(modules()[name]))
    assert others(iter(imports)) <= sys.stdlib_module_names | {"bleak", "bleak_retry_connector", "cryptography"}
    assert all(one.startswith(f"{MACHINE}.") for one in ours(name, iter(imports)))
    assert all(node.level < 2 for node in imports if isinstance(node, ast.ImportFrom))


def test_no_circles() -> None:
    """No module needs itself to be loaded, by whatever detour."""
    TopologicalSorter({name: ours(name, needed(tree)) - {name} for name, tree in modules().items()}).prepare()


_BYTES = {
    f"machine.{name}" for name in ("blufi", "codec", "provisioning", "smart_connect", "wifi_connect", "wifi_session")
}
"""Modules that speak to a machine in bytes, or know how that is done."""
_ENTITIES = {*PLATFORMS, "entity", "dial_entity", "setting_entity", "trigger", "condition"}


@pytest.mark.parametrize("name", sorted(_ENTITIES))
def test_entities_see_no_bytes(name: str) -> None:
    """What is shown and pressed knows drinks and states; how they travel is the business of those behind it."""
    tree = modules()[name]
    assert not ours(name, everywhere(tree)) & (_BYTES | {"ways", "wifi", "bluetooth"} - _ALLOWED.get(name, set()))
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, bytes)]


_ALLOWED = {"entity": {"wifi"}}
"""The device is told the network card at the machine's address."""


@pytest.mark.parametrize("name", [name for name in modules() if name not in _ENTITIES])
def test_nothing_stands_on_entities(name: str) -> None:
    """Entities are the top: nothing behind them needs them."""
    assert not ours(name, everywhere(modules()[name])) & _ENTITIES


def floor(name: str) -> int:
    """Return the floor that a module's docstring puts it on: the last up to which it may import."""
    told = re.search(r"\n\nMay import floors? 1(?: (?:and|to) (\d))?\.$", ast.get_docstring(modules()[name]) or "")
    assert told, f"{name} doesn't say what it may import"
    return int(told[1] or 1)


@pytest.mark.parametrize("name", [name for name in modules() if name != "__init__"])
def test_floors(name: str) -> None:
    """Each module says what it is for and what it may import, and imports nothing from above that, but for its type."""
    assert (ast.get_docstring(modules()[name]) or "").splitlines()[0].endswith((".", ":"))
    assert not {one for one in ours(name, running(modules()[name])) if one == "__init__" or floor(one) > floor(name)}


def test_floors_of_the_machine_room() -> None:
    """The machine room is floors 1 and 2 and nothing else is; what reads bytes without I/O is below what talks."""
    assert {name for name in modules() if name != "__init__" and floor(name) <= 2} == {
        name for name in modules() if name.startswith(f"{MACHINE}.")
    }
    for name in modules():
        if name != "__init__" and floor(name) == 1:
            assert not others(everywhere(modules()[name])) & {"asyncio", "socket", "bleak", "bleak_retry_connector"}


def test_every_floor_is_explained() -> None:
    """The house is explained where one enters it, and has no floor that nobody is on."""
    explained = re.findall(r"^    (\d)  ", ast.get_docstring(modules()["__init__"]) or "", re.MULTILINE)
    assert [*map(int, explained)] == sorted({floor(name) for name in modules() if name != "__init__"} | {8})
