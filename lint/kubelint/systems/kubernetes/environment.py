"""Where the variables of a container come from: whole ConfigMaps and Secrets (``envFrom``), then ``env``.

Source: API reference, Container (`envFrom`: "When a key exists in multiple sources, the value associated with the last
source will take precedence. Values defined by an Env with a duplicate key will take precedence."), EnvFromSource.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from kubelint.graph.model import Key
from kubelint.graph.query import Graph
from kubelint.systems.kubernetes.model import ConfigMap, DataHolder
from kubelint.systems.kubernetes.pod import Container
from kubelint.systems.kubernetes.validation import parse_version, target
from kubelint.tree.node import Scalar

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
#: From here on any printable name but one with `=` is a variable (RelaxedEnvironmentVariableValidation).
_RELAXED_SINCE = (1, 32)


class Setting(NamedTuple):
    """One variable and where it is set: the key or the name, and the object that holds it (None: ``env``)."""

    name: str
    key: Scalar
    value: Scalar | None
    holder: DataHolder | None
    reference: Scalar | None = None


def taken_over(graph: Graph, container: Container) -> Iterator[Setting]:
    """Yield the variables that a container gets from ConfigMaps and Secrets of the repository, in order.

    Where several objects bear the name of a source, nothing is known of it.
    """
    for entry in container.node.items_at("envFrom"):
        prefix = entry.text_at("prefix") or ""
        for field, kind in (("configMapRef", "ConfigMap"), ("secretRef", "Secret")):
            name = entry.scalar(field, "name")
            if name is None or name.opaque:
                continue
            wanted = Key("kubernetes", kind, container.owner.namespace, name.text)
            holders = graph.find(wanted, container.owner.unit, file=name.source)
            if len(holders) == 1 and isinstance(holders[0], DataHolder):
                graph.effort.spend(len(holders[0].entries) // 2)
                for text, key, value in holders[0].entries:
                    yield Setting(prefix + text, key, value, holders[0], name)


def given(container: Container) -> Iterator[Setting]:
    """Yield the variables of ``env``."""
    for entry in container.environment:
        name = entry.scalar("name")
        if name is not None and not name.opaque:
            yield Setting(name.text, name, entry.scalar("value"), None)


def overridden(graph: Graph, container: Container) -> Iterator[tuple[Setting, Setting]]:
    """Yield each variable that a later source sets again to something else, with the setting that wins."""
    settings = [*taken_over(graph, container), *given(container)]
    last = {setting.name: setting for setting in settings}
    for setting in settings:
        winner = last[setting.name]
        if winner is not setting and setting.holder is not None and not _same(setting, winner):
            yield setting, winner


def _same(one: Setting, other: Setting) -> bool:
    return one.value is not None and other.value is not None and one.value.text == other.value.text


def unusable(graph: Graph, container: Container) -> Iterator[Setting]:
    """Yield the keys of whole sources that make no variable a program could be meant to read.

    Before version 1.32 a key that is no name of a variable is left out. Since then it becomes one all the same; that
    nobody meant it shows where the value is a whole file.
    """
    version = parse_version(target(graph))
    relaxed = version is None or version >= _RELAXED_SINCE
    for setting in taken_over(graph, container):
        if _NAME.match(setting.name) or setting.key.opaque:
            continue
        whole_file = "." in setting.key.text and setting.value is not None and "\n" in setting.value.text.strip()
        if whole_file or not relaxed:
            yield setting


def add_proxies(graph: Graph) -> None:
    """Make the proxy variables that containers get from whole ConfigMaps subjects of the rules on variables."""
    for container in graph.subjects(Container):
        if not container.node.items_at("envFrom"):
            continue
        for setting in taken_over(graph, container):
            if (
                setting.value is not None
                and isinstance(setting.holder, ConfigMap)
                and setting.name.lower().endswith("_proxy")
            ):
                place = str(container)
                graph.add_variable(setting.name, setting.key, setting.value, container.owner, place)
