"""The wall between the simulator and what it tests."""

import ast
from pathlib import Path

SIMULATOR = Path(__file__).parents[2] / "simulator"


def test_imports() -> None:
    """Nothing of the integration is imported, and no code of jura_connect."""
    imported = set()
    for file in SIMULATOR.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {name.name for name in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                imported.add(node.module or "")
    assert not {name for name in imported if name.startswith(("custom_components", "jura_connect"))}
