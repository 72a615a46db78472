"""SARIF 2.1.0, for GitHub code scanning and other viewers.

Built with the classes of sarif_om, written by one walk over their fields: the serialiser of that library
copies every object again and again (5,000 results take it twelve seconds) and leaves out what equals the
default, so that the level ``warning`` of a rule whose default is ``error`` would be read as ``error``.
``level`` is always written here.

What the log holds, and why:

- Places are relative to ``%SRCROOT%``, whose own URI is not given: it is the root of the checkout, wherever
  that is.
- Columns are UTF-16 code units. An empty place is reported as one column wide, since viewers show nothing
  else.
- The message names its related locations by links, ``[text](id)``; only so does GitHub show them. It is one
  line of printable characters. A path through several places is a code flow as well.
- Both fingerprints of :mod:`kubelint.report.fingerprint`, which says why.
- What was not checked is a notification. More findings than GitHub accepts are left out from the least
  severe on, and a notification says how many.
- Suppressed findings are results with ``suppressions`` only if the options ask for them: GitHub ignores
  that property and would open an alert for each (github/codeql-action#1230).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import attr
import sarif_om as om  # type: ignore[import-untyped]

from kubelint import __version__
from kubelint.finding import Finding, Fix, Label, Severity
from kubelint.report import Options
from kubelint.report.dump import dump
from kubelint.report.fingerprint import GITHUB, OWN, Fingerprints, LineHashes
from kubelint.report.terminal import enumeration, escape, percent_encoded, plural, well_formed
from kubelint.rule import Group, Rule
from kubelint.source import Span

if TYPE_CHECKING:
    from kubelint.outcome import Coverage, Outcome

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
ROOT = "%SRCROOT%"

#: GitHub's limits ("SARIF support for code scanning"): results, length of a description, places of a result.
MOST_RESULTS, LONGEST_DESCRIPTION, MOST_PLACES = 25_000, 1024, 100
#: Ours, for the sake of the reader: characters of one text in a message, links in a message, notifications.
LONGEST_TEXT, MOST_LINKS, MOST_NOTIFICATIONS = 1000, 10, 1000

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_PROBLEM_SEVERITIES = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "recommendation"}
_SECURITY_SEVERITIES = {Severity.ERROR: "8.0", Severity.WARNING: "5.5", Severity.INFO: "3.0"}
_PRECISIONS = {Group.CORRECTNESS: "very-high", Group.DRIFT: "medium", Group.STYLE: "medium"}


def write(report: Outcome, *, options: Options) -> Iterator[str]:
    """Yield the log; of the options only ``suppressed`` matters."""
    run = _Run(report, suppressed=options.suppressed).run()
    log = om.SarifLog(version="2.1.0", schema_uri=SCHEMA, runs=[run])
    yield dump(plain(log), separators=(",", ":")) + "\n"


class _Run:
    """What all results of a run share."""

    def __init__(self, report: Outcome, *, suppressed: bool) -> None:
        self.report = report
        hidden = report.suppressed if suppressed else []
        self.suppressed = {id(finding) for finding in hidden}
        findings = sorted([*report.findings, *hidden], key=lambda finding: finding.sort_key)
        self.left_out = max(0, len(findings) - MOST_RESULTS)
        if self.left_out:
            worst = sorted(findings, key=lambda finding: -finding.severity)[:MOST_RESULTS]
            findings = sorted(worst, key=lambda finding: finding.sort_key)
        self.findings = findings
        self.rules = sorted({finding.rule for finding in findings})
        self.indexes = {rule: index for index, rule in enumerate(self.rules)}
        self.fingerprints = Fingerprints([*report.findings, *report.suppressed])
        self.hashes: dict[str, LineHashes] = {}

    def run(self) -> Any:
        """Return the run."""
        driver = om.ToolComponent(
            name="kubelint",
            semantic_version=__version__,
            rules=[_descriptor(rule, self.report.rules.get(rule)) for rule in self.rules],
        )
        notifications = list(_notifications(self.report.coverage, self.left_out))
        invocation = om.Invocation(execution_successful=True, tool_execution_notifications=notifications)
        description = om.Message(text="The root of the repository.")
        return om.Run(
            tool=om.Tool(driver=driver),
            automation_details=om.RunAutomationDetails(id="kubelint/"),
            invocations=[invocation],
            original_uri_base_ids={ROOT: om.ArtifactLocation(description=description)},
            column_kind="utf16CodeUnits",
            results=[self.result(finding) for finding in self.findings],
        )

    def result(self, finding: Finding) -> Any:
        """Return the result that a finding becomes."""
        related = _related(finding)
        location = _location(finding.span)
        if finding.subject:
            subject = om.LogicalLocation(fully_qualified_name=finding.subject, kind="resource")
            location.logical_locations = [subject]
        shown = related[:MOST_PLACES]
        others = [_location(label.span, index, _name(label)) for index, label in enumerate(shown, 1)]
        return om.Result(
            rule_id=finding.rule,
            rule_index=self.indexes[finding.rule],
            level=_LEVELS[finding.severity],
            message=om.Message(text=_message(finding, related)),
            locations=[location],
            related_locations=others or None,
            code_flows=_code_flows(finding, shown),
            partial_fingerprints=self.partial_fingerprints(finding),
            fixes=None if finding.fix is None else [_fix(finding.fix)],
            suppressions=self.suppressions(finding),
            properties=_properties(finding),
        )

    def partial_fingerprints(self, finding: Finding) -> dict[str, str]:
        """Return ours and, where the text of the file is known, GitHub's."""
        found = {OWN: self.fingerprints[finding]}
        source = finding.span.file
        if source.text:
            hashes = self.hashes.get(source.path)
            if hashes is None:
                hashes = self.hashes[source.path] = LineHashes(source)
            found[GITHUB] = hashes[finding.span.line]
        return found

    def suppressions(self, finding: Finding) -> list[Any] | None:
        """Return how a finding is suppressed, by the configuration or by a directive, or None."""
        if id(finding) not in self.suppressed:
            return None
        by_settings = any(
            {finding.rule, finding.rule.partition("/")[0]} & set(override.ignore)
            and override.applies(finding.span.file.path, finding.subject)
            for override in self.report.settings.overrides
        )
        return [om.Suppression(kind="external" if by_settings else "inSource")]


def _descriptor(identity: str, rule: type[Rule[Any]] | None) -> Any:
    """Return the description of a rule; of a rule that is not installed only its name is known."""
    if rule is None:
        name = "".join(word.capitalize() for word in re.split(r"\W+", identity.rpartition("/")[2]))
        text = _text(identity)
        return om.ReportingDescriptor(id=identity, name=name, short_description=text, full_description=text, help=text)
    page = rule.page() or identity
    properties = {
        "tags": list(dict.fromkeys((rule.family(), rule.group.value))),
        "precision": _PRECISIONS.get(rule.group, "high"),
        "problem.severity": _PROBLEM_SEVERITIES[rule.severity],
    }
    if rule.group is Group.SECURITY:
        properties["security-severity"] = _SECURITY_SEVERITIES[rule.severity]
    return om.ReportingDescriptor(
        id=identity,
        name=rule.__name__,
        short_description=_text(rule.summary() or identity),
        full_description=_text(" ".join(page.partition("\n## ")[0].split())),
        help=om.MultiformatMessageString(text=page, markdown=page),
        default_configuration=om.ReportingConfiguration(level=_LEVELS[rule.severity]),
        properties=properties,
    )


def _text(text: str) -> Any:
    return om.MultiformatMessageString(text=_clipped(text, LONGEST_DESCRIPTION))


# -- one result ----------------------------------------------------------------------------------------------


def _related(finding: Finding) -> list[Label]:
    """Return the related labels that say something that the primary one does not."""
    said = ("", finding.primary.text)
    return [label for label in finding.related if label.span != finding.span or label.text not in said]


def _message(finding: Finding, related: list[Label]) -> str:
    """Return the text of a result: headline, label, links to the other places, note and help."""
    sentences = [_sentence(finding.headline)]
    if finding.primary.text:
        sentences.append(f"Here: {_sentence(finding.primary.text)}")
    if related:
        linked = enumerate(related[:MOST_LINKS], 1)
        links = [f"[{_bracketed(_name(label))}]({index})" for index, label in linked]
        more = len(related) - len(links)
        sentences.append(f"See {enumeration([*links, plural(more, 'more place')] if more else links)}.")
    if finding.path:
        sentences.append(f"Path: {_sentence(' → '.join(finding.path))}")
    if finding.holds_in:
        sentences.append(f"In: {_sentence(', '.join(finding.holds_in))}")
    if finding.note:
        sentences.append(f"Note: {_sentence(finding.note)}")
    if finding.help:
        sentences.append(f"Help: {_sentence(finding.help)}")
    return " ".join(sentences)


def _sentence(text: str) -> str:
    """Return a text as a sentence, without anything that a viewer would take for a link."""
    text = _clipped(escape(text), LONGEST_TEXT)
    text = _bracketed(text) if "](" in text else text
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."


def _bracketed(text: str) -> str:
    """Return text with its square brackets escaped as embedded links need it (SARIF 2.1.0, 3.11.6)."""
    return re.sub(r"([\\\[\]])", r"\\\1", text)


def _name(label: Label) -> str:
    """Return the text of a related place, or where it is if nothing is said of it."""
    return _clipped(escape(label.text or f"{label.span.file.path}:{label.span.line}"), LONGEST_TEXT)


def _clipped(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1]}…"


def _code_flows(finding: Finding, related: list[Label]) -> list[Any] | None:
    """Return the path as steps that a viewer walks along, where there are at least three places on it."""
    if not finding.path or len(related) < 2:
        return None
    first = escape(finding.primary.text or finding.headline)
    places = [
        _location(finding.span, text=first),
        *(_location(label.span, text=_name(label)) for label in related),
    ]
    flow = om.ThreadFlow(locations=[om.ThreadFlowLocation(location=place) for place in places])
    return [om.CodeFlow(thread_flows=[flow], message=om.Message(text=_sentence(" → ".join(finding.path))))]


def _fix(fix: Fix) -> Any:
    files: dict[str, list[Any]] = {}
    for edit in fix.edits:
        content = om.ArtifactContent(text=edit.text)
        replacement = om.Replacement(deleted_region=_region(edit.span), inserted_content=content)
        files.setdefault(edit.span.file.path, []).append(replacement)
    return om.Fix(
        artifact_changes=[
            om.ArtifactChange(artifact_location=_artifact(path), replacements=replacements)
            for path, replacements in files.items()
        ],
        description=om.Message(text=_sentence(fix.title)),
        properties={"safety": fix.safety.value},
    )


def _properties(finding: Finding) -> dict[str, Any] | None:
    properties: dict[str, Any] = {}
    if finding.path:
        properties["path"] = list(finding.path)
    if finding.holds_in:
        properties["holdsIn"] = list(finding.holds_in)
    return properties or None


# -- places --------------------------------------------------------------------------------------------------


def _location(span: Span, identity: int = -1, text: str = "") -> Any:
    region = _region(span)
    if span.start == span.end:
        region.end_column += 1  # behind the last character stands the line end, so there is one more column
    physical = om.PhysicalLocation(artifact_location=_artifact(span.file.path), region=region)
    message = om.Message(text=text) if text else None
    return om.Location(id=identity, physical_location=physical, message=message)


def _artifact(path: str) -> Any:
    return om.ArtifactLocation(uri=percent_encoded(path), uri_base_id=ROOT)


def _region(span: Span) -> Any:
    lines = span.file.lines
    return om.Region(
        start_line=lines.line(span.start),
        start_column=lines.utf16_column(span.start),
        end_line=lines.line(span.end),
        end_column=lines.utf16_column(span.end),
    )


# -- what was not checked ------------------------------------------------------------------------------------


def _notifications(coverage: Coverage, left_out: int) -> Iterator[Any]:
    """Yield what a reader of the log must know: results that are missing, files that were not checked."""
    if left_out:
        text = f"{plural(left_out, 'result')} left out: no more than {MOST_RESULTS} are accepted."
        yield _notification(text, "error")
    template = "Not checked: a template cannot be read before it is rendered."
    files = [(file.path, _sentence(f"Skipped: {file.reason}"), "warning") for file in coverage.skipped]
    files += [(path, template, "note") for path in coverage.templated]
    for path, text, level in files[:MOST_NOTIFICATIONS]:
        yield _notification(text, level, path)
    if len(files) > MOST_NOTIFICATIONS:
        yield _notification(f"Not checked: {len(files) - MOST_NOTIFICATIONS} more files.", "warning")
    for count, what in (
        (coverage.opaque_values, "Not checked: values that are placeholders"),
        (coverage.opaque_objects, "Checked for names and references only: objects of kinds without a schema"),
        *((count, f"Not checked: {name}") for name, count in coverage.unchecked.items()),
        (coverage.unresolved, "Not judged: references that may lead out of the repository"),
        (len(coverage.unclaimed), "Checked for syntax only: YAML files of no known system"),
        (coverage.ignored, "Left out: files that ignore files name"),
    ):
        if count:
            yield _notification(f"{what} ({count}).", "note")


def _notification(text: str, level: str, path: str | None = None) -> Any:
    locations = None
    if path is not None:
        locations = [om.Location(physical_location=om.PhysicalLocation(artifact_location=_artifact(path)))]
    return om.Notification(message=om.Message(text=text), level=level, locations=locations)


# -- the walk ------------------------------------------------------------------------------------------------

#: Written even where they equal the default of the standard.
_ALWAYS = frozenset({"level"})
_fields: dict[type, tuple[tuple[str, str, Any], ...]] = {}


def plain(value: Any) -> Any:
    """Return a sarif_om object as ``json`` writes it: no absent members, no defaults, strings well-formed."""
    if isinstance(value, str):
        return well_formed(value)
    if value is None or isinstance(value, int | float):
        return value
    if isinstance(value, dict):
        return {well_formed(key): plain(member) for key, member in value.items()}
    if isinstance(value, list):
        return [plain(member) for member in value]
    found: dict[str, Any] = {}
    for name, key, default in _fields.get(type(value)) or _fields_of(type(value)):
        member = getattr(value, name)
        if member is not None and (member != default or key in _ALWAYS):
            found[key] = plain(member)
    return found


def _fields_of(cls: type) -> Iterable[tuple[str, str, Any]]:
    _fields[cls] = tuple(
        (field.name, field.metadata["schema_property_name"], _default(field.default)) for field in attr.fields(cls)
    )
    return _fields[cls]


def _default(default: Any) -> Any:
    return default.factory() if isinstance(default, attr.Factory) else default  # type: ignore[arg-type]
