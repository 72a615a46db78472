"""What is surely applied together, and what may be another cluster."""

from __future__ import annotations

from pathlib import Path

import pytest

from kubelint.check import check
from kubelint.systems.kubernetes.model import ConfigMap
from kubelint.systems.kubernetes.scope import share_namespace

OBJECT = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\n{namespace}data: {{}}\n"


def written(name: str, namespace: str | None) -> str:
    return OBJECT.format(name=name, namespace=f"  namespace: {namespace}\n" if namespace else "")


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [
        (("a/x.yaml", "shop"), ("a/y.yaml", "shop"), True),
        (("a/x.yaml", None), ("a/y.yaml", None), True),
        (("a/x.yaml", None), ("a/y.yaml", "shop"), False),
        (("a/x.yaml", "shop"), ("a/y.yaml", "billing"), False),
        (("a/x.yaml", "shop"), ("b/y.yaml", "shop"), True),
        (("a/x.yaml", None), ("b/y.yaml", None), False),
        (("prod/x.yaml", "shop"), ("staging/y.yaml", "shop"), False),
        (("apps/prod/x.yaml", "shop"), ("policies/y.yaml", "shop"), True),
    ],
)
def test_two_objects(
    tmp_path: Path, one: tuple[str, str | None], other: tuple[str, str | None], together: bool
) -> None:
    for name, (path, namespace) in (("first", one), ("second", other)):
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(written(name, namespace), encoding="utf-8")
    graph = check(tmp_path).built.graph
    first, second = sorted(graph.subjects(ConfigMap), key=lambda item: item.name)
    assert share_namespace(graph, first, second) is together
    assert share_namespace(graph, second, first) is together


def test_folders_that_define_the_same_object_are_alternatives(tmp_path: Path) -> None:
    for folder in ("east", "west"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "shared.yaml").write_text(written("shared", "shop"), encoding="utf-8")
        (tmp_path / folder / f"{folder}.yaml").write_text(written(folder, "shop"), encoding="utf-8")
    graph = check(tmp_path).built.graph
    found = {item.name: item for item in graph.subjects(ConfigMap)}
    assert not share_namespace(graph, found["east"], found["west"])
