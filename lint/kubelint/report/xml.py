"""What the XML formats share: elements whose text and attributes are always legal XML 1.0."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET  # only written with, never parsed: nothing hostile is read

from kubelint.report.terminal import well_formed

# XML 1.0 has no way to write these characters, not even as references.
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# What a terminal would obey, written as references: the second set of control characters, and those of direction.
_COMMANDING = re.compile("[\r\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
# GitHub's runner obeys a line that begins with ``::``.
_WORKFLOW_COMMAND = re.compile(r"^[ \t]*:(?=:)", re.MULTILINE)


def clean(text: str) -> str:
    """Return text that can stand in XML: characters that cannot become U+FFFD."""
    return _ILLEGAL.sub("\ufffd", well_formed(text))


def element(parent: ET.Element | None, tag: str, text: str | None = None, **values: object) -> ET.Element:
    """Return a new element, below a parent where there is one."""
    attributes = {name.rstrip("_"): clean(str(value)) for name, value in values.items()}
    made = ET.Element(tag, attributes) if parent is None else ET.SubElement(parent, tag, attributes)
    if text is not None:
        made.text = clean(text)
    return made


def document(root: ET.Element) -> str:
    """Return the whole document."""
    ET.indent(root)
    text = _COMMANDING.sub(lambda found: f"&#{ord(found[0])};", ET.tostring(root, encoding="unicode"))
    text = _WORKFLOW_COMMAND.sub(lambda found: found[0][:-1] + "&#58;", text)
    # CI runners obey ``##teamcity[`` and ``##vso[`` anywhere in a line.
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text.replace("##", "#&#35;")}\n'
