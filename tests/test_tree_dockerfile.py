"""Reading Dockerfiles: directives, instructions, heredocs and stages, with the very places they stand at."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from kubelint.source import SourceFile, Span
from kubelint.tree.dockerfile import Dockerfile, Instruction, read_dockerfile
from kubelint.tree.node import Scalar

# A folder with repositories to try the readers on; nothing here needs it.
CORPUS = Path(os.environ.get("KUBELINT_CORPUS") or Path(__file__).resolve().parents[2] / "shared" / "corpus")

SAMPLE = r"""# syntax=docker/dockerfile:1.4
# check=skip=JSONArgsRecommended

# what is built
ARG TAG=3.10 NAME
from --platform=$BUILDPLATFORM python:${TAG}-alpine as Builder
ENV PATH="/opt/my app/bin:$PATH" \
    # inside
    MODE=prod\ uction

ENV LEGACY some 'old value'
LABEL "org.title"="it is" empty=
RUN --mount=type=cache,target=/root/.cache --mount=type=bind,from=deps,"source=a,b",ro \
    pip install \
      -r "requirements.txt"
RUN <<EOF cat <<-'E2' > /x
apk add git # no comment
EOF
	FROM nothing
	E2
COPY --from=Builder --chown="1:1" ["a b", "/dst\u002f"]
FROM builder
HEALTHCHECK --interval=5s CMD ["curl", "-f"]
ONBUILD COPY <<F /f
body
F
EXPOSE 80 443/tcp
CMD ["app.py"]
"""


def read(text: str) -> Dockerfile:
    return read_dockerfile(SourceFile("Dockerfile", text))


def only(text: str) -> Instruction:
    """Return the one instruction of a stage that is fine."""
    file = read(f"FROM scratch\n{text}\n")
    assert file.problems == []
    (instruction,) = file.stages[0].instructions
    return instruction


def at(thing: Scalar | Span | None) -> tuple[str, int, int]:
    assert thing is not None
    span = thing.span if isinstance(thing, Scalar) else thing
    return span.text, span.line, span.column


def texts(scalars: list[Scalar]) -> list[str]:
    return [scalar.text for scalar in scalars]


def pairs(instruction: Instruction) -> list[tuple[str, str | None]]:
    return [(key.text, None if value is None else value.text) for key, value in instruction.pairs]


def messages(file: Dockerfile) -> list[tuple[str, str]]:
    return [(problem.message, problem.span.text) for problem in file.problems]


def test_directives_and_comments_are_told_apart() -> None:
    file = read(SAMPLE)
    assert file.problems == []
    assert [(directive.name.text, at(directive.value)) for directive in file.directives] == [
        ("syntax", ("docker/dockerfile:1.4", 1, 10)),
        ("check", ("skip=JSONArgsRecommended", 2, 9)),
    ]
    assert [at(comment) for comment in file.comments] == [("# what is built", 4, 1), ("# inside", 8, 5)]


def test_instructions_and_stages_in_order() -> None:
    file = read(SAMPLE)
    names = " ".join(instruction.name for instruction in file.instructions)
    assert names == "ARG FROM ENV ENV LABEL RUN RUN COPY FROM HEALTHCHECK ONBUILD EXPOSE CMD"
    assert [instruction.name for instruction in file.preamble] == ["ARG"]
    first, second = file.stages
    assert at(first.start.keyword) == ("from", 6, 1)
    assert at(first.image) == ("python:${TAG}-alpine", 6, 32)
    assert at(first.name) == ("Builder", 6, 56)
    assert len(first.instructions) == 6
    assert (at(second.image), second.name, second.number) == (("builder", 22, 6), None, 1)
    assert [instruction.name for instruction in second.instructions] == [
        "HEALTHCHECK",
        "ONBUILD",
        "EXPOSE",
        "CMD",
    ]
    platform = first.start.flag("platform")
    assert platform is not None
    assert at(platform.value) == ("$BUILDPLATFORM", 6, 17)
    assert at(platform.span) == ("--platform=$BUILDPLATFORM", 6, 6)


def test_pairs_behind_a_continuation_with_a_comment_in_it() -> None:
    environment = read(SAMPLE).stages[0].instructions[0]
    assert pairs(environment) == [("PATH", "/opt/my app/bin:$PATH"), ("MODE", "prod uction")]
    (path, path_value), (mode, mode_value) = environment.pairs
    assert (at(path), at(path_value)) == (("PATH", 7, 5), ('"/opt/my app/bin:$PATH"', 7, 10))
    assert (at(mode), at(mode_value)) == (("MODE", 9, 5), (r"prod\ uction", 9, 10))
    assert path_value is not None
    assert path_value.style == '"'
    assert environment.span.end_line == 9


def test_legacy_pairs_labels_and_arguments() -> None:
    file = read(SAMPLE)
    argument = file.preamble[0]
    assert pairs(argument) == [("TAG", "3.10"), ("NAME", None)]
    legacy, label = file.stages[0].instructions[1:3]
    assert legacy.legacy
    assert pairs(legacy) == [("LEGACY", "some old value")]
    assert at(legacy.pairs[0][1]) == ("some 'old value'", 11, 12)
    assert pairs(label) == [("org.title", "it is"), ("empty", "")]
    assert at(label.pairs[0][0]) == ('"org.title"', 12, 7)
    assert at(label.pairs[1][1]) == ("", 12, 33)


def test_mount_options_and_words_of_the_shell_form() -> None:
    run = read(SAMPLE).stages[0].instructions[3]
    cache, bind = run.flags
    assert [(key.text, value and value.text) for key, value in cache.options] == [
        ("type", "cache"),
        ("target", "/root/.cache"),
    ]
    assert at(bind.option("from")) == ("deps", 13, 67)
    assert at(bind.option("src", "source")) == ("a,b", 13, 80)
    assert bind.options[-1][1] is None
    assert texts(run.arguments) == ["pip", "install", "-r", "requirements.txt"]
    assert at(run.arguments[3]) == ('"requirements.txt"', 15, 10)
    assert run.rest is not None
    start = run.rest.text.index("-r")
    assert at(run.part(start, start + 2)) == ("-r", 15, 7)
    assert not run.exec_form


def test_several_heredocs_of_one_instruction() -> None:
    run = read(SAMPLE).stages[0].instructions[4]
    first, second = run.heredocs
    assert (first.delimiter, first.expand, first.strip_tabs) == ("EOF", True, False)
    assert at(first.marker) == ("<<EOF", 16, 5)
    assert at(first.body) == ("apk add git # no comment\n", 17, 1)
    assert at(first.terminator) == ("EOF", 18, 1)
    assert (second.delimiter, second.expand, second.strip_tabs) == ("E2", False, True)
    assert at(second.marker) == ("<<-'E2'", 16, 15)
    assert (second.body.text, second.body.span.text) == ("FROM nothing\n", "\tFROM nothing\n")
    assert at(second.terminator) == ("E2", 20, 2)
    assert (run.span.line, run.span.end_line) == (16, 20)


def test_exec_form_is_decoded_and_exact() -> None:
    copy = read(SAMPLE).stages[0].instructions[5]
    assert copy.exec_form
    assert texts(copy.arguments) == ["a b", "/dst/"]
    assert at(copy.arguments[1]) == (r'"/dst\u002f"', 21, 43)
    assert [(flag.name.text, flag.value and flag.value.text) for flag in copy.flags] == [
        ("from", "Builder"),
        ("chown", "1:1"),
    ]
    assert at(copy.flags[1].value) == ('"1:1"', 21, 29)


def test_nested_instructions() -> None:
    check, trigger = read(SAMPLE).stages[1].instructions[:2]
    assert check.nested is not None
    assert (check.nested.name, texts(check.nested.arguments)) == ("CMD", ["curl", "-f"])
    assert at(check.nested.arguments[1]) == ('"-f"', 23, 40)
    assert trigger.nested is not None
    assert trigger.nested.name == "COPY"
    assert trigger.nested.heredocs[0].body.text == "body\n"
    assert trigger.span.end_line == 26


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("COPY a\tb  c/", ["a", "b", "c/"]),
        ("WORKDIR /my dir", ["/my dir"]),
        ('WORKDIR "/my dir"', ["/my dir"]),
        ("USER 1000:1000", ["1000:1000"]),
        ("VOLUME /a /b", ["/a", "/b"]),
        ('VOLUME ["/a"]', ["/a"]),
        ("RUN [ -f x ] && y", ["[", "-f", "x", "]", "&&", "y"]),
        ("CMD ['a', 'b']", ["[a,", "b]"]),
        ("ENTRYPOINT []", []),
        ("RUN echo 'a b'\"c\"d", ["echo", "a bcd"]),
        (r"RUN echo \$X", ["echo", r"\$X"]),
        ("HEALTHCHECK none", ["none"]),
        ("MAINTAINER Peter O'Neil", ["Peter O'Neil"]),
        ("CMD", []),
    ],
)
def test_arguments(line: str, words: list[str]) -> None:
    assert texts(only(line).arguments) == words


def test_word_that_continues_on_the_next_line_is_one_word() -> None:
    instruction = only("COPY some\\\nthing /x")
    assert instruction.arguments[0].text == "something"
    assert at(instruction.arguments[0]) == ("some\\\nthing", 2, 6)
    assert at(instruction.arguments[1]) == ("/x", 3, 7)


def test_continuations_need_one_mark_at_the_end_and_may_have_blanks_behind() -> None:
    instruction = only("RUN a \\  \t\n\n  b \\\n# c\n   \\\nd")
    assert texts(instruction.arguments) == ["a", "b", "d"]
    assert [span.line for span in instruction.empty_continuations] == [3]
    file = read("FROM a\nRUN x \\\\\nRUN y")
    assert [instruction.name for instruction in file.stages[0].instructions] == ["RUN", "RUN"]


def test_escape_directive_makes_the_backslash_a_letter() -> None:
    file = read("# escape=`\r\nFROM windows AS w\r\nCOPY a.txt c:\\\r\nRUN dir `\r\n  c:\\x\\\r\nENV A=b` c\r\n")
    assert file.problems == []
    assert file.escape == "`"
    copy, run, environment = file.stages[0].instructions
    assert texts(copy.arguments) == ["a.txt", "c:\\"]
    assert texts(run.arguments) == ["dir", "c:\\x\\"]
    assert at(run.arguments[1]) == ("c:\\x\\", 5, 3)
    assert pairs(environment) == [("A", "b c")]


def test_directive_behind_anything_else_is_a_comment() -> None:
    for first in ("# hello", "", "FROM a"):
        file = read(f"{first}\n# escape=`\nFROM b\n")
        assert file.directives == []
        assert file.escape == "\\"
    file = read("#!/usr/bin/env docker build\n# syntax=docker/dockerfile:1\n# escape=`\nFROM a\n")
    assert [directive.name.text for directive in file.directives] == ["syntax"]


@pytest.mark.parametrize(
    ("text", "message", "place"),
    [
        ("# escape=x\nFROM a", "`escape` takes a backslash or a backtick", "x"),
        ("# syntax=a\n# Syntax=b\nFROM a", "the `syntax` directive can stand only once", "Syntax"),
        ("RUN a\nFROM b", "`RUN` stands before the first `FROM`", "RUN"),
        ("ARG A=1\n", "this Dockerfile has no `FROM`", "ARG A=1"),
        ("", "this Dockerfile has no instructions", ""),
        ("# only a comment", "this Dockerfile has no instructions", ""),
        ("FROM", "`FROM` has no arguments", "FROM"),
        ("FROM a # b", "expected `FROM image` or `FROM image AS name`", "#"),
        ("FROM a b", "expected `FROM image` or `FROM image AS name`", "b"),
        ("FROM a as", "a stage name is missing behind `as`", "as"),
        ("FROM a AS 1b", "`1b` cannot be the name of a stage", "1b"),
        ("FROM a\nENV A", "`ENV A` has no value", "A"),
        ("FROM a\nENV A=b c", "expected `key=value`", "c"),
        ("FROM a\nENV =b", "a key is missing before this `=`", "="),
        ("FROM a\nLABEL a=it's b", "this `'` is not closed", "'s b"),
        ('FROM a\nCOPY "a b" c', 'this `"` is not closed', '"a'),
        ("FROM a\nCOPY a", "`COPY` has a source but no destination", "a"),
        ("FROM a\nEXPOSE", "`EXPOSE` has no arguments", "EXPOSE"),
        ('FROM a\nCMD ["a", 1, "b"]', "an exec form holds strings only", "1"),
        ("FROM a\nSHELL /bin/sh -c", "`SHELL` takes a JSON array", "/bin/sh -c"),
        ("FROM a\nHEALTHCHECK CDM x", "`HEALTHCHECK` is followed by `CMD` or `NONE`", "CDM"),
        ("FROM a\nHEALTHCHECK NONE x", "`HEALTHCHECK NONE` takes no arguments", "x"),
        ("FROM a\nHEALTHCHECK CMD", "`HEALTHCHECK CMD` has no command", "CMD"),
        ("FROM a\nONBUILD ONBUILD RUN x", "`ONBUILD` cannot stand behind `ONBUILD`", "ONBUILD"),
        ("FROM a\nRUN <<A cat\nx\n", "the heredoc `A` never ends", "<<A"),
        ("FROM a\n\\\n", "no instruction continues here", "\\"),
    ],
)
def test_what_docker_refuses_is_a_problem_at_its_place(text: str, message: str, place: str) -> None:
    file = read(text)
    assert messages(file)[0] == (message, place)
    if '"a b"' not in text:  # where each of the two words has half a pair of quotes
        assert len(file.problems) == 1


def test_unknown_instruction_names_the_near_one_and_is_reported_once() -> None:
    file = read("FORM alpine\nRUN x\n")
    assert messages(file) == [("`FORM` is no instruction", "FORM")]
    assert file.problems[0].help == "did you mean `FROM`?"
    assert [instruction.name for instruction in file.instructions] == ["FORM", "RUN"]


def test_forgotten_continuation_is_guessed() -> None:
    file = read("FROM a\nRUN apt-get update &&\n    apt-get install x\n")
    assert messages(file) == [("`apt-get` is no instruction", "apt-get")]
    assert (file.problems[0].span.line, file.problems[0].span.column) == (3, 5)
    assert file.problems[0].help == "end the line above with a backslash if this belongs to it"


def test_other_frontends_may_have_other_instructions() -> None:
    text = "FROM a\nINCLUDE common\nCOPPY a b\n"
    assert [place for _, place in messages(read(f"# syntax=edrevo/dockerfile-plus\n{text}"))] == ["COPPY"]
    for own in (
        "docker/dockerfile:1-labs",
        "mirror.local/docker/dockerfile@sha256:0",
        "docker/dockerfile-upstream",
    ):
        assert [place for _, place in messages(read(f"# syntax={own}\n{text}"))] == ["INCLUDE", "COPPY"]


def test_templates_are_no_mistakes() -> None:
    file = read("{% if x %}\nFROM {{ image }} AS a\n{% endif %}\nENV {{ pairs }}\n@@EXTRA@@\n")
    assert file.problems == []
    assert [stage.name.text for stage in file.stages if stage.name] == []
    assert read("{{ from }}\nRUN x\n").problems == []


@pytest.mark.parametrize(
    "line",
    [
        "RUN cat <<< word",
        "RUN echo '<<EOF'",
        "RUN echo a<<EOF",
        "RUN echo << EOF",
        'RUN ["sh", "<<EOF"]',
        "ENV A=<<EOF",
    ],
)
def test_what_only_looks_like_a_heredoc_takes_no_lines(line: str) -> None:
    file = read(f"FROM a\n{line}\nUSER b\nEOF=1")
    assert [instruction.name for instruction in file.stages[0].instructions][:2] == [line.partition(" ")[0], "USER"]
    assert all(not instruction.heredocs for instruction in file.instructions)


def test_heredoc_with_a_delimiter_of_two_words_and_windows_line_ends() -> None:
    instruction = only("RUN cat <<'E F' 3<<G /x\r\na\r\nE F\r\nG\r")
    assert texts(instruction.arguments) == ["cat", "<<E F", "3<<G", "/x"]
    first, second = instruction.heredocs
    assert (first.delimiter, first.body.span.text) == ("E F", "a\r\n")
    assert (second.delimiter, second.descriptor, second.body.text) == ("G", 3, "")


def test_windows_line_ends_and_other_letters() -> None:
    file = read('FROM alpine AS böse\r\nENV GRÜẞE="日本 \\\r\n x" \\\r\n\tB=ü\r\n')
    assert messages(file) == [("`böse` cannot be the name of a stage", "böse")]
    (environment,) = file.stages[0].instructions
    assert pairs(environment) == [("GRÜẞE", "日本  x"), ("B", "ü")]
    assert at(environment.pairs[0][1]) == ('"日本 \\\r\n x"', 2, 11)
    assert at(environment.pairs[1][1]) == ("ü", 4, 4)


def test_space_that_is_none_makes_another_word() -> None:
    assert messages(read("FROM a\nRUN\u00a0x\n")) == [("`RUN\u00a0x` is no instruction", "RUN\u00a0x")]


def test_every_dockerfile_of_the_corpus_is_read_without_a_problem() -> None:
    files = sorted(path for path in CORPUS.rglob("Dockerfile") if path.is_file()) if CORPUS.is_dir() else []
    if not files:
        pytest.skip(f"no Dockerfiles below {CORPUS.name}; name a folder in KUBELINT_CORPUS")
    heredocs = 0
    for path in files:
        file = read_dockerfile(SourceFile(path.relative_to(CORPUS).as_posix(), path.read_bytes().decode()))
        assert messages(file) == [], path
        assert file.stages, path
        check_places(file)
        heredocs += sum(len(instruction.heredocs) for instruction in file.instructions)
    assert heredocs > 0


def check_places(file: Dockerfile) -> None:
    """Assert that everything that was read lies inside the text."""
    length = len(file.source.text)
    for comment in file.comments:
        assert comment.text.startswith("#")
    for problem in file.problems:
        assert 0 <= problem.span.start <= problem.span.end <= length
    pending = list(file.instructions)
    while pending:
        instruction = pending.pop()
        assert 0 <= instruction.start < instruction.end <= length
        if instruction.nested is not None:
            pending.append(instruction.nested)
        inside: list[Scalar | None] = [instruction.keyword, instruction.rest, *instruction.arguments]
        for key, value in instruction.pairs:
            inside += [key, value]
        for flag in instruction.flags:
            inside += [flag.name, flag.value, *(scalar for option in flag.options for scalar in option)]
        for heredoc in instruction.heredocs:
            inside += [heredoc.marker, heredoc.body]
        for scalar in inside:
            if scalar is not None:
                assert instruction.start <= scalar.start <= scalar.end <= instruction.end, scalar
        rest = instruction.rest
        if rest is not None:
            assert instruction.part(0, len(rest.text)) == rest.span


def test_nothing_that_is_garbled_makes_the_reader_fail() -> None:
    chance = random.Random(17)
    marks = [
        "\\",
        "\\\n",
        "\n",
        "\r",
        "`",
        '"',
        "'",
        "<<",
        "[",
        "]",
        "=",
        ",",
        "#",
        " ",
        "\xa0",
        "é",
        "--",
        "{{",
        "\ud800",
    ]
    marks += ["ONBUILD ", "HEALTHCHECK ", "# escape=`\n"]
    for _ in range(500):
        text = SAMPLE
        for _ in range(chance.randint(1, 6)):
            start = chance.randrange(len(text) + 1)
            end = min(len(text), start + chance.randint(0, 20))
            text = text[:start] + chance.choice([*marks, "", text[start:end] * 2]) + text[end:]
        check_places(read(text))


def test_deep_and_long_lines_end_in_problems_not_in_errors() -> None:
    assert messages(read("FROM a\n" + "ONBUILD " * 5000))[0][0] == "`ONBUILD` cannot stand behind `ONBUILD`"
    assert read("FROM a\nRUN " + "[" * 5000).problems == []
    assert messages(read("FROM a\nRUN <<A\n" + "x\n" * 5000)) == [("the heredoc `A` never ends", "<<A")]
