"""Annotations that controllers read: those that are nearly one, and rewrites that no path feeds.

Source: documentation of the Ingress-NGINX controller, "Annotations" and "Rewrite"; see the head of
``annotations.json``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from kubelint.suggest import nearest
from kubelint.systems.kubernetes.model import Ingress, KubernetesObject
from kubelint.tree.node import Node, Scalar
from kubelint_schemas.kubernetes.deprecations import known_annotations

REWRITE = "nginx.ingress.kubernetes.io/rewrite-target"
_GROUP = re.compile(r"\$([1-9])")
_ESCAPED = re.compile(r"\\.|\[[^\]]*\]")
_OPENING = re.compile(r"\((?!\?)|\(\?(?:P?<(?![=!]))")


def misspelt_annotations(item: KubernetesObject) -> Iterator[tuple[Scalar, str, list[str]]]:
    """Yield the keys whose domain has a list of names that they are near to, with the domain and these names."""
    known = known_annotations()
    holders = [item.root.at("metadata"), *(template.metadata for template in item.pod_templates())]
    seen: set[int] = set()
    for holder in holders:
        for key, _ in () if holder is None else holder.pairs_at("annotations"):
            domain, slash, name = key.text.partition("/")
            names = known.get(domain) if slash else None
            if names is None or name in names or key.opaque or id(key) in seen:
                continue
            seen.add(id(key))
            near = nearest(name, names)
            if near:
                yield key, domain, near


class StarvedRewrite(NamedTuple):
    """A path that has fewer groups than the rewrite of its Ingress asks for."""

    path: Scalar
    groups: int
    wanted: int
    target: Scalar


def starved_rewrites(ingress: Ingress) -> Iterator[StarvedRewrite]:
    """Yield the paths that leave a part of the rewritten path empty."""
    target = ingress.annotation(REWRITE)
    if target is None or target.opaque:
        return
    wanted = max((int(number) for number in _GROUP.findall(target.text)), default=0)
    if not wanted:
        return
    for path in _paths(ingress):
        groups = _groups(path.text)
        if groups < wanted:
            yield StarvedRewrite(path, groups, wanted, target)


def _paths(ingress: Ingress) -> Iterator[Scalar]:
    for rule in ingress.root.items_at("spec", "rules"):
        entries: list[Node] = rule.items_at("http", "paths")
        for entry in entries:
            path = entry.scalar("path")
            if path is not None and not path.opaque:
                yield path


def _groups(pattern: str) -> int:
    """Return how many groups of a regular expression capture."""
    return len(_OPENING.findall(_ESCAPED.sub("", pattern)))
