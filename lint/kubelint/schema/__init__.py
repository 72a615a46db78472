"""JSON Schema validation with positions (floor 1).

jsonschema-rs decides whether a document is valid, which takes microseconds. Only what it refuses is looked
at again: its errors give the place in the document and the place in the schema, and from these two the errors
are worded here (:mod:`kubelint.schema.translate`), with the node to blame, what was expected, what is there
and the nearest names. ``x-*`` extensions mean nothing to it.

Values that are only known later (``Scalar.opaque``) match anything: an error that hangs on one is dropped.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from kubelint.schema.error import Fault, Path, SchemaError, settled
from kubelint.tree.dialect import Dialect
from kubelint.tree.node import Node

if TYPE_CHECKING:
    from jsonschema_rs import Draft202012Validator

__all__ = ["Fault", "Path", "Schema", "SchemaError"]


class Schema:
    """A JSON Schema (2020-12), compiled when first used. Keep it: compiling costs a thousand validations."""

    __slots__ = ("_validator", "document", "problem")

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        self.problem: str | None = None
        """Why not everything in the schema is checked: it is broken, or has a pattern that cannot be matched
        in linear time. Known once the schema was used; only schemas from outside (CustomResourceDefinitions)
        have any."""
        self._validator: Draft202012Validator | None = None

    def errors(self, node: Node, dialect: Dialect) -> list[SchemaError]:
        """Return all errors of a document in the order of the text; never raises.

        ``dialect`` decides what a plain scalar is, as for the program that reads the document.
        """
        data = node.data(dialect)
        validator = self._validator or self._compile()
        if validator.is_valid(data):
            return []
        from kubelint.schema.translate import Translator  # only what is wrong is translated

        translator = Translator(self.document, node, dialect)
        found: list[SchemaError] = []
        for error in validator.iter_errors(data):
            found += translator.translate(error)
        return settled(found)

    def _compile(self) -> Draft202012Validator:
        """Compile, taking back what cannot be compiled and noting it in ``problem``."""
        from jsonschema_rs import Draft202012Validator, RegexOptions

        for attempt in self._attempts():
            try:
                # The standard engine has no lookaround and no backtracking: patterns may come from outside.
                self._validator = Draft202012Validator(
                    attempt, validate_formats=False, pattern_options=RegexOptions(), offline=True
                )
            except ValueError as error:
                self.problem = self.problem or str(error).partition("\n")[0]
            else:
                self.document = attempt
                break
        assert self._validator is not None  # noqa: S101 - the empty schema compiles
        return self._validator

    def _attempts(self) -> Iterator[Any]:
        yield self.document
        yield _without_patterns(self.document)
        yield {}


def _without_patterns(schema: object, *, names: bool = False) -> Any:
    """Return a schema that asks no text to match, and no mapping to have no more fields than match."""
    if isinstance(schema, list):
        return [_without_patterns(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    dropped = {"pattern"} if not names else set()
    if not names and "patternProperties" in schema:
        dropped |= {"patternProperties", "additionalProperties", "unevaluatedProperties"}
    return {
        key: _without_patterns(value, names=not names and key in ("properties", "$defs"))
        for key, value in schema.items()
        if key not in dropped
    }
