"""ConfigMaps and Secrets made from literals and files, and the suffixes that tell their contents.

Source: kustomize, ``api/kv``, ``api/internal/generators`` and ``api/hasher``.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Iterator
from typing import Any

from kubelint.source import SourceFile
from kubelint.systems.kustomize.build.edit import check_key, empty_mapping, put
from kubelint.systems.kustomize.build.error import BuildError, Cause
from kubelint.systems.kustomize.build.identity import text
from kubelint.systems.kustomize.build.rendered import Rendered
from kubelint.tree.dialect import GO_YAML_V3
from kubelint.tree.made import MadeScalar
from kubelint.tree.node import Mapping, Node, Scalar

_LINE = 70
_ALPHABET = str.maketrans("013ae", "ghkmt")
_SUFFIX = 10
#: How Go's JSON writes characters that are special in HTML.
_ESCAPES = {"&": "\\u0026", "<": "\\u003c", ">": "\\u003e", "\u2028": "\\u2028", "\u2029": "\\u2029"}

#: Returns a file that a generator names, and its bytes where it is no text. Raises BuildError.
Load = Callable[[Scalar, str], tuple[SourceFile, bytes | None]]


def generate(kind: str, entry: Node, options: list[Node], load: Load) -> Rendered:
    """Return the object that an entry of ``configMapGenerator`` or ``secretGenerator`` makes.

    ``options`` are those of the entry and ``generatorOptions``, the nearer first. Raises BuildError.
    """
    name = entry.scalar("name")
    if name is None or not name.text:
        raise BuildError("a generator needs a name", entry, cause=Cause.FORM)
    field = entry.get("name") or entry

    def fixed(value: str) -> MadeScalar:
        return MadeScalar(field, value, by=entry)

    metadata = put(empty_mapping(entry), "name", _text(name))
    namespace = entry.scalar("namespace")
    if namespace is not None and namespace.text:
        metadata = put(metadata, "namespace", _text(namespace))
    for part in ("labels", "annotations"):
        pairs: dict[str, tuple[Scalar, Node]] = {}
        for source in reversed(options):
            for key, value in source.pairs_at(part):
                check_key(key)
                pairs[key.text] = (key, _text(value))
        if pairs:
            place = next(source for source in options if source.get(part) is not None).get(part)
            metadata = put(
                metadata,
                part,
                Mapping(entry.source, (place or entry).start, (place or entry).end, list(pairs.values())),
            )
    root = empty_mapping(entry)
    root = put(root, "apiVersion", fixed("v1"))
    root = put(root, "kind", fixed(kind))
    root = put(root, "metadata", metadata)
    if kind == "Secret":
        given = entry.scalar("type")
        root = put(root, "type", fixed("Opaque") if given is None or not given.text else _text(given))
    root = _with_data(root, kind, entry, load)
    immutable = next((source.get("immutable") for source in options if text(source.get("immutable")) == "true"), None)
    if immutable is not None:
        root = put(root, "immutable", MadeScalar(immutable, "true", by=immutable, tag=None))
    made = Rendered(root)
    made.source = entry
    behavior = text(entry.get("behavior"))
    made.behavior = behavior if behavior in ("merge", "replace") else "create"
    made.hashed = not any(text(source.get("disableNameSuffixHash")) == "true" for source in options)
    return made


def _with_data(root: Mapping, kind: str, entry: Node, load: Load) -> Mapping:
    keys: dict[str, Scalar] = {}
    data, binary = empty_mapping(entry), empty_mapping(entry)
    for key, value, raw in sorted(_pairs(entry, load), key=lambda pair: pair[0].text):
        first = keys.setdefault(key.text, key)
        if first is not key:
            message = f"the key `{key.text}` stands twice in one generator"
            raise BuildError(message, key, (first.span, "first here"), cause=Cause.SOURCE)
        if kind == "Secret":
            encoded = _base64(value.text.encode() if raw is None else raw)
            data = put(data, key.text, MadeScalar(value, encoded, by=entry, replaced=value), key)
        elif raw is not None:
            binary = put(binary, key.text, MadeScalar(value, _base64(raw), by=entry), key)
        else:
            data = put(data, key.text, value, key)
    if len(data) or kind == "Secret":
        root = put(root, "data", data)
    return put(root, "binaryData", binary) if len(binary) else root


def _pairs(entry: Node, load: Load) -> Iterator[tuple[Scalar, Scalar, bytes | None]]:
    """Yield key, value and, where the value is no text, its bytes: of env files, of literals, of files."""
    env = entry.get("env")
    for node in (*entry.items_at("envs"), *(() if env is None or not text(env) else (env,))):
        if isinstance(node, Scalar):
            source, raw = load(node, node.text)
            if raw is not None:
                raise BuildError("an env file must be UTF-8 text", node)
            yield from ((key, value, None) for key, value in _env(source))
    for node in entry.items_at("literals"):
        if isinstance(node, Scalar):
            key, separator, value = node.text.partition("=")
            if not key or not separator:
                raise BuildError(f"`{node.text}` is no `key=value`", node, cause=Cause.SOURCE)
            shown = value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"" else value
            yield _part(node, 0, len(key)), _part(node, len(key) + 1, len(node.text), shown), None
    for node in entry.items_at("files"):
        if isinstance(node, Scalar):
            yield _file(node, load)


def _file(node: Scalar, load: Load) -> tuple[Scalar, Scalar, bytes | None]:
    key, separator, path = node.text.partition("=")
    if separator and (not key or not path or "=" in path):
        raise BuildError(f"`{node.text}` is neither a path nor `key=path`", node, cause=Cause.SOURCE)
    if not separator:
        path, key = node.text, node.text.rstrip("/").rpartition("/")[2]
    source, raw = load(node, path)
    start = 0 if separator else max(node.text.rfind(key), 0)
    whole = Scalar(source, 0, len(source.text), "")
    return _part(node, start, start + len(key)), MadeScalar(whole, source.text, by=node), raw


def _env(source: SourceFile) -> Iterator[tuple[Scalar, Scalar]]:
    offset = 0
    for line in source.text.split("\n"):
        start, offset = offset, offset + len(line) + 1
        shown = line.removesuffix("\r").lstrip()
        if not shown or shown.startswith("#"):
            continue
        start += len(line.removesuffix("\r")) - len(shown)
        key, _, value = shown.partition("=")
        if not key:
            continue
        middle = start + len(key)
        key_place = Scalar(source, start, middle, key)
        value_place = Scalar(source, min(middle + 1, start + len(shown)), start + len(shown), value)
        yield MadeScalar(key_place, key, replaced=key_place), MadeScalar(value_place, value, replaced=value_place)


def _part(node: Scalar, start: int, end: int, shown: str | None = None) -> MadeScalar:
    span = node.part(start, end)
    place = Scalar(node.source, span.start, span.end, "")
    return MadeScalar(place, node.text[start:end] if shown is None else shown, by=node)


def _text(node: Node) -> Scalar:
    if isinstance(node, Scalar) and (node.style is not None or node.tag is not None):
        return node
    return MadeScalar(node, "" if isinstance(node, Scalar) and node.is_null else text(node), replaced=node)


def _base64(raw: bytes) -> str:
    encoded = base64.b64encode(raw).decode()
    if len(encoded) < _LINE:
        return encoded
    return "".join(f"{encoded[start : start + _LINE]}\n" for start in range(0, len(encoded), _LINE))


# -- suffixes ----------------------------------------------------------------------------------------------------------


def suffix(root: Mapping) -> str:
    """Return the suffix that tells the content of a ConfigMap or a Secret."""
    kind = text(root.get("kind"))
    content: dict[str, Any] = {"kind": kind, "name": "", "data": _content(root, "data")}
    extra = "stringData" if kind == "Secret" else "binaryData"
    if kind == "Secret":
        content["type"] = _content(root, "type")
    if isinstance(root.get(extra), Mapping):
        content[extra] = _content(root, extra)
    shown = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    for character, escape in _ESCAPES.items():
        shown = shown.replace(character, escape)
    return hashlib.sha256(shown.encode("utf-8", "replace")).hexdigest()[:_SUFFIX].translate(_ALPHABET)


def _content(root: Mapping, field: str) -> Any:
    node = root.get(field)
    if node is None:
        return ""
    return node.text if isinstance(node, Scalar) else node.data(GO_YAML_V3)
