"""Finding one's way in a JSON Schema: places, references, fields (floor 1)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from kubelint.words import joined, one_of, type_words

NULL_BRANCH = {"type": "null"}
_MOST_REFERENCES = 32


class SchemaDocument:
    """A self-contained JSON Schema: all its references lead to places in itself."""

    __slots__ = ("document",)

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document

    def at(self, steps: Iterable[str | int]) -> Any:
        """Return the part at a place of the schema, following references that the steps do not spell out."""
        part: Any = self.document
        for step in steps:
            if isinstance(part, list):
                part = part[int(step)]
            elif step == "$ref" or str(step) not in part:
                part = self.resolved(part)
                part = part if step == "$ref" else part[str(step)]
            else:
                part = part[str(step)]
        return part

    def resolved(self, part: Any) -> Any:
        """Return what a schema refers to; itself where it is no reference."""
        for _ in range(_MOST_REFERENCES):
            if not isinstance(part, dict) or "$ref" not in part:
                break
            target: Any = self.document
            for step in part["$ref"].split("/")[1:]:
                target = target[step.replace("~1", "/").replace("~0", "~")]
            part = target
        return part

    def fields(self, schema: object) -> tuple[dict[str, Any], list[str]]:
        """Return the fields that a schema names, with their schemas, and the patterns of others."""
        schema = self.resolved(schema)
        if not isinstance(schema, dict):
            return {}, []
        fields = {name: child for name, child in schema.get("properties", {}).items() if child is not False}
        patterns = list(schema.get("patternProperties", ()))
        for junctor in ("allOf", "anyOf", "oneOf"):
            for branch in schema.get(junctor, ()):
                more, others = self.fields(branch)
                fields = more | fields
                patterns += others
        return fields, patterns

    def words(self, schema: object) -> str:
        """Return what a schema wants in a few words: ``one of `A`, `B```, ``a list``, ``a value``."""
        schema = self.resolved(schema)
        if isinstance(schema, dict):
            if "enum" in schema:
                return one_of([value for value in schema["enum"] if value is not None])
            if "type" in schema:
                return type_words(schema["type"])
            branches = schema.get("oneOf") or schema.get("anyOf") or schema.get("allOf") or []
            words = [self.words(branch) for branch in branches if branch != NULL_BRANCH]
            if words:
                return joined(words, "or")
        return "a value"
