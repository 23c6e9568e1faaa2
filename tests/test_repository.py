"""What surrounds the integration: files that GitHub, HACS and editors read, and that nobody runs here."""

from collections.abc import Iterator
import hashlib
import json
import os
from pathlib import Path
import re
import subprocess
import tomllib
from typing import Any

from homeassistant.const import REQUIRED_PYTHON_VER
from homeassistant.util import yaml as yaml_util
from PIL import Image
import pytest

from .helpers import ROOM
from .test_docs import anchors

ROOT = ROOM.parents[1]
GITHUB = ROOT / ".github"
MANIFEST = json.loads((ROOM / "manifest.json").read_text("utf-8"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
VERSION: str = MANIFEST["version"]

_MIT = "fe2a9817987f862eaced948f0468c7f51d2fedfc48c5c505b246a49a3870e9a5"


def yaml_of(path: Path) -> Any:
    """Return what a file in YAML says."""
    return yaml_util.parse_yaml(path.read_text("utf-8"))


def workflows() -> dict[str, Any]:
    """Return the workflows by the names of their files."""
    return {path.stem: yaml_of(path) for path in sorted((GITHUB / "workflows").glob("*.yml"))}


def jobs() -> Iterator[dict[str, Any]]:
    """Yield the jobs of all workflows."""
    for workflow in workflows().values():
        yield from workflow["jobs"].values()


def commands(text: str) -> set[str]:
    """Return the scripts of ours that a text names."""
    return set(re.findall(r"(?<![\w/])scripts/[\w-]+", text))


_WITH_LINKS = (".github", "blueprints", "card/src", "custom_components", "docs", "simulator")
_WRITTEN = {".json", ".md", ".py", ".ts", ".yaml", ".yml"}


# --- GitHub -----------------------------------------------------------------------------------------------------------


def test_workflows() -> None:
    """Tests, style, both validators and releases are there; nothing gets more rights than it needs, or hangs for hours."""
    assert set(workflows()) == {"tests", "validate", "release"}
    for workflow in workflows().values():
        assert workflow["permissions"] == {"contents": "read"}
    for job in jobs():
        if "uses" in job:
            assert (ROOT / job["uses"]).is_file()
        else:
            assert job["runs-on"].startswith("ubuntu-")
            assert job["timeout-minutes"] <= 120
    (release,) = (job for job in jobs() if "permissions" in job)
    assert release["permissions"] == {"contents": "write"}
    assert set(release["needs"]) == {"tests", "validate"} < set(workflows()["release"]["jobs"])


def test_no_credentials_stay() -> None:
    """What a workflow checks out and runs finds no token in its folder."""
    checkouts = [
        step for job in jobs() for step in job.get("steps", ()) if step.get("uses", "").startswith("actions/checkout@")
    ]
    assert checkouts
    for step in checkouts:
        assert step["with"] == {"persist-credentials": False}


def test_coverage_is_asked_for() -> None:
    """A change that leaves more than three lines of a hundred unreached fails, and any line of the config flows."""
    run = {step["run"] for job in workflows()["tests"]["jobs"].values() for step in job["steps"] if "run" in step}
    assert run == {"scripts/lint", "scripts/test --cov --cov-fail-under=97", "scripts/test-flows"}
    assert "--cov-fail-under=100" in (ROOT / "scripts/test-flows").read_text("utf-8")


def test_actions_are_pinned() -> None:
    """Somebody else's code runs in the version that we chose; Home Assistant's own validator has none."""
    used = {step["uses"] for job in jobs() for step in job.get("steps", ()) if "uses" in step}
    assert {name.partition("@")[0] for name in used} == {
        "actions/checkout",
        "hacs/action",
        "home-assistant/actions/hassfest",
    }
    for name in used - {"home-assistant/actions/hassfest@master"}:
        assert re.fullmatch(r"[\w./-]+@v?\d+(\.\d+)*", name)


def test_what_changes_pass() -> None:
    """GitHub asks of a change what we ask of it ourselves."""
    run = "\n".join(step.get("run", "") for job in jobs() for step in job.get("steps", ()))
    own = (ROOT / ".ci" / "run").read_text("utf-8")
    assert commands(own) == {"scripts/lint", "scripts/test"} < commands(run)


def test_forms() -> None:
    """Each form can be filled in; that for faults asks for what one can be found with."""
    forms = {path.stem: yaml_of(path) for path in (GITHUB / "ISSUE_TEMPLATE").glob("*.yml")}
    assert forms.pop("config")["blank_issues_enabled"] is False
    assert set(forms) == {"bug", "machine", "feature"}
    for form in forms.values():
        assert set(form) == {"name", "description", "labels", "body"}
        fields = [field for field in form["body"] if field["type"] != "markdown"]
        ids = [field["id"] for field in fields]
        assert len(ids) == len(set(ids))
        for field in fields:
            assert field["attributes"]["label"]
            assert all(isinstance(option, str) for option in field["attributes"].get("options", ()))
    required = {
        name: {field["id"] for field in form["body"] if field.get("validations", {}).get("required")}
        for name, form in forms.items()
    }
    assert {"diagnostics", "model", "dongle"} <= required["bug"]
    assert "article" in required["machine"]


def test_dependabot() -> None:
    """It keeps up what is nobody else's to keep up."""
    (update,) = yaml_of(GITHUB / "dependabot.yml")["updates"]
    assert update["package-ecosystem"] == "github-actions"


# --- editors and other helpers ----------------------------------------------------------------------------------------


def test_dev_container() -> None:
    """It has the Python that Home Assistant wants, sets itself up and shows the demo."""
    container = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text("utf-8"))
    version = re.match(r"python:(\d+)\.(\d+)\.(\d+)-", container["image"])
    assert version is not None
    assert tuple(map(int, version.groups())) >= REQUIRED_PYTHON_VER
    assert commands(container["postCreateCommand"]) == {"scripts/setup"}
    assert container["forwardPorts"] == [8123]


def test_pre_commit() -> None:
    """It asks what scripts/lint asks, with the same versions, as it is the same."""
    (repository,) = yaml_of(ROOT / ".pre-commit-config.yaml")["repos"]
    assert repository["repo"] == "local"
    assert [hook["entry"] for hook in repository["hooks"]] == ["scripts/lint"]


@pytest.mark.parametrize(
    "path",
    [
        *(".ci/run", ".devcontainer/devcontainer.json", ".pre-commit-config.yaml", "CONTRIBUTING.md", "README.md"),
        *(".github/PULL_REQUEST_TEMPLATE.md", *(f".github/workflows/{name}.yml" for name in workflows())),
    ],
)
def test_commands(path: str) -> None:
    """A command that is named anywhere is there, and can be run."""
    for command in commands((ROOT / path).read_text("utf-8")):
        assert os.access(ROOT / command, os.X_OK), command


@pytest.mark.parametrize(
    "page", [*sorted(ROOT.glob("*.md")), *sorted(GITHUB.rglob("*.md"))], ids=lambda page: str(page.relative_to(ROOT))
)
def test_links(page: Path) -> None:
    """What a page of ours links to inside this repository is there."""
    for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text("utf-8")):
        if "://" not in link:
            check_link(page, link)


def test_links_from_outside() -> None:
    """What is linked to as it is shown on GitHub is there, too: by the forms, the card, the blueprints, the manifest."""
    here = re.escape(MANIFEST["documentation"])
    pages = [path for folder in _WITH_LINKS for path in (ROOT / folder).rglob("*") if path.suffix in _WRITTEN]
    found = {
        link
        for page in [*pages, *ROOT.glob("*.md")]
        for link in re.findall(rf"{here}(?![\w-])([^\s\"'`)>\]]*)", page.read_text("utf-8"))
    }
    assert {"", "/blob/main/docs/troubleshooting.md"} < found
    for link in found:
        if not re.fullmatch(r"(/(issues(/new/choose)?|releases/tag/[\d.]+|compare/[\d.]+\.\.\.HEAD))?", link):
            file = re.match(r"(/blob/main/|(?=#))", link)
            assert file is not None, link
            check_link(ROOT / "README.md", link.removeprefix(file[0]))


def check_link(page: Path, link: str) -> None:
    """Fail unless a link on a page leads to a file of ours, and to a heading of it."""
    file, _, anchor = link.partition("#")
    target = (page.parent / file).resolve() if file else page
    assert target.exists(), link
    assert target.is_relative_to(ROOT), link
    assert not anchor or anchor in anchors(target), link


# --- releases ---------------------------------------------------------------------------------------------------------


def test_one_version() -> None:
    """The version is the same wherever it is named, and the changelog has something to say about it."""
    assert PROJECT["project"]["version"] == VERSION
    told = subprocess.run([ROOT / "scripts/release-notes", VERSION], capture_output=True, text=True, check=True)
    assert "### " in told.stdout
    assert "## [" not in told.stdout.replace("### ", "")
    assert "](http" not in told.stdout.splitlines()[-1]


@pytest.mark.parametrize("version", ["", "99.0.0", VERSION[:-1]])
def test_no_release_of_another_version(version: str) -> None:
    """A tag that isn't the version of what it is put on releases nothing."""
    asked = subprocess.run([ROOT / "scripts/release-notes", version], capture_output=True, text=True, check=False)
    assert asked.returncode != 0
    assert asked.stderr
    assert not asked.stdout


def test_changelog() -> None:
    """Every version has its heading, newest first, and its link."""
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    headings = re.findall(r"^## \[(.+?)\]", text, re.MULTILINE)
    assert headings[:2] == ["Unreleased", VERSION]
    assert re.findall(r"^\[(.+?)\]: https://", text, re.MULTILINE) == headings


def test_licence() -> None:
    """It is the text of the MIT licence and no other, so that GitHub and HACS recognise it."""
    title, copyright_line, text = (ROOT / "LICENSE").read_text("utf-8").split("\n\n", 2)
    assert title == "MIT License"
    assert copyright_line.startswith("Copyright (c) 20")
    assert hashlib.sha256(" ".join(text.split()).encode()).hexdigest() == _MIT
    assert PROJECT["project"]["license"] == "MIT"


# --- HACS -------------------------------------------------------------------------------------------------------------


def test_hacs_layout() -> None:
    """HACS takes the first integration that it finds, so there is one; a README tells what it is."""
    assert [path.parent for path in (ROOT / "custom_components").glob("*/manifest.json")] == [ROOM]
    assert MANIFEST["domain"] == ROOM.name
    hacs = json.loads((ROOT / "hacs.json").read_text("utf-8"))
    assert (hacs["name"], "zip_release" in hacs) == (MANIFEST["name"], False)
    assert "not affiliated with JURA" in _readme()


def test_oldest_home_assistant() -> None:
    """What HACS asks for is what the README says."""
    oldest = json.loads((ROOT / "hacs.json").read_text("utf-8"))["homeassistant"]
    assert f"Home Assistant {oldest.removesuffix('.0')} or newer" in " ".join(_readme().split())


def test_where_to_report() -> None:
    """All links to ourselves lead to the same place."""
    here = MANIFEST["documentation"]
    assert MANIFEST["issue_tracker"] == f"{here}/issues"
    pages = [*ROOT.glob("*.md"), *GITHUB.rglob("*.yml")]
    links = {
        link for path in pages for link in re.findall(r"https://github\.com/[\w-]+/[\w-]+", path.read_text("utf-8"))
    }
    assert links == {here}


def _readme() -> str:
    return (ROOT / "README.md").read_text("utf-8")


# --- pictures ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["icon", "dark_icon"])
@pytest.mark.parametrize(("suffix", "size"), [("", 256), ("@2x", 512)])
def test_brand(name: str, suffix: str, size: int) -> None:
    """Icons have the sizes of Home Assistant's brands, a transparent ground, and reach to the edge of one side."""
    with Image.open(ROOM / "brand" / f"{name}{suffix}.png") as image:
        assert image.format == "PNG"
        assert image.size == (size, size)
        assert image.mode == "RGBA"
        box = image.getchannel("A").getbbox()
        assert box is not None
        left, top, right, bottom = box
        assert max(right - left, bottom - top) >= size * 0.95
        assert image.getpixel((0, 0))[3] == 0


def test_brand_has_no_more() -> None:
    """A logo is the icon, where there is none: JURA's own is a trademark."""
    assert {path.stem.removesuffix("@2x") for path in (ROOM / "brand").iterdir()} == {"icon", "dark_icon"}
