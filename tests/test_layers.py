"""Imports point downwards only, and nothing but our own names is installed."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
#: Lower numbers know less of the house; a module may import its own floor or a lower one.
FLOORS = {
    "kubelint_schemas": 0,
    "kubelint.bounded": 0,
    "kubelint.globs": 0,
    "kubelint.linear": 0,
    "kubelint.source": 0,
    "kubelint.suggest": 0,
    "kubelint.tree": 1,
    "kubelint.finding": 1,
    "kubelint.record": 2,
    "kubelint.witness": 1,
    "kubelint.workers": 0,
    "kubelint.group": 0,
    "kubelint.catalogue": 6,
    "kubelint.profile": 0,
    "kubelint.runner": 8,
    "kubelint.outcome": 8,
    "kubelint.cache": 10,
    "kubelint.cache_entry": 1,
    "kubelint.file_cache": 1,
    "kubelint.hashing": 0,
    "kubelint.effort": 0,
    "kubelint.alone": 8,
    "kubelint.words": 1,
    "kubelint.schema": 1,
    "kubelint.files": 2,
    "kubelint.paths": 1,
    "kubelint.repository": 2,
    "kubelint.config": 2,
    "kubelint.graph": 3,
    "kubelint.system": 3,
    "kubelint.systems": 4,
    "kubelint.build": 5,
    "kubelint.rule": 6,
    "kubelint.discovery": 6,
    "kubelint_rules": 7,
    "kubelint.suppress": 8,
    "kubelint.baseline": 8,
    "kubelint.crowd": 8,
    "kubelint.check": 9,
    "kubelint.fix": 9,
    "kubelint.ignore": 9,
    "kubelint.report": 10,
    "kubelint.server": 11,
    "kubelint.cli": 12,
    "kubelint.__main__": 13,
}


def modules() -> dict[str, Path]:
    found: dict[str, Path] = {}
    for source_root in ("lint", "rules", "schemas"):
        for path in sorted((ROOT / source_root).rglob("*.py")):
            name = path.relative_to(ROOT / source_root).with_suffix("").as_posix().replace("/", ".")
            if name.startswith("kubelint"):
                found[name.removesuffix(".__init__")] = path
    return found


def floor(module: str) -> int | None:
    parts = module.split(".")
    for length in range(len(parts), 0, -1):
        name = ".".join(parts[:length])
        if name in FLOORS:
            return FLOORS[name]
    return None


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            assert node.level == 0, f"{path}: a relative import"
            found.add(node.module)
    return {name for name in found if name.startswith("kubelint")}


def test_no_module_imports_upwards_not_even_for_type_checking() -> None:
    wrong = []
    for module, path in modules().items():
        own = floor(module)
        if own is None:
            continue  # the package itself
        for imported in imports(path):
            other = floor(imported)
            if other is not None and other > own:
                wrong.append(f"{module} → {imported}")
    assert wrong == []


def test_rules_do_not_import_rules() -> None:
    wrong = [
        f"{module} → {imported}"
        for module, path in modules().items()
        if module.startswith("kubelint_rules.")
        for imported in imports(path)
        if imported.startswith("kubelint_rules") and not imported.rpartition(".")[2].startswith("_")
    ]
    assert wrong == []


def test_systems_import_only_kubernetes_sideways() -> None:
    wrong = []
    for module, path in modules().items():
        parts = module.split(".")
        if parts[:2] == ["kubelint", "systems"] and len(parts) > 2:
            for imported in imports(path):
                other = imported.split(".")
                if other[:2] == ["kubelint", "systems"] and len(other) > 2 and other[2] not in (parts[2], "kubernetes"):
                    wrong.append(f"{module} → {imported}")
    assert wrong == []


def test_each_system_has_its_four_folders() -> None:
    systems = {path.name for path in (ROOT / "lint/kubelint/systems").iterdir() if (path / "__init__.py").exists()}
    for system in systems:
        assert (ROOT / "rules/kubelint_rules" / system / "__init__.py").exists(), system
        assert (ROOT / "fixtures" / system).is_dir(), system
        assert (ROOT / "schemas/kubelint_schemas" / system).is_dir(), system


@pytest.mark.parametrize("module", ["networkx", "jsonschema", "sarif_om", "ruamel.yaml", "kubernetes_validate"])
def test_a_check_does_not_pay_for_what_it_does_not_need(module: str, tmp_path: Path) -> None:
    import subprocess
    import sys

    (tmp_path / "service.yaml").write_text(
        "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {ports: [{port: 80}]}\n", encoding="utf-8"
    )
    code = (
        "import sys; from pathlib import Path; from kubelint.check import check\n"
        f"check(Path({str(tmp_path)!r})); sys.exit({module!r} in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
