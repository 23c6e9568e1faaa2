"""The built card is what its sources make, and asks nobody but Home Assistant."""

from pathlib import Path
import re
import subprocess

import pytest

from custom_components.jura.card import FILE

ROOT = Path(__file__).parents[1]
NOT_TO_BE_HAD = 3


def test_built_from_its_sources(tmp_path: Path) -> None:
    """The types are right, the card's own tests pass, and a new build is the file that we ship, byte for byte."""
    built = tmp_path / "jura-card.js"
    result = subprocess.run(
        [ROOT / "scripts" / "card", built], capture_output=True, text=True, timeout=300, check=False
    )
    if result.returncode == NOT_TO_BE_HAD:
        pytest.skip(result.stderr.strip().splitlines()[-1])
    assert result.returncode == 0, result.stdout + result.stderr
    assert built.read_bytes() == FILE.read_bytes(), "Run scripts/card, and commit what it writes"


def test_asks_nobody_else() -> None:
    """No address is in it but that of its documentation and the beginning of a link that a person may follow."""
    addresses = set(re.findall(r"https?://[^\"'`\s)]*", FILE.read_text("utf-8")))
    ours = "https://github.com/jura-home-assistant/"
    # JURA's own pages about maintenance, whose addresses come from the machine's definition.
    assert {address for address in addresses if not address.startswith((ours, "https://${"))} == set()
    code = FILE.read_text("utf-8")
    assert not re.search(r"\b(fetch|XMLHttpRequest|WebSocket|EventSource|importScripts|sendBeacon)\(", code)
    assert not re.search(r"\bimport\(", code)
