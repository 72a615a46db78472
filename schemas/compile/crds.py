"""Compile packs of custom resources from CustomResourceDefinitions and from ready-made JSON Schemas.

Run it with a Python that has kubelint installed, once for each pack::

    python schemas/compile/crds.py istio --cel FOLDER/istio
    python schemas/compile/crds.py crds FOLDER/argo-cd FOLDER/flux FOLDER/prometheus-operator FOLDER/catalogue

Each FOLDER is searched for ``*.yaml`` with CustomResourceDefinitions, as their projects publish them, and for
``<group>/<kind>_<version>.json``, the layout of catalogues that hold schemas already converted. It rewrites
``kubelint_schemas/<pack>/index.json`` and one ``<group>.jsonl`` for each API group; ``--cel`` also writes the
CEL rules to ``cel.json``. Subschemas that occur more than once are stored once: that halves the files and
compiles ten times faster where a definition nests copies of itself.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from kubelint.source import SourceFile
from kubelint.tree.dialect import GO_YAML_V2
from kubelint.tree.yaml import read_yaml
from kubelint_schemas.crds.structural import structural

PACKS = Path(__file__).resolve().parent.parent / "kubelint_schemas"
LEAST_SHARED = 120
"""Characters from which a repeated subschema is worth a reference."""

# Catalogues name files in lower case and keep neither the kind's spelling nor its scope.
KINDS = """
AnalysisTemplate BackendLBPolicy BackendTLSPolicy Certificate CertificateRequest CloudEventSource
ClusterExternalSecret ClusterIssuer ClusterPushSecret ClusterSecretStore ClusterTriggerAuthentication
ExternalSecret GRPCRoute Gateway GatewayClass HTTPRoute Issuer ListenerSet PushSecret ReferenceGrant Rollout
ScaledJob ScaledObject SealedSecret SecretStore TCPRoute TLSRoute TriggerAuthentication UDPRoute
""".split()  # noqa: SIM905 - four lines instead of thirty
CLUSTER_SCOPED = frozenset(name for name in KINDS if name.startswith("Cluster")) | {"GatewayClass"}
SCALABLE = frozenset({"Rollout"})


class Version(NamedTuple):
    """One version of one kind with its ``openAPIV3Schema``."""

    group: str
    kind: str
    version: str
    plural: str
    namespaced: bool
    subresources: list[str]
    schema: dict[str, Any]


def definitions(folder: Path) -> Iterator[Version]:
    """Yield the served versions of all definitions below a folder."""
    for path in sorted(folder.rglob("*.yaml")):
        stream = read_yaml(SourceFile(path.name, path.read_text(encoding="utf-8")))
        for document in stream.documents:
            data = document.root.data(GO_YAML_V2) if document.root is not None else {}
            if data.get("kind") == "CustomResourceDefinition":
                spec, names = data["spec"], data["spec"]["names"]
                for version in spec["versions"]:
                    if version["served"]:
                        yield Version(
                            spec["group"],
                            names["kind"],
                            version["name"],
                            names["plural"],
                            spec["scope"] == "Namespaced",
                            sorted(version.get("subresources", {})),
                            version["schema"]["openAPIV3Schema"],
                        )
    spelled = {kind.lower(): kind for kind in KINDS}
    for path in sorted(folder.rglob("*.json")):
        lower, _, version = path.stem.partition("_")
        kind = spelled[lower]
        plural = f"{lower[:-1]}ies" if lower.endswith("y") else f"{lower}es" if lower.endswith("s") else f"{lower}s"
        schema = json.loads(path.read_text(encoding="utf-8"))
        subresources = ["status"] if "status" in schema["properties"] else []
        subresources += ["scale"] if kind in SCALABLE else []
        namespaced = kind not in CLUSTER_SCOPED
        yield Version(path.parent.name, kind, version, plural, namespaced, sorted(subresources), schema)


def subschemas(schema: dict[str, Any], change: Callable[[dict[str, Any]], Any]) -> dict[str, Any]:
    """Return a schema whose direct subschemas are what ``change`` makes of them."""
    changed = dict(schema)
    if "properties" in schema:
        changed["properties"] = {name: change(child) for name, child in schema["properties"].items()}
    for key in ("items", "additionalProperties", "not"):
        if isinstance(schema.get(key), dict):
            changed[key] = change(schema[key])
    for key in ("allOf", "anyOf", "oneOf"):
        if key in schema:
            changed[key] = [change(branch) for branch in schema[key]]
    return changed


def deduplicated(schema: dict[str, Any]) -> dict[str, Any]:
    """Return an equivalent schema in which large repeated subschemas are references into ``$defs``."""
    counts: Counter[str] = Counter()
    names: dict[str, str] = {}
    shared: dict[str, Any] = {}

    def text(part: dict[str, Any]) -> str:
        return json.dumps(part, sort_keys=True, separators=(",", ":"))

    def count(part: dict[str, Any]) -> dict[str, Any]:
        counts[text(part)] += 1
        return subschemas(part, count) if counts[text(part)] == 1 else part

    def replace(part: dict[str, Any]) -> dict[str, Any]:
        key = text(part)
        if counts[key] < 2 or len(key) < LEAST_SHARED:
            return subschemas(part, replace)
        if key not in names:
            names[key] = str(len(names) + 1)
            shared[names[key]] = subschemas(part, replace)
        return {"$ref": f"#/$defs/{names[key]}"}

    subschemas(schema, count)
    result = subschemas(schema, replace)
    return {**result, "$defs": shared} if shared else result


def cel_rules(schema: dict[str, Any], path: tuple[str, ...] = ()) -> Iterator[dict[str, Any]]:
    """Yield the CEL rules of a schema with the path that each applies to."""
    for rule in schema.get("x-kubernetes-validations", ()):
        yield {"path": list(path), "rule": rule["rule"]}
    for name, child in schema.get("properties", {}).items():
        yield from cel_rules(child, (*path, name))
    for key, step in (("items", "[]"), ("additionalProperties", "*")):
        if isinstance(schema.get(key), dict):
            yield from cel_rules(schema[key], (*path, step))


def write(pack: Path, found: list[Version]) -> None:
    """Write index and group files of a pack, replacing those that are there."""
    for old in pack.glob("*.jsonl"):
        old.unlink()
    index: dict[str, dict[str, Any]] = {}
    for group in sorted({version.group for version in found}):
        places: dict[str, list[int]] = {}
        offset = 0
        for version in sorted(version for version in found if version.group == group):
            line = json.dumps(deduplicated(structural(version.schema)), sort_keys=True, separators=(",", ":"))
            if line not in places:
                places[line] = [offset, len(line)]
                offset += len(line) + 1
            entry = index.setdefault(group, {}).setdefault(
                version.kind, {"plural": version.plural, "namespaced": version.namespaced, "versions": {}}
            )
            if version.subresources:
                entry["subresources"] = version.subresources
            entry["versions"][version.version] = places[line]
        (pack / f"{group}.jsonl").write_text("".join(f"{line}\n" for line in places), encoding="ascii", newline="\n")
    text = json.dumps(index, separators=(",", ":")).replace('}},"', '}},\n"')
    (pack / "index.json").write_text(f"{text}\n", encoding="ascii", newline="\n")


def main(arguments: list[str]) -> None:
    """Compile one pack; see the module's docstring for the arguments."""
    pack, with_cel = PACKS / arguments[0], "--cel" in arguments
    folders = [Path(argument) for argument in arguments[1:] if argument != "--cel"]
    found = [version for folder in folders for version in definitions(folder)]
    write(pack, found)
    if with_cel:
        rules = {version.kind: list(cel_rules(version.schema)) for version in found}
        lines = (f"{json.dumps(kind)}: {json.dumps(rules[kind])}" for kind in sorted(rules))
        (pack / "cel.json").write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="ascii", newline="\n")
    sys.stdout.write(f"{len(found)} versions of {len({(v.group, v.kind) for v in found})} kinds\n")


if __name__ == "__main__":
    main(sys.argv[1:])
