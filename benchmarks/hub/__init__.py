"""What it costs a running Home Assistant: measured in tests, for these have a real one, a simulated machine and virtual time."""

from collections.abc import Iterator
import json
from pathlib import Path
import subprocess
import sys
from tempfile import TemporaryDirectory
from typing import Final

from benchmarks.figures import Figure

RESULTS: Final = "JURA_BENCH_RESULTS"
"""The environment's name for the file that the tests write their figures to."""
_ROOT: Final = Path(__file__).parents[2]


def figures() -> Iterator[Figure]:
    """Run the tests, and return what they found."""
    with TemporaryDirectory() as folder:
        results = Path(folder) / "figures.jsonl"
        environment = {RESULTS: str(results)}
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "--show-capture=no",
            "-p",
            "no:cacheprovider",
            "benchmarks/hub",
        ]
        subprocess.run(
            ["env", *(f"{name}={value}" for name, value in environment.items()), *command], cwd=_ROOT, check=True
        )
        for line in results.read_text("utf-8").splitlines():
            yield Figure(**json.loads(line))
