"""Text for people: rustc-style frames with both ends of a reference, then what was checked and what was not.

::

    error[istio/retries-never-fit]: the route gives up before its retries can finish
      --> mesh/reviews.yaml:14:16
       |
    14 |       timeout: 3s
       |                ^^ the whole request ends here
       |
      ::: mesh/ratings.yaml:11:21
       |
    11 |         fixedDelay: 5s
       |                     -- and the injected delay alone takes 5s
       |
       = path: VirtualService/reviews → Service/reviews → VirtualService/ratings
       = help: raise timeout to at least 6s
       = more: kubelint explain istio/retries-never-fit
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kubelint.finding import Finding, Label, Safety
from kubelint.report import Options
from kubelint.report.summary import summary
from kubelint.report.terminal import Paint, escape, plural

if TYPE_CHECKING:
    from kubelint.outcome import Outcome

#: A finding shows no more places, steps and overlays than these unless ``--verbose`` asks for all.
MOST_PLACES, MOST_OVERLAYS = 10, 5


def write(report: Outcome, *, options: Options) -> Iterator[str]:
    """Yield the report, one finding at a time; ``quiet`` leaves out the summary."""
    paint = Paint(color=options.color, hyperlinks=options.hyperlinks)
    explained: set[str] = set()
    for finding in report.findings:
        lines = list(_finding(finding, report, options, paint, explain=finding.rule not in explained))
        explained.add(finding.rule)
        yield "\n".join([*lines, "", ""])
    if not options.quiet:
        yield "".join(f"{line}\n" for line in summary(report, options, paint))


def _finding(finding: Finding, report: Outcome, options: Options, paint: Paint, *, explain: bool) -> Iterator[str]:
    """Yield the lines of a finding; ``explain`` adds where to read more about its rule."""
    places = _distinct(finding)
    shown = places if options.verbose else places[:MOST_PLACES]
    name = finding.severity.label
    from kubelint.report.frame import Framer  # most runs have nothing to show

    framer = Framer(len(str(max(label.span.line for label in shown))), paint, name, options.width)
    yield paint(name, f"{name}[{escape(finding.rule)}]") + paint("strong", f": {escape(finding.headline)}")
    notes: list[tuple[str, str]] = []
    files: dict[str, list[tuple[Label, bool]]] = {}
    for index, label in enumerate(shown):
        files.setdefault(label.span.file.path, []).append((label, index == 0))
    for index, (path, labels) in enumerate(files.items()):
        source = labels[0][0].span.file
        start = labels[0][0].span if index == 0 else min(label.span for label, _ in labels)
        place = f"{escape(options.shown(path))}:{start.line}:{start.column}"
        if index:
            yield framer.bar()
        arrow = paint("gutter", ":::" if index else "-->")
        yield f"{' ' * framer.gutter}{arrow} {paint.link(f'{report.root}/{path}', place)}"
        if source.text:
            yield from framer.file(source, labels)
        else:  # an empty file, or one that could not be read
            texts = [label.text if primary else f"{place}: {label.text}" for label, primary in labels if label.text]
            notes += [("note", text) for text in texts]
    if len(shown) < len(places):
        more = plural(len(places) - len(shown), "more place")
        notes.append(("note", f"{more} not shown, --verbose shows all"))
    notes += _notes(finding, options)
    if explain:
        notes.append(("more", f"kubelint explain {finding.rule}"))
    if notes:
        yield framer.bar()
    for note in notes:
        yield from framer.note(*note)


def _distinct(finding: Finding) -> list[Label]:
    """Return the labels without those that say nothing new: the same text, or none, at the same place."""
    kept: list[Label] = []
    texts: dict[object, set[str]] = {}
    for label in finding.labels:
        known = texts.setdefault(label.span.key, set())
        if not known or (label.text and label.text not in known):
            kept.append(label)
        known.add(label.text)
    return kept


def _notes(finding: Finding, options: Options) -> Iterator[tuple[str, str]]:
    if finding.path:
        yield "path", " → ".join(finding.path)
    if finding.note:
        yield "note", finding.note
    if finding.help:
        yield "help", finding.help
    if finding.fix is not None:
        unsafe = finding.fix.safety is Safety.UNSAFE
        command = "--fix --unsafe-fixes, may change what runs" if unsafe else "--fix"
        yield "fix", f"{finding.fix.title} ({command})"
    if finding.holds_in:
        shown = finding.holds_in if options.verbose else finding.holds_in[:MOST_OVERLAYS]
        more = len(finding.holds_in) - len(shown)
        yield "in", ", ".join(shown) + (f" and {more} more" if more else "")
