"""A tiny encoder of start frames, straight from JURA's files: independent of the simulator and of the integration."""

from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
import re
from xml.etree import ElementTree as ET

NAMESPACE = "{http://www.top-tronic.com}"


@cache
def definition_files() -> dict[str, ET.Element]:
    """Return the root element of each definition."""
    spec = find_spec("jura_connect")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    files = sorted((Path(spec.submodule_search_locations[0]) / "data" / "xml").glob("*/*.xml"))
    return {
        file.parent.name: ET.fromstring(re.sub(r"<\?xml.*?\?>", "", file.read_text("utf-8-sig")))  # noqa: S314
        for file in files
    }


def active_products(root: ET.Element) -> Iterator[ET.Element]:
    """Return the products an app may start."""
    return (product for product in root.iter(f"{NAMESPACE}PRODUCT") if product.get("Active") != "false")


def default_values(product: ET.Element) -> dict[str, int]:
    """Return a product's defaults in wire units, by element."""
    values = {}
    for element in product:
        if not element.get("Argument"):
            continue
        if element.get("Step"):
            value = int(element.attrib["Value"]) // int(element.attrib["Step"])
        else:
            value = int(element.attrib["Default"], 16)
            items = sorted(int(item.attrib["Value"], 16) for item in element)
            value = value if value in items else items[0]
        values[element.tag.removeprefix(NAMESPACE)] = value
    return values


def frame(product: ET.Element, key: int = 0x2A) -> bytes:
    """Return the plain Bluetooth start frame with a product's defaults, without F14 and F17."""
    data = bytearray(18)
    data[0] = data[17] = key
    data[1] = int(product.attrib["Code"], 16)
    data[9] = 1
    values = default_values(product)
    for element in product:
        argument = element.get("Argument")
        if argument and not argument.startswith(("F14", "F17")):
            data[int(re.sub(r"\D.*", "", argument[1:]))] |= values[element.tag.removeprefix(NAMESPACE)]
    return bytes(data)
