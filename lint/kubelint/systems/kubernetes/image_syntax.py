"""Whether a text is an image reference at all: what the container runtime refuses with ``InvalidImageName``.

Source: distribution, "Reference grammar" (`[domain/]path[:tag][@digest]`).
"""

from __future__ import annotations

import re

_DOMAIN = re.compile(
    r"(?:[a-zA-Z0-9](?:[-a-zA-Z0-9]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[-a-zA-Z0-9]*[a-zA-Z0-9])?)*|\[[0-9a-fA-F:]+\])(?::[0-9]+)?\Z",
    re.ASCII,
)
_COMPONENT = re.compile(r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*\Z", re.ASCII)
_TAG = re.compile(r"[A-Za-z0-9_][-A-Za-z0-9_.]{0,127}\Z", re.ASCII)
_DIGEST = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}\Z", re.ASCII)
_SHA256 = re.compile(r"sha256:[0-9a-f]{64}\Z", re.ASCII)
#: Capital letters alone are a mark that something replaces before it is applied.
_MARK = re.compile(r"[A-Z][A-Z0-9_-]+\Z", re.ASCII)
_SCHEMES = frozenset({"http", "https", "docker", "oci", "docker-pullable"})
_LONGEST_NAME = 255
_DIGITS = 64


def image_fault(text: str) -> str | None:
    """Return what is wrong with an image reference, as a clause; None where it is one."""
    if text != text.strip():
        return "has a blank before or behind it"
    scheme, separator, _ = text.partition("://")
    if separator:
        # `ko://` and the like are marks that a build tool replaces.
        return "has a scheme: a registry is a name alone" if scheme in _SCHEMES else None
    if "$(" in text:
        return None  # a variable of kustomize
    if len(text) > 2 * _LONGEST_NAME + 128:
        return "is too long"
    name, at, digest = text.partition("@")
    if at and not (_SHA256 if digest.startswith("sha256:") else _DIGEST).match(digest):
        algorithm, _, digits = digest.partition(":")
        if algorithm == "sha256" and len(digits) != _DIGITS:
            return f"has a digest of {len(digits)} digits instead of {_DIGITS}"
        return "has a digest that is none"
    slash, colon = name.rfind("/"), name.rfind(":")
    if colon > slash:
        name, tag = name[:colon], name[colon + 1 :]
        if not tag:
            return "has nothing behind the `:`"
        if not _TAG.match(tag):
            return f"has a tag that is none: `{tag[:40]}`"
    return _name_fault(name)


def _name_fault(name: str) -> str | None:
    first, slash, rest = name.partition("/")
    path = name
    if slash and ("." in first or ":" in first or first == "localhost" or first != first.lower()):
        path = rest
        if not _DOMAIN.match(first):
            return f"has a registry that is no host: `{first[:40]}`"
    for component in path.split("/"):
        if not component:
            return "has nothing between two `/` or at an end"
        if not _COMPONENT.match(component):
            if _MARK.match(component):
                return None
            if component != component.lower() and _COMPONENT.match(component.lower()):
                return "has a capital letter in its name"
            return f"has a name that is none: `{component[:40]}`"
    return "is too long" if len(path) > _LONGEST_NAME else None
