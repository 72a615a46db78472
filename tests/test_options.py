"""The options of rules: what the configuration may say of them, and that what it says arrives."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from kubelint.check import check
from kubelint.cli import cli
from kubelint.config import ConfigurationError, load
from kubelint.discovery import rules
from kubelint.finding import Finding
from kubelint.graph.query import Graph
from kubelint.options import describe, make_options, option, options_schema
from kubelint.rule import Rule
from kubelint.systems.kubernetes.model import Service

WITH_OPTIONS = [rule for rule in rules() if fields(rule.Options)]


class Example(Rule[Service]):
    """A rule that only has options."""

    @dataclass(frozen=True, slots=True)
    class Options:
        """One of each type."""

        at_least: int = option(2, "The least number.", at_least=1)
        strict: bool = option(default=False, description="Whether to be strict.")
        colours: tuple[str, ...] = option((), "Colours.", choices=("red", "blue"))
        title: str | None = option(None, "A title.")

    def check(self, subject: Service, graph: Graph) -> Iterator[Finding]:
        """Find nothing."""
        del subject, graph
        yield from ()


def configured(tmp_path: Path, text: str) -> Path:
    (tmp_path / ".kubelint.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "web.yaml").write_text(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: 2\n"
        "  selector: {matchLabels: {app: web}}\n  template:\n    metadata: {labels: {app: web}}\n"
        "    spec: {containers: [{name: web, image: 'nginx:1.27'}]}\n",
        encoding="utf-8",
    )
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, list(arguments))


def test_schema_says_types_bounds_and_choices() -> None:
    assert options_schema(Example) == {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "at-least": {"description": "The least number.", "default": 2, "type": "integer", "minimum": 1},
            "strict": {"description": "Whether to be strict.", "default": False, "type": "boolean"},
            "colours": {
                "description": "Colours.",
                "default": [],
                "type": "array",
                "items": {"type": "string", "enum": ["red", "blue"]},
            },
            "title": {"description": "A title.", "default": None, "type": ["string", "null"]},
        },
    }


def test_options_are_made_of_what_is_given_and_of_defaults() -> None:
    options = make_options(Example, {"at-least": 5, "colours": ["red"]})
    assert (options.at_least, options.strict, options.colours, options.title) == (5, False, ("red",), None)


def test_options_are_described_on_the_page() -> None:
    assert describe(Example).splitlines() == [
        "- `at-least` (default: `2`): The least number.",
        "- `strict` (default: `false`): Whether to be strict.",
        "- `colours` (default: none): Colours.",
        "- `title` (default: none): A title.",
    ]
    page = run("explain", "kubernetes/too-few-replicas").stdout
    assert "## Options\n- `minimum` (default: `2`)" in page


@pytest.mark.parametrize("rule", WITH_OPTIONS, ids=[rule.identity() for rule in WITH_OPTIONS])
def test_every_option_has_a_default_and_a_description_that_is_a_sentence(rule: type[Rule[Any]]) -> None:
    assert make_options(rule, {}) == rule.Options()
    for member in options_schema(rule)["properties"].values():
        assert member["description"].endswith(".")


def test_configuration_schema_holds_the_options_of_all_rules() -> None:
    schema = json.loads(run("config", "--schema").stdout)
    options = schema["properties"]["rules"]["properties"]["options"]
    assert set(options["properties"]) == {rule.identity() for rule in WITH_OPTIONS}
    assert options["properties"]["kubernetes/too-few-replicas"]["properties"]["minimum"]["type"] == "integer"
    assert options["additionalProperties"] == {"type": "object"}  # rules of other packs


def test_option_arrives_at_the_rule(tmp_path: Path) -> None:
    text = "rules:\n  extend-select: [kubernetes/too-few-replicas]\n"
    root = configured(tmp_path, text)
    assert check(root, load(root / ".kubelint.yaml")).findings == []
    configured(tmp_path, text + "  options:\n    kubernetes/too-few-replicas:\n      minimum: 3\n")
    assert [finding.rule for finding in check(root, load(root / ".kubelint.yaml")).findings] == [
        "kubernetes/too-few-replicas"
    ]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            "kubernetes/too-few-replicas:\n      minimun: 3",
            "5:7: `minimun` is no setting of `rules.options.kubernetes/too-few-replicas`",
        ),
        (
            "kubernetes/too-few-replicas:\n      minimum: three",
            "5:16: `rules.options.kubernetes/too-few-replicas.minimum` must be an integer",
        ),
        (
            "kubernetes/too-few-replicas:\n      minimum: 0",
            "5:16: `rules.options.kubernetes/too-few-replicas.minimum` must be at least 1",
        ),
        (
            "kubernetes/too-few-replicas:\n      kinds: [Deploymnt]",
            "5:15: `rules.options.kubernetes/too-few-replicas.kinds.0` must be one of",
        ),
        ("kubernetes/removed-api:\n      since: 1.20", "5:7: `since` is no setting of `rules.options"),
    ],
)
@pytest.mark.parametrize("command", ["check", "config"])
def test_wrong_option_is_a_mistake_of_the_configuration(
    tmp_path: Path, options: str, message: str, command: str
) -> None:
    root = configured(tmp_path, f"fail-on: error\nrules:\n  options:\n    {options}\n")
    result = run(command, str(root), "--root", str(root))
    assert result.exit_code == 2
    assert result.stdout == ""
    assert f".kubelint.yaml:{message}" in result.stderr


def test_wrong_option_is_told_with_what_was_meant(tmp_path: Path) -> None:
    root = configured(tmp_path, "rules:\n  options:\n    kubernetes/too-few-replicas:\n      minimun: 3\n")
    assert "help: did you mean `minimum`?" in run("check", str(root), "--root", str(root)).stderr
    with pytest.raises(ConfigurationError, match="minimun"):
        check(root, load(root / ".kubelint.yaml"))


def test_options_of_a_rule_that_does_not_exist_are_left_to_the_rule_about_names(tmp_path: Path) -> None:
    root = configured(tmp_path, "rules:\n  options:\n    kubernetes/too-few-replica:\n      minimum: 3\n")
    report = check(root, load(root / ".kubelint.yaml"))
    assert [finding.rule for finding in report.findings] == ["repository/unknown-rule"]
