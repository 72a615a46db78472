"""The options of rules: their schema, what is wrong with those that are given, and how a rule gets them (floor 6).

A rule's ``Options`` is a frozen dataclass whose fields all have defaults. Each field is made by :func:`option`, which
takes the sentence that says what it does. In the configuration a field ``at_least`` is written ``at-least``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import Field, field, fields
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from kubelint.config import Settings, setting_problem
from kubelint.rule import Rule
from kubelint.schema import Schema
from kubelint.tree.dialect import GO_YAML_V3
from kubelint.tree.problem import Problem

_TYPES = {bool: "boolean", int: "integer", float: "number", str: "string"}


def option(default: Any, description: str, *, at_least: int | None = None, choices: Iterable[str] = ()) -> Any:
    """Return the field of an option: its default, what it does in one sentence, and what its value may be.

    ``at_least`` bounds a number; ``choices`` are the values of a text, or of each text of a list.
    """
    return field(
        default=default, metadata={"description": description, "at_least": at_least, "choices": tuple(choices)}
    )


def options_schema(rule: type[Rule[Any]]) -> dict[str, Any]:
    """Return the JSON Schema of a rule's options; that of a rule without options allows none."""
    types = get_type_hints(rule.Options)
    properties = {written(member): _member_schema(member, types[member.name]) for member in fields(rule.Options)}
    return {"type": "object", "additionalProperties": False, "properties": properties}


def configuration_schema(base: Mapping[str, Any], rules: Iterable[type[Rule[Any]]]) -> dict[str, Any]:
    """Return the schema of the configuration file with the options of the rules written into it."""
    by_rule = {rule.identity(): options_schema(rule) for rule in rules if fields(rule.Options)}
    settings = base["properties"]["rules"]
    options = settings["properties"]["options"] | {"properties": by_rule}
    settings = settings | {"properties": settings["properties"] | {"options": options}}
    return {**base, "properties": base["properties"] | {"rules": settings}}


def option_problems(settings: Settings, rules: Iterable[type[Rule[Any]]]) -> list[Problem]:
    """Return what is wrong with the options that the configuration gives to these rules, each with its place.

    Names of rules that are not among them are left to the rule ``repository/unknown-rule``.
    """
    if not settings.option_nodes:
        return []
    found: list[Problem] = []
    for rule in rules:
        node = settings.option_nodes.get(rule.identity())
        if node is not None:
            errors = Schema(options_schema(rule)).errors(node, GO_YAML_V3)
            found += [setting_problem(error, ("rules", "options", rule.identity())) for error in errors]
    return sorted(found, key=lambda problem: problem.span.start)


def make_options(rule: type[Rule[Any]], given: Mapping[str, Any]) -> Any:
    """Return the options of a rule: those that are given, which :func:`option_problems` has accepted, else defaults."""
    values = {name: tuple(value) if isinstance(value, list) else value for name, value in given.items()}
    return rule.Options(**{name.replace("-", "_"): value for name, value in values.items()})


def describe(rule: type[Rule[Any]]) -> str:
    """Return the options of a rule as a Markdown list for its page; an empty text where it has none."""
    return "\n".join(
        f"- `{written(member)}` ({_default_words(member.default)}): {member.metadata['description']}"
        for member in fields(rule.Options)
    )


def written(member: Field[Any]) -> str:
    """Return the name of an option as the configuration has it."""
    return member.name.replace("_", "-")


def _member_schema(member: Field[Any], annotation: Any) -> dict[str, Any]:
    schema: dict[str, Any] = {"description": member.metadata["description"], "default": _plain(member.default)}
    choices, at_least = member.metadata["choices"], member.metadata["at_least"]
    if get_origin(annotation) is tuple:
        item = {"type": _TYPES[get_args(annotation)[0]]} | ({"enum": list(choices)} if choices else {})
        return schema | {"type": "array", "items": item}
    if get_origin(annotation) in (Union, UnionType):
        kinds = [_TYPES[kind] for kind in get_args(annotation) if kind is not NoneType]
        schema |= {"type": [*kinds, "null"]}
    else:
        schema |= {"type": _TYPES[annotation]}
    if at_least is not None:
        schema |= {"minimum": at_least}
    return schema | ({"enum": list(choices)} if choices else {})


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _default_words(value: Any) -> str:
    if value is None or value == ():
        return "default: none"
    if isinstance(value, tuple):
        return "default: " + ", ".join(f"`{item}`" for item in value)
    return f"default: `{str(value).lower() if isinstance(value, bool) else value}`"
