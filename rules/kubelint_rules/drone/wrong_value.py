"""drone/wrong-value."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.edits import replacement
from kubelint.finding import Finding, Fix, Safety, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.schema import Fault, SchemaError
from kubelint.source import TextEdit
from kubelint.suggest import did_you_mean, nearest
from kubelint.systems.drone.conditions import ConditionFault, ConditionProblem
from kubelint.systems.drone.fixes import as_list
from kubelint.systems.drone.model import DIALECT, FROM_SECRET, DroneDocument, DronePipeline, LegacyFile
from kubelint.systems.drone.places import level
from kubelint.tree.node import Mapping, Node, Scalar, Sequence
from kubelint.words import cut
from kubelint_schemas import drone as pack

_ANY_SCALAR = "a string, a number or a boolean"
_REFUSED = "the server refuses the whole file"


class WrongValue(Rule[DroneDocument]):
    """A value that Drone cannot read, or that it replaces with a default or drops in silence.

    ## Why
    A value of the wrong shape makes the server refuse the whole file without saying where. A condition of the wrong
    shape is worse: Drone drops it, and a step that should run on one branch runs on all of them. A misspelt event
    matches no build, a misspelt `pull` or `failure` means the default.

    ## Example
    ```yaml .drone.yml
    kind: pipeline
    type: docker
    name: default

    steps:
    - name: publish
      image: plugins/docker:20
      settings:
        repo: octocat/hello-world
      when:
        branch:
          include: main
        event: pull-request
    ```

    ## Stays silent when
    - a number or a boolean stands for a text: Drone takes it as it is written
    - a single text stands for a list of patterns in a condition
    - the value is a placeholder that is only known later, or a pattern with `*`, `?`, `[` or `{`
    - the type is one for which no runner is known

    ## Source
    Drone documentation, the specification of each pipeline type; the decoders of drone-yaml and runner-go.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    fixable = True

    def check(self, subject: DroneDocument, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each value that is not read as it is written."""
        del graph
        if isinstance(subject, LegacyFile):
            return
        if not isinstance(subject.root, Mapping):
            what = "a list" if isinstance(subject.root, Sequence) else "a single value"
            yield self.finding(
                f"a document must be a mapping, not {what}",
                subject.root,
                _REFUSED,
                help="begin it with `kind: `",
                subject=subject,
            )
            return
        for error in subject.errors:
            if error.fault in (Fault.WRONG_TYPE, Fault.WRONG_VALUE):
                yield self._of_schema(subject, error)
        if isinstance(subject, DronePipeline) and not subject.opaque:
            for owner in (subject.trigger, *(step.when for step in subject.containers)):
                for condition in owner:
                    for problem in condition.problems():
                        yield self._of_condition(subject, problem)
            for step in subject.containers:
                yield from self._defaulted(subject, step.node.scalar("failure"), "failure")
                if subject.runner in pack.types_with("step", "pull"):
                    yield from self._defaulted(subject, step.node.scalar("pull"), "pull")

    # -- shapes ----------------------------------------------------------------------------------------------------

    def _of_schema(self, subject: DroneDocument, error: SchemaError) -> Finding:
        headline, label, help_text, fix = _shape(error)
        place: Node = error.node
        if isinstance(place, Mapping) and FROM_SECRET in place:
            place = place.key(FROM_SECRET) or place
        elif not isinstance(place, Scalar) and isinstance(error.path[-1], str):
            holder = subject.root.at(*error.path[:-1])
            place = (holder and holder.key(error.name)) or place
        return self.finding(headline, place, label, help=help_text, fix=fix, subject=subject)

    # -- conditions ------------------------------------------------------------------------------------------------

    def _of_condition(self, subject: DroneDocument, problem: ConditionProblem) -> Finding:
        if problem.fault is ConditionFault.UNKNOWN_VALUE:
            return self._unknown_value(subject, problem)
        field = f"`{problem.condition.field}`"
        then = f"so {field} matches everything" if problem.matches_all else "and does nothing"
        node, fix, help_text = problem.node, None, f"write a list below `include` or `exclude` of {field}"
        if problem.fault is ConditionFault.NO_LIST:
            headline = f"`{problem.part}` of {field} must be a list, not {_what(node)}"
            if isinstance(node, Scalar):
                fix, help_text = as_list(node), f"write `{problem.part}: [{cut(node.text)}]`"
        elif problem.fault is ConditionFault.UNKNOWN_PART:
            headline = f"{field} has no key `{problem.part}`, only `include` and `exclude`"
            if problem.candidates:
                help_text = f"write `{problem.candidates[0]}`"
                if isinstance(node, Scalar):
                    fix = replacement(node, problem.candidates[0])
        elif problem.fault is ConditionFault.NO_PATTERN:
            headline = f"a pattern of {field} must be a single text, not {_what(node)}"
            help_text = "write each pattern as an item of the list, in quotes where it holds `: `"
        else:
            headline = f"{field} is an empty mapping"
        return self.finding(headline, node, f"dropped, {then}", help=help_text, fix=fix, subject=subject)

    def _unknown_value(self, subject: DroneDocument, problem: ConditionProblem) -> Finding:
        field, node = problem.condition.field, problem.node
        assert isinstance(node, Scalar)  # noqa: S101 - only scalars are patterns
        excludes = problem.part == "exclude"
        label = did_you_mean(list(problem.candidates)) or ("excludes nothing" if excludes else "never matches")
        known = ", ".join(f"`{value}`" for value in pack.values(field))
        return self.finding(
            f"no build has the {field} `{cut(node.text)}`",
            node,
            label,
            help=f"write `{problem.candidates[0]}`" if problem.candidates else f"use one of {known}",
            fix=replacement(node, problem.candidates[0]) if len(problem.candidates) == 1 else None,
            severity=Severity.ERROR if field == "event" and not excludes else Severity.WARNING,
            subject=subject,
        )

    def _defaulted(self, subject: DroneDocument, node: Scalar | None, field: str) -> Iterator[Finding]:
        """Yield a finding where a word is not known, which means the default."""
        if node is None or node.opaque:
            return
        known = pack.values(field)
        text = node.text.lower() if field == "pull" else node.text
        if text in (*known, "default") or not text:
            return
        near = nearest(node.text, known)
        default = "a failure fails the pipeline" if field == "failure" else "the default policy is used"
        listed = ", ".join(f"`{value}`" for value in known)
        yield self.finding(
            f"`{field}: {cut(node.text)}` is not known: {default}",
            node,
            did_you_mean(near) or "taken as if it were not there",
            help=f"write `{field}: {near[0]}`" if near else f"use one of {listed}",
            fix=replacement(node, near[0]) if len(near) == 1 else None,
            severity=Severity.WARNING,
            subject=subject,
        )


def _shape(error: SchemaError) -> tuple[str, str, str, Fix | None]:
    """Return headline, label, help and fix for a value that the decoder refuses."""
    node, name, noun = error.node, error.name, level(error.path)
    expected = "a single value" if _ANY_SCALAR in error.expected else error.expected
    if isinstance(error.path[-1], int) and expected == "a single value":
        return _item(error, noun)
    if error.fault is Fault.WRONG_VALUE:
        return (
            f"`{name}: {cut(node.text) if isinstance(node, Scalar) else '…'}` is no size",
            _REFUSED,
            "write a number of bytes, or a size such as `512MB`",
            None,
        )
    if isinstance(error.path[-1], int):
        what = f"each {noun} must be {expected}, not {_what(node)}"
    else:
        what = f"`{name}` must be {expected}, not {_what(node)}"
    if isinstance(node, Mapping) and FROM_SECRET in node and expected == "a single value":
        if error.path[0] == "environment":
            headline = f"the pipeline's `environment` cannot take `{name}` from a secret"
            return (
                headline,
                "the runner refuses the file",
                "set it in the `environment` of the steps that need it",
                None,
            )
        return f"`{name}` cannot be taken from a secret", _REFUSED, "write the value, or use a setting that can", None
    fix, help_text = None, f"write {expected}"
    if expected == "a list" and isinstance(node, Scalar):
        fix, help_text = as_list(node), "put it in a list, behind `- `"
    elif expected == "a list" and noun in ("steps", "services", "volumes"):
        help_text = "begin each item with `- name:`"
    elif expected == "a mapping" and isinstance(node, Sequence):
        first = node.children[0] if node.children else None
        if isinstance(first, Mapping) and len(node.children) == 1:
            help_text = "remove the `- `"
        elif noun in ("environment", "settings", "node") and isinstance(first, Scalar) and "=" in first.text:
            variable, _, value = first.text.partition("=")
            help_text = f"write `{variable}: {value}`"
    elif isinstance(node, Scalar) and node.style in ("'", '"') and expected in ("a boolean", "a number"):
        bare = DIALECT.resolve(node.text)
        if isinstance(bare, bool if expected == "a boolean" else int | float):
            fix = Fix("remove the quotes", (TextEdit(node.span, node.text),), Safety.SAFE)
            help_text = "remove the quotes"
    return what, _REFUSED, help_text, fix


def _item(error: SchemaError, noun: str) -> tuple[str, str, str, Fix | None]:
    """Return headline, label, help and fix for an item that should be a single text."""
    node = error.node
    what = "a command" if noun == "commands" else f"an item of `{noun}`"
    headline = f"{what} must be a single text, not {_what(node)}"
    if not isinstance(node, Mapping) or not node.entries:
        return headline, _REFUSED, "write a single text", None
    key = node.entries[0][0]
    label = f"`: ` makes `{cut(key.text)}` a key; {_REFUSED}"
    written = node.span.text
    fix = None
    if not node.flow and len(node.entries) == 1 and "\n" not in written:
        quoted = "'" + written.replace("'", "''") + "'"
        fix = Fix("quote it", (TextEdit(node.span, quoted),), Safety.SAFE)
    return headline, label, "put it in quotes", fix


def _what(node: Node) -> str:
    if isinstance(node, Mapping):
        return "a mapping"
    if isinstance(node, Sequence):
        return "a list"
    assert isinstance(node, Scalar)  # noqa: S101 - there are three kinds of nodes
    if node.is_null:
        return "empty"
    value = node.value(DIALECT)
    if isinstance(value, bool):
        return "a boolean"
    return "a number" if isinstance(value, int | float) else "a text"
