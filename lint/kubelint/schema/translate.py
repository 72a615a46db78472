"""From the validator's errors to our own: what a person would say is wrong, and where (floor 1)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from kubelint.linear import searcher
from kubelint.schema.document import NULL_BRANCH, SchemaDocument
from kubelint.schema.error import Fault, Path, SchemaError, settled
from kubelint.suggest import nearest
from kubelint.tree.dialect import Dialect
from kubelint.tree.node import Mapping, Node, Scalar
from kubelint.words import bound, found, joined, one_of, type_words

if TYPE_CHECKING:
    from jsonschema_rs import ValidationError

_COUNTING = frozenset({"maxItems", "maxProperties", "minItems", "minProperties"})
_ALLOWED = "a value that the schema allows"


class Translator:
    """Translates the errors of one document."""

    def __init__(self, document: dict[str, Any], root: Node, dialect: Dialect) -> None:
        self.schema = SchemaDocument(document)
        self.root = root
        self.dialect = dialect

    def translate(self, error: ValidationError) -> list[SchemaError]:
        """Return what one error of the validator means; nothing where it hangs on an opaque value."""
        place = self._place(error.instance_path)
        if place is None:
            return []
        path, node = place
        *steps, keyword = error.schema_path
        schema = self.schema.at(steps)
        if keyword in ("anyOf", "oneOf"):
            # A value that several branches of oneOf accept has errors of none.
            return self._branches(schema[keyword], node, path, getattr(error.kind, "context", []))
        if isinstance(node, Mapping):
            if keyword == "required":
                return list(self._missing(schema, node, path))
            if keyword == "additionalProperties":
                own = {key: schema[key] for key in ("properties", "patternProperties") if key in schema}
                return list(self._unknown(own, node, path))
            if keyword == "unevaluatedProperties":
                return list(self._unknown(schema, node, path))
        if keyword not in schema or schema[keyword] is False:  # the schema of a field is ``false``
            return [self._unwanted(path, [])]
        return self._value(schema, str(keyword), node, path)

    def _value(self, schema: dict[str, Any], keyword: str, node: Node, path: Path) -> list[SchemaError]:
        """Return the errors of keywords that look at one value."""
        limit = schema[keyword]
        if keyword == "type":
            return [self._wrong_type(node, path, type_words(limit))]
        if keyword in ("const", "enum"):
            return [self._not_listed(node, path, [limit] if keyword == "const" else limit)]
        if keyword == "uniqueItems":
            return list(self._repeated(node, path))
        if keyword == "not" and isinstance(limit, dict):
            unwanted = [name for name in limit.get("required", ()) if node.key(name)]
            if unwanted:
                return [self._unwanted((*path, unwanted[-1]), [])]
        if keyword in _COUNTING and _holds_opaque_entry(node):
            return []
        return [self._wrong_value(node, path, bound(keyword, limit))]

    # Errors of each kind.

    def _wrong_type(self, node: Node, path: Path, expected: str) -> SchemaError:
        blamed = node
        if node.start == node.end:  # nothing is written behind the key
            blamed = self._holder(node, path)
        name = str(path[-1]) if path else ""
        return SchemaError(Fault.WRONG_TYPE, blamed, path, name, expected, found(node, self.dialect), [])

    def _wrong_value(self, node: Node, path: Path, expected: str, near: Iterable[str] = ()) -> SchemaError:
        name = str(path[-1]) if path else ""
        actual = found(node, self.dialect)
        return SchemaError(Fault.WRONG_VALUE, node, path, name, expected, actual, list(near))

    def _not_listed(self, node: Node, path: Path, allowed: list[Any]) -> SchemaError:
        values = [value for value in allowed if value is not None]
        near = nearest(node.text, map(str, values)) if isinstance(node, Scalar) else []
        return self._wrong_value(node, path, one_of(values), near)

    def _repeated(self, node: Node, path: Path) -> Iterator[SchemaError]:
        seen: set[str] = set()
        for position, item in enumerate(node.items()):
            value = json.dumps(item.data(self.dialect), sort_keys=True)  # tells ``1`` from ``true``
            if value in seen and not _holds_opaque(item):
                yield self._wrong_value(item, (*path, position), "items that differ from each other")
            seen.add(value)

    def _unwanted(self, path: Path, allowed: list[str]) -> SchemaError:
        """Return the error for a field that must not be there."""
        name = str(path[-1]) if path else ""
        parent = self.root.at(*path[:-1])
        key = parent.key(name) if parent is not None else None
        expected = one_of(allowed) if allowed else "no such field"
        near = nearest(name, allowed)
        actual = f"`{name}`"
        return SchemaError(Fault.UNKNOWN_FIELD, key or self.root, path, name, expected, actual, near, tuple(allowed))

    def _unknown(self, schema: object, node: Mapping, path: Path) -> Iterator[SchemaError]:
        """Yield an error for each field that the schema does not name.

        Not only those that the validator gives: where a branch fails, it takes the fields that only this
        branch knows for unknown.
        """
        fields, patterns = self.schema.fields(schema)
        naming = [pattern for pattern in patterns if pattern != "^x-"]
        for key, _ in node.pairs():
            name = key.text
            if name in fields or key.opaque or any(_matches(pattern, name) for pattern in patterns):
                continue
            if naming and not fields:  # any name will do if it is a proper one
                expected = bound("pattern", naming[0])
                yield SchemaError(Fault.WRONG_VALUE, key, (*path, name), name, expected, f"`{name}`", [])
            else:
                yield self._unwanted((*path, name), sorted(fields))

    def _missing(self, schema: dict[str, Any], node: Mapping, path: Path) -> Iterator[SchemaError]:
        if _is_open_ended(node):
            return
        fields, _ = self.schema.fields(schema)
        allowed = tuple(sorted(fields))
        for name in schema["required"]:
            if name not in node:
                expected = self.schema.words(fields.get(name, {}))
                holder = self._holder(node, path)
                yield SchemaError(Fault.MISSING_FIELD, holder, (*path, name), name, expected, "nothing", [], allowed)

    def _holder(self, node: Node, path: Path) -> Node:
        """Return the key that a value belongs to, or the value where it has none."""
        parent = self.root.at(*path[:-1]) if path else None
        return (parent.key(str(path[-1])) if parent is not None else None) or node

    # Branches of anyOf and oneOf: the one that comes closest is the one that was meant.

    def _branches(
        self, listed: list[Any], node: Node, path: Path, context: list[list[ValidationError]]
    ) -> list[SchemaError]:
        branches: list[Any] = []
        tried: list[list[SchemaError]] = []
        for branch, errors in zip(map(self.schema.resolved, listed), context, strict=False):
            if branch == NULL_BRANCH:
                continue
            translated = settled([each for error in errors for each in self.translate(error)])
            if errors and not translated:  # only opaque values stand against this branch
                return []
            branches.append(branch)
            tried.append(translated)
        if not tried or not all(tried):
            return self._too_many([self.schema.resolved(branch) for branch in listed], node, path)
        if all(errors[0].fault is Fault.WRONG_TYPE and errors[0].path == path for errors in tried):
            return [self._wrong_type(node, path, joined([errors[0].expected for errors in tried], "or"))]
        if all(len(errors) == 1 and errors[0].fault is Fault.MISSING_FIELD for errors in tried):
            choices = {errors[0].name: errors[0] for errors in tried}
            if len(choices) > 1 and len({error.path[:-1] for error in choices.values()}) == 1:
                return [_one_missing(list(choices.values()))]
        if all(isinstance(branch, dict) and _values(branch) is not None for branch in branches):
            return [self._not_listed(node, path, [value for branch in branches for value in _values(branch) or ()])]
        return self._closest(branches, tried, node, path)

    def _closest(
        self, branches: list[Any], tried: list[list[SchemaError]], node: Node, path: Path
    ) -> list[SchemaError]:
        """Return the errors of the branch that was meant.

        A field such as ``type`` that has a few values in each branch tells the branches apart. Where there is
        none, another type is further away than another value, and many errors are further than few.
        """
        tagged = [_tags(self.schema.fields(branch)[0]) for branch in branches]
        mappings = [tags for branch, tags in zip(branches, tagged, strict=True) if self.schema.fields(branch)[0]]
        telling = [name for name in (mappings[0] if mappings else ()) if all(name in tags for tags in mappings)]
        told: dict[str, Scalar] = {}
        for name in telling:
            value = node.get(name)
            if isinstance(value, Scalar) and not value.opaque:
                told[name] = value
                known = list(dict.fromkeys(each for tags in mappings for each in tags[name]))
                if value.value(self.dialect) not in known:
                    return [self._not_listed(value, (*path, name), known)]

        def remoteness(number: int) -> tuple[bool, int, int, int]:
            errors, tags = tried[number], tagged[number]
            other_type = any(error.fault is Fault.WRONG_TYPE and error.path == path for error in errors)
            other_kind = sum(value.value(self.dialect) not in tags.get(name, ()) for name, value in told.items())
            return other_type, other_kind, len(errors), -max(len(error.path) for error in errors)

        return tried[min(range(len(tried)), key=remoteness)]

    def _too_many(self, branches: list[Any], node: Node, path: Path) -> list[SchemaError]:
        """Return the error of a value that more than one branch of ``oneOf`` accepts."""
        rivals = {name for branch in branches if isinstance(branch, dict) for name in branch.get("required", ())}
        present = [key for key, _ in node.pairs() if key.text in rivals]
        if len(present) > 1:
            expected = f"only {one_of(sorted(rivals))}"
            actual = joined([f"`{key.text}`" for key in present], "and") + " together"
            key, name = present[1], present[1].text
            return [SchemaError(Fault.WRONG_VALUE, key, (*path, name), name, expected, actual, [])]
        told = {name for branch in branches if isinstance(branch, dict) for name in branch.get("properties", ())}
        if isinstance(node, Mapping) and any(name not in node for name in told):
            return []  # a default may tell the branches apart: the API server fills it in before it looks
        return [] if _holds_opaque(node) else [self._wrong_value(node, path, _ALLOWED)]

    def _place(self, steps: Iterable[str | int]) -> tuple[Path, Node] | None:
        """Return the path as the tree has it and the node there; None where a key or the value is opaque."""
        node: Node | None = self.root
        path: list[str | int] = []
        for given in steps:
            # The validator gives keys such as ``8080`` as numbers.
            step = str(given) if isinstance(node, Mapping) else given
            key = node.key(step) if isinstance(node, Mapping) and isinstance(step, str) else None
            if key is not None and key.opaque:
                return None
            path.append(step)
            node = node.at(step) if node is not None else None
        if node is None or (isinstance(node, Scalar) and node.opaque):
            return None
        return tuple(path), node


def _matches(pattern: str, name: str) -> bool:
    """Tell whether a name fits a pattern of the schema; those that only the validator can read fit anything."""
    found = searcher(pattern)
    return found is None or found(name)


def _values(schema: dict[str, Any]) -> list[Any] | None:
    """Return the values that a schema lists; None where it lists none."""
    if "const" in schema:
        return [schema["const"]]
    values: list[Any] | None = schema.get("enum")
    return values


def _tags(fields: dict[str, Any]) -> dict[str, list[Any]]:
    """Return the fields of a branch that have a few values: what may tell it from other branches."""
    listed = ((name, _values(schema)) for name, schema in fields.items() if isinstance(schema, dict))
    return {name: values for name, values in listed if values is not None}


def _one_missing(errors: list[SchemaError]) -> SchemaError:
    """Return one error for fields of which one would do."""
    first = errors[0]
    expected = one_of([error.name for error in errors])
    return SchemaError(
        Fault.MISSING_FIELD, first.node, first.path, first.name, expected, "none of them", [], first.allowed
    )


def _is_open_ended(mapping: Mapping) -> bool:
    """Tell whether a mapping has fields that are only known later: opaque keys, opaque mappings merged in."""
    return any(
        key.opaque or (key.text == "<<" and any(_holds_opaque(each) for each in (value.items() or [value])))
        for key, value in mapping.entries
    )


def _holds_opaque_entry(node: Node) -> bool:
    if isinstance(node, Mapping):
        return _is_open_ended(node)
    return any(isinstance(item, Scalar) and item.opaque for item in node.items())


def _holds_opaque(node: Node) -> bool:
    return any(isinstance(each, Scalar) and each.opaque for each in node.walk())
