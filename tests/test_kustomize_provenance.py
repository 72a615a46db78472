"""Where the values of a build come from: each scalar with a place reads as its place does, or says what changed it.

The builds are those of all fixtures, the recorded ones of ``data/kustomize-builds.json``, trees that a seeded generator
makes, and the kustomizations of the shared corpora where these are at hand.
"""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kubelint.source import SourceFile
from kubelint.systems.kustomize.build.door import build
from kubelint.systems.kustomize.build.error import BuildError
from kubelint.systems.kustomize.build.files import Files
from kubelint.systems.kustomize.build.loader import Loader
from kubelint.systems.kustomize.detect import NAMES
from kubelint.tree.made import MadeScalar, history
from kubelint.tree.node import Mapping, Node, Scalar
from kubelint.tree.yaml import read_yaml

ROOT = Path(__file__).resolve().parent.parent
SHARED = [ROOT.parent / "shared" / name for name in ("corpus", "reference")]
RECORDED = json.loads((ROOT / "tests/data/kustomize-builds.json").read_text(encoding="utf-8"))


def kustomizations(top: Path) -> list[Path]:
    return sorted({path.parent for name in NAMES for path in top.rglob(name)})


def unexplained(root: Path, folder: str) -> Iterator[str]:
    """Yield the scalars of a build whose place neither reads as they do nor explains why not."""
    try:
        result = build(Loader(Files(root), restricted=False), folder)
    except BuildError:
        return
    for item in result.objects:
        for node, is_key in parts(item.root):
            # The key of a mapping that a transformer makes is given by the place where the value goes.
            if not (is_key and isinstance(node, MadeScalar)) and not is_explained(node):
                yield f"{folder}: {item.identity}: {node.text!r} at {node.span} ({node.span.text[:60]!r})"


def parts(root: Node) -> Iterator[tuple[Scalar, bool]]:
    """Yield the scalars of a tree, each with whether it is a key."""
    if isinstance(root, Scalar):
        yield root, False
    for item in root.items():
        yield from parts(item)
    for key, value in root.pairs():
        yield key, True
        yield from parts(value)


def scalars(root: Node) -> Iterator[Scalar]:
    for node in root.walk():
        if isinstance(node, Scalar):
            yield node


def is_explained(node: Scalar) -> bool:
    """Tell whether the text at the place is the value, or the field that made the value accounts for it."""
    inside = 0 <= node.start <= node.end <= len(node.source.text)
    if not inside:
        return False
    if not isinstance(node, MadeScalar):
        return reads_as(node, node.text)
    if node.by is not None:
        # Made by a field: its place is in a file, too, and what it replaced is explained in its turn.
        *_, first = history(node)
        return accounts_for(node.by, node) and (first is node or isinstance(first, MadeScalar) or is_source(first))
    # The same value in another form: as text, decoded, encoded.
    *_, first = history(node)
    return first is not node and is_source(first)


def accounts_for(by: Node, node: MadeScalar) -> bool:
    """Tell whether a value is made of what the field says, of what stood there before, or of the text at its place."""
    shown = node.span.text.strip("\"'")
    if node.text in WRITTEN_BY_GENERATORS or node.text in shown or node.is_null:
        return True
    if shown and shown in node.text:
        return True  # a replacement takes a name that had got a prefix before
    if "$(" in shown or "Annotations" in shown or (node.text == "0" and by.get("count") is None):
        return True  # vars; what ``buildMetadata`` asks for; an entry of ``replicas`` without a count
    pieces = [part.text for part in scalars(by) if part.text]
    pieces += [old.text for old in history(node) if old is not node and isinstance(old, Scalar) and old.text]
    if any(piece in node.text or node.text in piece for piece in pieces):
        return True
    try:
        decoded = base64.b64decode(node.text, validate=False).decode()
    except ValueError:
        return False
    return any(decoded in piece or piece in decoded for piece in [*pieces, node.span.text])


#: What no text of a kustomization says and generators write all the same.
WRITTEN_BY_GENERATORS = frozenset({"v1", "ConfigMap", "Secret", "Opaque", "ServiceAccount"})


def is_source(node: Node) -> bool:
    """Tell whether a node that a file holds reads as its place does."""
    return not isinstance(node, Scalar) or reads_as(node, node.text)


def reads_as(node: Scalar, text: str) -> bool:
    shown = node.span.text
    if shown == text or node.style in ("|", ">"):
        return shown == text or shown.lstrip()[:1] in ("|", ">", "&", "!")
    documents = read_yaml(SourceFile("again.yaml", shown)).documents
    found = documents[0].root if documents else None
    if found is None:
        return text == ""
    # The text inside a quoted or folded scalar has the place of the whole.
    if isinstance(found, Scalar):
        return found.text == text or text in found.text
    return text in shown


# -- all builds at hand ------------------------------------------------------------------------------------------------


def test_values_of_the_fixtures_are_explained() -> None:
    top = ROOT / "fixtures"
    folders = kustomizations(top)
    assert folders
    found = [line for folder in folders for line in unexplained(top, folder.relative_to(top).as_posix())]
    assert found == []


@pytest.mark.parametrize("case", RECORDED["cases"], ids=lambda case: case["name"])
def test_values_of_the_recorded_builds_are_explained(case: dict[str, Any], tmp_path: Path) -> None:
    for name, content in case["files"].items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, dict):
            path.write_bytes(base64.b64decode(content["base64"]))
        else:
            text = RECORDED["texts"][content] if isinstance(content, int) else content
            path.write_text(text, encoding="utf-8", newline="")
    assert list(unexplained(tmp_path, "" if case["path"] == "." else case["path"])) == []


@pytest.mark.parametrize("top", SHARED, ids=lambda path: path.name)
def test_values_of_the_shared_repositories_are_explained(top: Path) -> None:
    if not top.is_dir():
        pytest.skip(f"the shared repositories are not here: {top.name}")
    folders = kustomizations(top)
    assert [line for folder in folders for line in unexplained(top, folder.relative_to(top).as_posix())] == []


# -- trees that are made up --------------------------------------------------------------------------------------------

WORDS = ("orders", "billing", "frontend", "cart")
DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {name}
  labels: {{app: "{name}"}}
spec:
  replicas: {replicas}
  selector:
    matchLabels:
      app: {name}
  template:
    metadata:
      labels:
        app: {name}
    spec:
      containers:
      - name: {name}
        image: 'registry.example.com/{name}:1.{replicas}'
        args: ["--level", debug]
        envFrom:
        - configMapRef: {{name: settings}}
"""
FIELDS = (
    "namePrefix: {word}-\n",
    "nameSuffix: -{word}\n",
    "namespace: {word}\n",
    "commonLabels:\n  team: {word}\n",
    "labels:\n- pairs: {{tier: '{number}'}}\n  includeTemplates: true\n",
    "commonAnnotations: {{note: {word}}}\n",
    "images:\n- name: registry.example.com/orders\n  newTag: v{number}\n- {{name: registry.example.com/cart, newName: x}}\n",
    "configMapGenerator:\n- name: extra\n  literals: [A={word}, 'B=\"{number}\"']\n",
    (
        "patches:\n- target: {{kind: Deployment}}\n  patch: |-\n    - op: replace\n      path: /spec/replicas\n"
        "      value: {number}\n"
    ),
    (
        "patches:\n- target: {{kind: Deployment}}\n  patch: |-\n    kind: Deployment\n    metadata: {{name: any}}\n"
        "    spec:\n      template:\n        metadata:\n          annotations: {{a: '{number}'}}\n"
    ),
    (
        "replacements:\n- source: {{kind: ConfigMap, fieldPath: data.LEVEL}}\n  targets:\n  - select: {{kind: Deployment}}\n"
        "    fieldPaths: [metadata.labels.app]\n"
    ),
    "buildMetadata: [originAnnotations]\n",
)


def make(root: Path, seed: int) -> str:
    """Write a base and one to three layers on it; return the folder of the last one."""
    chosen = random.Random(seed)
    below = "base"
    names = chosen.sample(WORDS, chosen.randint(1, 3))
    files = {f"{name}.yaml": DEPLOYMENT.format(name=name, replicas=chosen.randint(1, 9)) for name in names}
    files["settings.yaml"] = (
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\ndata:\n  LEVEL: info\n  TEXT: |\n    a\n      b\n"
    )
    files["kustomization.yaml"] = "resources:\n" + "".join(f"- {name}\n" for name in files)
    (root / below).mkdir()
    for name, text in files.items():
        (root / below / name).write_text(text, encoding="utf-8")
    for number in range(chosen.randint(1, 3)):
        folder = f"layer-{number}"
        (root / folder).mkdir()
        fields: dict[str, str] = {}
        for template in chosen.sample(FIELDS, chosen.randint(1, 6)):
            text = template.format(word=chosen.choice(WORDS), number=chosen.randint(1, 99))
            fields.setdefault(text.partition(":")[0], text)
        text = f"resources:\n- ../{below}\n" + "".join(fields.values())
        (root / folder / "kustomization.yaml").write_text(text, encoding="utf-8")
        below = folder
    return below


@pytest.mark.parametrize("seed", range(60))
def test_values_of_made_up_trees_are_explained(seed: int, tmp_path: Path) -> None:
    folder = make(tmp_path, seed)
    assert list(unexplained(tmp_path, folder)) == []
    # Whatever was changed, something of the base is still the very text of its file.
    try:
        objects = build(Loader(Files(tmp_path)), folder).objects
    except BuildError:
        return  # two layers generate the same name
    kinds = [item.root.get("kind") for item in objects if item.root.text_at("kind") == "Deployment"]
    assert kinds
    assert all(isinstance(kind, Scalar) and kind.source.path.startswith("base/") for kind in kinds)


def test_a_value_without_a_reason_is_noticed() -> None:
    source = SourceFile("a.yaml", "name: web\n")
    tree = read_yaml(source).documents[0].root
    assert isinstance(tree, Mapping)
    assert all(map(is_explained, scalars(tree)))
    assert not is_explained(Scalar(source, 6, 9, "other"))
    assert not is_explained(MadeScalar(tree, "other"))
    assert not is_explained(MadeScalar(tree, "other", by=tree))
