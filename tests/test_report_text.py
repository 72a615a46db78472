"""The reports for people: whole frames as they are read, the summary, and lines for grep."""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from textwrap import dedent
from typing import Any, cast

import pytest

from kubelint.build import Built
from kubelint.check import Coverage, Report
from kubelint.config import Settings
from kubelint.files import Skipped
from kubelint.finding import Finding, Fix, Label, Safety, Severity
from kubelint.report import FORMATS, Options, render
from kubelint.source import SourceFile, Span, TextEdit

REVIEWS = SourceFile(
    "mesh/reviews.yaml",
    dedent("""\
        kind: VirtualService
        spec:
          http:
            - timeout: 3s
              retries:
                attempts: 3
                retryOn: 5xx
                perTryTimeout: 2s
        """),
)
RATINGS = SourceFile("mesh/ratings.yaml", "\n" * 10 + "    fixedDelay: 5s\n")


def at(source: SourceFile, text: str) -> Span:
    start = source.text.index(text)
    return source.span(start, start + len(text))


def label(source: SourceFile, text: str, says: str = "") -> Label:
    return Label(at(source, text), says)


def report(
    findings: Sequence[Finding] = (), coverage: Coverage | None = None, suppressed: Sequence[Finding] = ()
) -> Report:
    return Report(
        root=Path("/repository"),
        findings=list(findings),
        suppressed=list(suppressed),
        coverage=coverage or Coverage(files=1, documents={"istio": 1}),
        rules={},
        settings=Settings(),
        built=cast("Built", None),
    )


def frame(*findings: Finding, **options: Any) -> str:
    return "\n" + render("text", report(findings), Options(quiet=True)._replace(**options))


def summary(coverage: Coverage, *findings: Finding, verbose: bool = False, suppressed: int = 0) -> str:
    found = report(findings, coverage, [RETRIES] * suppressed)
    return render("text", found, Options(verbose=verbose)).rpartition("\n\n")[2]


RETRIES = Finding(
    rule="istio/retries-never-fit",
    headline="the route gives up before its retries can finish",
    primary=label(REVIEWS, "3s", "the whole request ends here"),
    related=(label(REVIEWS, "perTryTimeout: 2s", "3 attempts of 2s take 6s"),),
    help="raise timeout to at least 6s, or lower attempts to 1",
)


# -- frames --------------------------------------------------------------------------------------------------


def test_both_ends_of_a_reference_in_two_files() -> None:
    finding = replace(
        RETRIES,
        related=(*RETRIES.related, label(RATINGS, "5s", "and the injected delay alone takes 5s")),
        path=("VirtualService/reviews", "Service/ratings", "VirtualService/ratings"),
        note="retries share the time of the route",
        holds_in=("overlays/prod", "overlays/stage"),
    )
    assert frame(finding) == dedent("""
        error[istio/retries-never-fit]: the route gives up before its retries can finish
          --> mesh/reviews.yaml:4:16
           |
         4 |     - timeout: 3s
           |                ^^ the whole request ends here
        ...
         8 |         perTryTimeout: 2s
           |         ----------------- 3 attempts of 2s take 6s
           |
          ::: mesh/ratings.yaml:11:17
           |
        11 |     fixedDelay: 5s
           |                 -- and the injected delay alone takes 5s
           |
           = path: VirtualService/reviews → Service/ratings → VirtualService/ratings
           = note: retries share the time of the route
           = help: raise timeout to at least 6s, or lower attempts to 1
           = in: overlays/prod, overlays/stage
           = more: kubelint explain istio/retries-never-fit

        """)


def test_labels_are_in_the_order_of_the_lines_and_a_single_line_between_two_is_shown() -> None:
    finding = Finding("istio/x", "wrong", label(REVIEWS, "2s", "this one"), related=(label(REVIEWS, "3", "first"),))
    finding = replace(finding, related=(label(REVIEWS, "attempts", "second"), label(REVIEWS, "retries", "first")))
    assert frame(finding) == dedent("""
        error[istio/x]: wrong
         --> mesh/reviews.yaml:8:24
          |
        5 |       retries:
          |       ------- first
        6 |         attempts: 3
          |         -------- second
        7 |         retryOn: 5xx
        8 |         perTryTimeout: 2s
          |                        ^^ this one
          |
          = more: kubelint explain istio/x

        """)


def test_labels_on_one_line_hang_below_each_other() -> None:
    source = SourceFile("ci.yml", '  - run: echo "${{ title }}" # why\n')
    finding = Finding(
        "ci/x",
        "code injection",
        label(source, "${{ title }}", "this may be code"),
        related=(
            label(source, "run", "run here"),
            label(source, "echo", "by this"),
            label(source, "why", "asked"),
        ),
    )
    assert frame(finding) == dedent("""
        error[ci/x]: code injection
         --> ci.yml:1:16
          |
        1 |   - run: echo "${{ title }}" # why
          |     ---  ----  ^^^^^^^^^^^^    --- asked
          |     |    |     |
          |     |    |     this may be code
          |     |    by this
          |     run here
          |
          = more: kubelint explain ci/x

        """)


def test_one_label_inside_another_and_labels_without_text() -> None:
    source = SourceFile("a.yaml", "image: registry/web:latest\nname: web\n")
    finding = Finding(
        "k/x",
        "wrong",
        label(source, "latest", "the tag"),
        related=(
            label(source, "registry/web:latest", "the image"),
            label(source, "name"),
            label(source, "web\n"),
        ),
    )
    assert frame(finding) == dedent("""
        error[k/x]: wrong
         --> a.yaml:1:21
          |
        1 | image: registry/web:latest
          |        -------------^^^^^^ the tag
          |        |
          |        the image
        2 | name: web
          | ----  ---
          |
          = more: kubelint explain k/x

        """)


def test_a_place_is_named_once_and_two_texts_at_one_place_are_both_shown() -> None:
    source = SourceFile("a.yaml", "name: web\n")
    place = label(source, "web", "one")
    finding = Finding("k/x", "wrong", place, related=(place, label(source, "web", "two"), label(source, "web")))
    assert frame(finding) == dedent("""
        error[k/x]: wrong
         --> a.yaml:1:7
          |
        1 | name: web
          |       ^^^ one
          |       |
          |       two
          |
          = more: kubelint explain k/x

        """)


def test_many_places_are_cut_unless_all_are_wanted() -> None:
    source = SourceFile("a.yaml", "\n".join(f"- name{i}" for i in range(10, 40)))
    related = tuple(label(source, f"name{i}") for i in range(11, 40))
    finding = Finding("k/x", "wrong", label(source, "name10"), related=related)
    assert "20 more places not shown, --verbose shows all" in frame(finding)
    assert frame(finding).count("------") == 9
    assert "not shown" not in frame(finding, verbose=True)
    assert frame(finding, verbose=True).count("------") == 29


def test_spans_of_several_lines_are_shown_by_their_first() -> None:
    source = SourceFile("a.yaml", "spec:\r\n  a: 1  \r\n  b: 2\r\n")
    finding = Finding("k/x", "wrong", label(source, "a: 1  \r\n  b: 2", "all of this"))
    assert "2 |   a: 1\n  |   ^^^^ all of this\n" in frame(finding)


def test_places_without_extent_have_one_caret() -> None:
    source = SourceFile("a.yaml", "name:\nkind: Pod\n")
    end = Finding("k/x", "no value", Label(source.span(5, 5), "a name is missing"))
    assert "1 | name:\n  |      ^ a name is missing\n" in frame(end)
    after = Finding("k/x", "cut short", Label(source.span(16, 16), "here"))
    assert " --> a.yaml:3:1\n  |\n3 |\n  | ^ here\n" in frame(after)


def test_empty_and_unreadable_files_have_no_source_line() -> None:
    big, other = SourceFile("big.yaml", ""), SourceFile("other.yaml", "")
    finding = Finding(
        "repository/too-large",
        "the file was not read",
        Label(big.span(0, 0), "6 MB"),
        related=(Label(other.span(0, 0), "nor this one"),),
        help="exclude it",
    )
    assert frame(finding) == dedent("""
        error[repository/too-large]: the file was not read
         --> big.yaml:1:1
          |
         ::: other.yaml:1:1
          |
          = note: 6 MB
          = note: other.yaml:1:1: nor this one
          = help: exclude it
          = more: kubelint explain repository/too-large

        """)


def test_more_is_said_once_for_each_rule() -> None:
    text = frame(RETRIES, RETRIES, replace(RETRIES, rule="istio/other"))
    assert text.count("= more: kubelint explain istio/retries-never-fit\n") == 1
    assert text.count("= more: kubelint explain istio/other\n") == 1
    assert text.index("more: kubelint explain istio/retries") < text.index("error[istio/retries", 10)


def test_a_fix_says_how_it_is_applied() -> None:
    edit = TextEdit(at(REVIEWS, "3s"), "6s")
    safe = replace(RETRIES, fix=Fix("write 6s", (edit,), Safety.SAFE))
    assert "   = fix: write 6s (--fix)\n".replace("   =", "  =") in frame(safe)
    unsafe = replace(RETRIES, fix=Fix("write 6s", (edit,)))
    assert "= fix: write 6s (--fix --unsafe-fixes, may change what runs)\n" in frame(unsafe)


def test_overlays_are_counted_when_there_are_many() -> None:
    finding = replace(RETRIES, holds_in=tuple(f"overlays/{i}" for i in range(8)))
    assert "= in: overlays/0, overlays/1, overlays/2, overlays/3, overlays/4 and 3 more\n" in frame(finding)
    assert "overlays/7\n" in frame(finding, verbose=True)


def test_paths_are_shown_from_the_current_folder() -> None:
    finding = replace(RETRIES, related=(label(RATINGS, "5s"), label(SourceFile("web/a.yaml", "web"), "web")))
    text = frame(finding, base="mesh")
    assert "--> reviews.yaml:4:16\n" in text
    assert "::: ratings.yaml:11:17\n" in text
    assert "::: ../web/a.yaml:1:1\n" in text


# -- wide, long and hostile text -----------------------------------------------------------------------------


def columns_of(text: str, mark: str) -> tuple[str, str]:
    """Return the source line above the first row of marks, and that row, without the gutter."""
    lines = text.splitlines()
    row = next(index for index, line in enumerate(lines) if re.fullmatch(r" *\| *[\^-]+.*", line))
    return lines[row - 1].partition("| ")[2], lines[row].partition("| ")[2]


@pytest.mark.parametrize(
    ("line", "shown", "marks"),
    [
        ("\tkey:\tweb", "    key:    web", "            ^^^"),
        ("  a:\tweb", "  a:    web", "        ^^^"),
        ("名前: web # 名", "名前: web # 名", "      ^^^"),
        ("name: e\u0301 web", "name: e\u0301 web", "        ^^^"),
        ("a: \x1b[31m web", "a: \\x1b[31m web", "            ^^^"),
        ("a: \x9b31m web", "a: \\x9b31m web", "           ^^^"),
        ("a: \u202e web", "a: \\u202e web", "          ^^^"),
        ("a: \U000e0041 web", "a: \\U000e0041 web", "              ^^^"),
        ("a: \ud800 web", "a: \\ud800 web", "          ^^^"),
        ("a: ##[error]x web", "a: #\\x23[error]x web", "                 ^^^"),
        ("a: ##vso[task.x] web", "a: #\\x23vso[task.x] web", "                    ^^^"),
    ],
)
def test_carets_stand_under_the_text_whatever_is_before_it(line: str, shown: str, marks: str) -> None:
    source = SourceFile("a.yaml", line + "\n")
    assert columns_of(frame(Finding("k/x", "wrong", label(source, "web"))), "^") == (shown, marks)


def test_wide_characters_are_underlined_as_wide_as_they_are() -> None:
    source = SourceFile("a.yaml", "name: 名前\u202e\n")
    finding = Finding("k/x", "wrong", label(source, "名前\u202e", "not a name"))
    assert columns_of(frame(finding), "^") == ("name: 名前\\u202e", "      ^^^^^^^^^^ not a name")


def test_long_lines_are_cut_around_the_place() -> None:
    source = SourceFile("a.json", "[" + '"web", ' * 300 + '"needle", ' + '"web", ' * 300 + "]")
    finding = Finding("k/x", "wrong", label(source, '"needle"', "this one"))
    shown, marks = columns_of(frame(finding, width=80), "^")
    assert len(shown) <= 80 - 4
    assert shown.startswith("…")
    assert shown.endswith("…")
    assert shown[marks.index("^") : marks.rindex("^") + 1] == '"needle"'
    start = Finding("k/x", "wrong", label(source, '"web"'), related=(label(source, '"needle"', "far away"),))
    shown, marks = columns_of(frame(start, width=80), "^")
    assert shown.startswith('["web"')
    assert marks.startswith(" ^^^^^ ")
    assert marks.endswith("- far away")


def test_very_long_lines_are_not_looked_at_as_a_whole() -> None:
    source = SourceFile("a.json", "x" * 2_000_000 + "needle" + "y" * 2_000_000)
    text = frame(Finding("k/x", "wrong", label(source, "needle")))
    shown, marks = columns_of(text, "^")
    assert shown[marks.index("^") :].startswith("needle")
    assert len(text) < 1000
    whole = Finding("k/x", "wrong", Label(source.span(0, len(source.text)), "all of it"))
    assert len(frame(whole)) < 1000


def test_notes_are_wrapped_for_a_terminal_only() -> None:
    finding = replace(RETRIES, related=(), help="raise the timeout " * 6)
    assert f"= help: {'raise the timeout ' * 6}\n" in frame(finding)
    wrapped = [line for line in frame(finding, width=60).splitlines() if "raise" in line]
    assert len(wrapped) > 1
    assert all(len(line) <= 60 for line in wrapped)
    assert wrapped[1].startswith("          ")


HOSTILE = "we\x1b]0;x\x07b\n::error::pwned\r\n##[add-mask]x\u202e\x9b2J\ud800"


def hostile() -> Finding:
    source = SourceFile(f"::error file=a::{HOSTILE}.yaml", f"name: {HOSTILE.splitlines()[0]}\n")
    place = Label(source.span(6, 9), HOSTILE)
    other = Label(SourceFile(f"\u00a0::warning::{HOSTILE}", "").span(0, 0), HOSTILE)
    return Finding(
        "k/x",
        f"there is no `{HOSTILE}`",
        place,
        related=(other, Label(SourceFile("::debug::x", "a\n").span(0, 1), HOSTILE)),
        path=(HOSTILE, HOSTILE),
        help=HOSTILE,
        note="long " * 30 + HOSTILE + " ::error::x" * 30,
        holds_in=(HOSTILE,),
        subject=HOSTILE,
        fix=Fix(HOSTILE, (TextEdit(place.span, HOSTILE),)),
    )


@pytest.mark.parametrize("name", ["text", "concise"])
@pytest.mark.parametrize("width", [None, 60])
def test_hostile_names_neither_steer_the_terminal_nor_command_the_runner(name: str, width: int | None) -> None:
    coverage = Coverage(
        1, {HOSTILE: 1}, templated=(HOSTILE, "::x"), unclaimed=(HOSTILE,), skipped=(Skipped("::y", HOSTILE),)
    )
    text = render(name, report([hostile()], coverage), Options(width=width, verbose=True))
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", text)
    assert "##[" not in text
    for line in text.splitlines():
        command = re.match(r"\s*::(.*?)::", line)
        # The line that names another file begins with ``:::``, which is no command that a runner knows.
        assert command is None or command[1].startswith(": ")
    text.encode()


# -- colour --------------------------------------------------------------------------------------------------


def test_colour_changes_nothing_but_the_colour() -> None:
    source = SourceFile("ci.yml", '  - run: echo "${{ title }}" # why\n')
    related = (label(source, "run", "run here"), label(source, "- run", "all"))
    finding = Finding("ci/x", "code injection", label(source, "title", "code"), Severity.WARNING, related, help="x")
    colored = frame(finding, color=True)
    assert "\x1b[" not in frame(finding)
    assert re.sub(r"\x1b\[[0-9;]*m", "", colored) == frame(finding)
    assert colored.startswith("\n\x1b[1;93mwarning[ci/x]\x1b[0m\x1b[1m: code injection\x1b[0m\n")
    assert "\x1b[1;93m^^^^^\x1b[0m \x1b[1;93mcode\x1b[0m" in colored


def test_links_lead_to_the_file() -> None:
    source = SourceFile("a b/ü\udcff.yaml", "web\n")
    finding = Finding("k/x", "wrong", label(source, "web"))
    link = "\x1b]8;;file:///repository/a%20b/%C3%BC%FF.yaml\x1b\\a b/ü\\udcff.yaml:1:1\x1b]8;;\x1b\\"
    assert link in frame(finding, hyperlinks=True)
    assert "\x1b" not in frame(finding)


# -- the summary ---------------------------------------------------------------------------------------------

CHECKED = Coverage(
    files=41,
    documents={"drone": 1, "kubernetes": 98, "kustomize": 3},
    references=120,
    unresolved=7,
    opaque_values=12,
    opaque_objects=2,
    templated=("a", "b", "c"),
    unclaimed=tuple(f"docs/{i}.yaml" for i in range(14)),
    skipped=(Skipped("link.yaml", "a link that leads out of the repository"),),
    ignored=5,
)


def test_the_summary_counts_findings_and_what_was_not_checked() -> None:
    warning = replace(RETRIES, severity=Severity.WARNING)
    assert "\n" + summary(CHECKED, RETRIES, RETRIES, RETRIES, warning, warning, suppressed=1) == dedent("""
        Found 3 errors and 2 warnings (1 suppressed).
        Checked 41 files: 98 kubernetes, 3 kustomize, 1 drone; 120 references, 7 of them may lead out of the repository.
        Not checked: 3 files are templates, 12 values are placeholders, 2 objects of kinds without a schema, 1 file skipped (link.yaml: a link that leads out of the repository), 5 files are ignored.
        14 other YAML files were checked for syntax only.
        """)


def test_the_summary_counts_one_of_each() -> None:
    coverage = Coverage(
        1,
        {"compose": 1},
        1,
        1,
        1,
        1,
        1,
        ("a",),
        ("b",),
        (Skipped("x", "too big"), Skipped("y", "too small")),
        1,
    )
    assert "\n" + summary(coverage, RETRIES) == dedent("""
        Found 1 error.
        Checked 1 file: 1 compose; 1 reference that may lead out of the repository.
        Not checked: 1 file is a template, 1 value is a placeholder, 1 object of a kind without a schema, 2 files skipped (x: too big; --verbose lists all), 1 file is ignored.
        1 other YAML file was checked for syntax only.
        """)


@pytest.mark.parametrize(
    ("references", "unresolved", "clause"),
    [
        (0, 0, ""),
        (1, 0, "; 1 reference"),
        (2, 2, "; 2 references, all of them may lead out of the repository"),
    ],
)
def test_references_are_counted(references: int, unresolved: int, clause: str) -> None:
    coverage = Coverage(2, {"compose": 2}, references=references, unresolved=unresolved)
    assert summary(coverage) == f"No problems found.\nChecked 2 files: 2 compose{clause}.\n"


def test_severities_are_enumerated() -> None:
    counted = [replace(RETRIES, severity=severity) for severity in (*Severity, Severity.INFO)]
    assert summary(CHECKED, *counted).startswith("Found 1 error, 1 warning and 2 infos.\n")


def test_nothing_to_check_is_no_success() -> None:
    assert summary(Coverage(unclaimed=("a.yaml", "b.yaml"))) == dedent("""\
        Nothing was checked: there is no configuration of a known system here.
        2 YAML files were checked for syntax only.
        """)


def test_suppressed_findings_are_told_when_there_is_no_other() -> None:
    assert summary(CHECKED, suppressed=2).startswith("No problems found (2 suppressed).\n")


def test_fixes_are_counted() -> None:
    edit = TextEdit(at(REVIEWS, "3s"), "6s")
    safe = replace(RETRIES, fix=Fix("write 6s", (edit,), Safety.SAFE))
    unsafe = replace(RETRIES, fix=Fix("write 6s", (edit,)))
    assert "\n2 can be fixed with `--fix`, 1 more with `--fix --unsafe-fixes`.\n" in summary(
        CHECKED, safe, safe, unsafe
    )
    assert "\n1 can be fixed with `--fix --unsafe-fixes`.\n" in summary(CHECKED, unsafe)
    assert "can be fixed" not in summary(CHECKED, RETRIES)


def test_verbose_names_what_was_not_checked() -> None:
    coverage = CHECKED._replace(unclaimed=("docs/a.yaml",))
    assert summary(coverage, verbose=True).endswith(
        dedent("""
        Templates, not checked:
          - a
          - b
          - c
        Skipped:
          - link.yaml: a link that leads out of the repository
        Checked for syntax only:
          - docs/a.yaml
        """)
    )


def test_quiet_leaves_only_findings() -> None:
    assert render("text", report([], CHECKED), Options(quiet=True)) == ""
    assert render("text", report([RETRIES], CHECKED), Options(quiet=True)).endswith("retries-never-fit\n\n")


# -- lines ---------------------------------------------------------------------------------------------------


def test_concise_is_one_line_for_each_finding_and_nothing_else() -> None:
    finding = replace(RETRIES, related=(*RETRIES.related, label(RATINGS, "5s")))
    bare = Finding("k/x", "wrong", label(RATINGS, "5s"), Severity.WARNING)
    assert render("concise", report([finding, bare]), Options(base="mesh")) == (
        "reviews.yaml:4:16: error[istio/retries-never-fit] the route gives up before its retries can finish; "
        "raise timeout to at least 6s, or lower attempts to 1 "
        "(see reviews.yaml:8:9 3 attempts of 2s take 6s) (see ratings.yaml:11:17)\n"
        "ratings.yaml:11:17: warning[k/x] wrong\n"
    )
    assert render("concise", report()) == ""


def test_concise_lines_cannot_be_broken() -> None:
    text = render("concise", report([hostile(), hostile()]))
    assert text.count("\n") == 2
    assert all(line.startswith("./::error file=a::we\\x1b]0;x\\x07b\\n::error") for line in text.splitlines())


# -- formats -------------------------------------------------------------------------------------------------


def test_every_format_can_be_written_and_others_are_refused() -> None:
    for name in FORMATS:
        assert isinstance(render(name, report([RETRIES])), str)
    with pytest.raises(KeyError):
        render("xml", report())
