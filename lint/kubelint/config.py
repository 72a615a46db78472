"""The user's configuration, ``.kubelint.yaml`` (floor 2)."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, NamedTuple

from kubelint.bounded import read_bounded
from kubelint.files import Limits, decode
from kubelint.finding import Severity
from kubelint.globs import is_affordable
from kubelint.paths import matches
from kubelint.schema.error import Fault, SchemaError
from kubelint.source import SourceFile
from kubelint.suggest import did_you_mean
from kubelint.tree.dialect import GO_YAML_V3
from kubelint.tree.node import Mapping as MappingNode
from kubelint.tree.node import Node, Scalar
from kubelint.tree.problem import Problem, SyntaxProblem

FILE_NAMES = (".kubelint.yaml", ".kubelint.yml")
#: Where a baseline lies unless the user says otherwise.
BASELINE_NAME = ".kubelint-baseline.yaml"
#: Files of ours at the root: what is wrong in them ends the run, so that they are no files that were not checked.
OWN_FILES = frozenset({*FILE_NAMES, BASELINE_NAME})


#: Each entry of ``overrides`` and ``units`` is held against each finding and folder.
MOST_ENTRIES = 2_000
_GLOB_SIGNS = frozenset("*?[]\\!# ")


class ConfigurationError(Exception):
    """The configuration cannot be used; ``problems`` say where and why."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(f"{problem.span}: {problem.message}" for problem in problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Override:
    """Settings for the findings of some files or resources only."""

    paths: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severity: Mapping[str, Severity] = field(default_factory=dict)

    def applies(self, path: str, subject: str) -> bool:
        """Tell whether a finding in that file, about that resource (``Kind/namespace/name``), is meant."""
        if self.paths and not matches(path, self.paths):
            return False
        return not self.resources or any(_names(subject, pattern) for pattern in self.resources)


class UnitSetting(NamedTuple):
    """What the user says of the resources below a path."""

    path: str
    closed: bool = False
    namespace: str | None = None


class Policy(NamedTuple):
    """A statement about objects that the user requires to hold, as an expression in CEL.

    ``resources`` are patterns of the objects that it is about (none: every object), ``expression`` is where it stands.
    """

    name: str
    expression: Scalar
    resources: tuple[str, ...] = ()
    message: str | None = None
    severity: Severity | None = None

    def is_about(self, subject: str) -> bool:
        """Tell whether a resource (``Kind/namespace/name``) is meant."""
        return not self.resources or any(_names(subject, pattern) for pattern in self.resources)


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that the configuration says, with defaults for what it leaves out."""

    source: SourceFile | None = None
    targets: Mapping[str, Any] = field(default_factory=dict)
    select: tuple[str, ...] | None = None
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severity: Mapping[str, Severity] = field(default_factory=dict)
    options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    overrides: tuple[Override, ...] = ()
    externals: tuple[str, ...] = ()
    units: tuple[UnitSetting, ...] = ()
    exclude: tuple[str, ...] = ()
    schemas: tuple[str, ...] = ()
    policies: tuple[Policy, ...] = ()
    #: Which Services a workload calls, as the annotation ``kubelint.io/calls`` says it: workload and declaration.
    calls: tuple[tuple[Scalar, Scalar], ...] = ()
    fail_on: Severity = Severity.WARNING
    limits: Limits = field(default_factory=Limits)
    #: Where rule ids and groups stand in the file, to report those that do not exist.
    mentions: tuple[Scalar, ...] = ()
    #: Where the options of each rule stand: what a rule takes is checked where the rules are known.
    option_nodes: Mapping[str, Node] = field(default_factory=dict)

    def target(self, *path: str) -> Any:
        """Return what ``targets`` says (``target("kubernetes")`` is a version); None where it says nothing."""
        value: Any = self.targets
        for step in path:
            if not isinstance(value, Mapping) or step not in value:
                return None
            value = value[step]
        return value

    def selects(self, rule: str, group: str, *, by_default: bool) -> bool:
        """Tell whether a rule runs: what names it more exactly wins, ``ignore`` breaks ties.

        ``rule`` is its id, ``by_default`` whether its group is one of those that run when ``select`` says nothing.
        """
        chosen = (1 if by_default else 0) if self.select is None else _exactness(rule, group, self.select)
        chosen = max(chosen, _exactness(rule, group, self.extend_select))
        return chosen > _exactness(rule, group, self.ignore)

    def unit_setting(self, path: str) -> UnitSetting | None:
        """Return what the user says of the unit at a path: the longest matching entry."""
        best: UnitSetting | None = None
        for unit in self.units:
            # Matching is what costs: an entry that would not be better is not asked.
            if best is not None and len(unit.path) <= len(best.path):
                continue
            if unit.path in ("", ".") or (_may_name(unit.path, path) and matches(path, [unit.path])):
                best = unit
        return best

    def with_changes(self, **changes: Any) -> Settings:
        """Return a copy with some fields changed, as the command line does."""
        return replace(self, **changes)


def _may_name(pattern: str, path: str) -> bool:
    """Tell whether a pattern may name a path: one without signs of a glob stands in it as it is written."""
    return pattern in path or not _GLOB_SIGNS.isdisjoint(pattern)


def find_configuration(root: Path) -> Path | None:
    """Return the configuration file of a repository; None where it has none."""
    for name in FILE_NAMES:
        path = root / name
        if os.path.lexists(path) and not path.is_dir():
            return path
    return None


def load(path: Path, shown: str | None = None, *, within: Path | None = None) -> Settings:
    """Read a configuration file; raises :class:`ConfigurationError` with every mistake in it.

    ``within`` is the folder that a link must not lead out of; None where the user named the file.
    """
    return parse(*read_own(path, shown, within=within))


def read_own(path: Path, shown: str | None, *, within: Path | None) -> tuple[SourceFile, list[Problem]]:
    """Return the text of a file of ours and what could not be decoded; raises :class:`ConfigurationError`.

    ``shown`` is the path in messages, ``within`` the folder that a link must not lead out of.
    """
    try:
        raw = read_bounded(path, within=within)
    except OSError as error:
        source = SourceFile(shown or path.name, "")
        raise ConfigurationError([Problem(f"cannot be read: {error.strerror}", source.span(0, 0))]) from error
    return decode(shown or path.name, raw)


def parse(source: SourceFile, problems: Iterable[Problem] = ()) -> Settings:
    """Return the settings of a configuration text; raises :class:`ConfigurationError` with every mistake in it."""
    from kubelint.tree.yaml import read_yaml  # only where there is a file
    from kubelint_schemas import config as config_schema

    stream = read_yaml(source)
    found = [*problems, *stream.problems]
    if len(stream.documents) > 1:
        second = stream.documents[1]
        end = min(second.start + 3, len(source.text))
        found.append(SyntaxProblem("only one document is read here", source.span(second.start, end)))
    root = stream.documents[0].root if stream.documents else None
    if root is not None:
        from kubelint.schema import Schema

        errors = Schema(config_schema.schema()).errors(root, GO_YAML_V3)
        found.extend(setting_problem(error) for error in errors)
        found.extend(_costly_globs(root))
    if found:
        raise ConfigurationError(found)
    if not isinstance(root, MappingNode):
        return Settings(source=source)
    return _settings(source, root)


def _costly_globs(root: Node) -> Iterator[Problem]:
    """Yield a problem for each glob of files that would take too long: the file may be a stranger's."""
    nodes = [*root.items_at("exclude"), *(unit.at("path") for unit in root.items_at("units"))]
    for name in ("overrides", "units"):
        for first in root.items_at(name)[MOST_ENTRIES : MOST_ENTRIES + 1]:
            yield Problem(f"`{name}` has more than {MOST_ENTRIES} entries", first.span, None, "use globs")
    nodes += [item for override in root.items_at("overrides") for item in override.items_at("paths")]
    for node in nodes:
        if isinstance(node, Scalar) and not is_affordable(node.text):
            yield Problem("this glob has too many asterisks", node.span, None, "name folders, or use several globs")


def setting_problem(error: SchemaError, prefix: tuple[str, ...] = ()) -> Problem:
    """Return what a schema error says of the configuration; ``prefix`` is the path to what was validated."""
    steps = (*prefix, *error.path)
    where = ".".join(str(step) for step in (steps[:-1] if error.fault is Fault.UNKNOWN_FIELD else steps))
    if error.fault is Fault.UNKNOWN_FIELD:
        message = f"`{error.name}` is no setting" + (f" of `{where}`" if where else "")
    elif error.fault is Fault.MISSING_FIELD:
        message = f"`{error.name}` is missing"
    else:
        message = f"`{where}` must be {error.expected}, not {error.actual}"
    return Problem(message, error.node.span, None, did_you_mean(error.candidates) or None)


def _settings(source: SourceFile, root: MappingNode) -> Settings:
    overrides = tuple(
        Override(
            _texts(node, "paths"), _texts(node, "resources"), _texts(node, "ignore"), _severities(node.at("severity"))
        )
        for node in root.items_at("overrides")
    )
    units = tuple(
        UnitSetting(
            (node.text_at("path") or "").strip("/").removeprefix("./"),
            closed=node.text_at("closed") == "true",
            namespace=node.text_at("namespace"),
        )
        for node in root.items_at("units")
    )
    rules = root.at("rules")
    mentions: list[Scalar] = []
    for place in (rules, *root.items_at("overrides")):
        if place is None:
            continue
        for name in ("select", "extend-select", "ignore"):
            mentions.extend(item for item in place.items_at(name) if isinstance(item, Scalar))
        for name in ("severity", "options"):
            mentions.extend(key for key, _ in place.pairs_at(name))
    defaults = Settings()
    return Settings(
        source=source,
        targets=_plain(root.at("targets")) or {},
        select=_texts(rules, "select") if rules is not None and rules.at("select") is not None else None,
        extend_select=_texts(rules, "extend-select"),
        ignore=_texts(rules, "ignore"),
        severity=_severities(None if rules is None else rules.at("severity")),
        options={} if rules is None else {key.text: value.data(GO_YAML_V3) for key, value in rules.pairs_at("options")},
        overrides=overrides,
        externals=_texts(root, "externals"),
        units=units,
        exclude=_texts(root, "exclude"),
        schemas=_texts(root, "schemas"),
        policies=tuple(_policies(root)),
        calls=tuple((key, value) for key, value in root.pairs_at("calls") if isinstance(value, Scalar)),
        fail_on=Severity.parse(root.text_at("fail-on") or defaults.fail_on.label),
        limits=_limits(root.at("limits")),
        mentions=tuple(mentions),
        option_nodes={} if rules is None else {key.text: value for key, value in rules.pairs_at("options")},
    )


def _policies(root: MappingNode) -> Iterator[Policy]:
    for node in root.items_at("policies"):
        name, expression, severity = node.text_at("name"), node.scalar("expression"), node.text_at("severity")
        if name is not None and expression is not None:
            yield Policy(
                name,
                expression,
                _texts(node, "resources"),
                node.text_at("message"),
                None if severity is None else Severity.parse(severity),
            )


def _exactness(rule: str, group: str, names: Iterable[str]) -> int:
    """Return how exactly the best of some names means a rule: its id, its system, its group, all; 0 for none."""
    ranks = {rule: 4, rule.partition("/")[0]: 3, group: 2, "all": 1}
    return max((ranks.get(name, 0) for name in names), default=0)


def _limits(node: Node | None) -> Limits:
    limits = Limits()
    if node is None:
        return limits
    values = {key.text.replace("-", "_"): value.data(GO_YAML_V3) for key, value in node.pairs()}
    return limits._replace(**values)


def _plain(node: Node | None) -> Any:
    if isinstance(node, MappingNode):
        return {key.text: _plain(value) for key, value in node.pairs()}
    if isinstance(node, Scalar):
        value = node.value(GO_YAML_V3)
        return value if isinstance(value, bool) or value is None else node.text
    return None if node is None else [_plain(item) for item in node.items()]


def _texts(node: Node | None, name: str) -> tuple[str, ...]:
    if node is None:
        return ()
    return tuple(item.text for item in node.items_at(name) if isinstance(item, Scalar))


def _severities(node: Node | None) -> dict[str, Severity]:
    return (
        {}
        if node is None
        else {key.text: Severity.parse(value.text) for key, value in node.pairs() if isinstance(value, Scalar)}
    )


def _names(subject: str, pattern: str) -> bool:
    if fnmatchcase(subject, pattern):
        return True
    parts = subject.split("/")
    return len(parts) > 2 and fnmatchcase(f"{parts[0]}/{parts[-1]}", pattern)
