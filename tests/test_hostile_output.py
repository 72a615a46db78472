"""What a repository says commands no terminal, no CI service and no browser: through the command line, in every format."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from kubelint.report import FORMATS
from kubelint.report.picture import FORMATS as PICTURES

#: What each of them would have somebody do, and how it would be begun.
ATTACKS = {
    "terminal": "\x1b]0;owned\x07\x1b[2J\x9b31m",
    "hyperlink": "\x1b]8;;https://example.invalid\x1b\\\\click\x1b]8;;\x1b\\\\",
    "right-to-left": "\u202e\u2066\u200f\u061c",
    "separators": "a\u2028b\u2029c\x85d\x0be",
    "github": "\n::error::owned\r\n::set-output name=a::b%0A::stop-commands::x",
    "github-old": "##[set-env name=PATH]owned",
    "azure": "\n##vso[task.setvariable variable=PATH]owned",
    "teamcity": "\n##teamcity[buildStatus text='owned']",
    "gitlab": "\nsection_start:0:owned\r\x1b[0K",
    "markup": "</script><script>owned()</script><img src=x onerror=owned()>]]>--><!--",
    "attribute": "'\" onmouseover=owned() x=`",
    "markdown": "|`a`|[owned](javascript:owned())<b>@everyone\n# owned",
    "template": "{{owned}}${owned}<%= owned %>",
    "nul": "\0",
}
#: In a quoted YAML string every character can be written as an escape, so that the file itself is readable.
BROKEN = "apiVersion: v1\nkind: Service\nmetadata: {{name: {0}, labels: {{{0}: {0}}}}}\nspec: {{{0}: {0}, ports: [{{port: {0}}}]}}\n"
#: Lines that a runner obeys. ``::error`` is a command of ours in the format that is made of them.
COMMAND = re.compile(r"^\s*(?:::|##)\w|##\w*\[", re.MULTILINE)
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def quoted(text: str) -> str:
    return json.dumps(text)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("hostile")
    for number, text in enumerate(ATTACKS.values()):
        (root / f"{number:02}.yaml").write_text(BROKEN.format(quoted(text)), encoding="utf-8")
        name = text.replace("/", "\u2215").replace("\0", "")
        (root / f"{name}.yaml").write_text(BROKEN.format("web"), encoding="utf-8")
        (root / f"{name}.link.yaml").symlink_to("/etc/hostname")
        (root / f"raw{number:02}.yaml").write_text(f"# {text}\na: [b: c\n{text}: '\n", encoding="utf-8", newline="")
    (root / os.fsdecode(b"\xff\xfe\x1b[m.yaml")).write_text(BROKEN.format("web"), encoding="utf-8")
    return root


def kubelint(*arguments: str, cwd: Path, **variables: str) -> tuple[int, bytes, bytes]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path), **variables}
    done = subprocess.run(
        [sys.executable, "-P", "-m", "kubelint", *arguments], cwd=cwd, env=environment, capture_output=True, check=False
    )
    return done.returncode, done.stdout, done.stderr


def harmless(raw: bytes, *, of_ours: str = "") -> str:
    text = raw.decode("utf-8")  # strictly: always valid UTF-8
    assert not CONTROL.search(text), CONTROL.search(text)
    # A line that is a command of ours is taken for that one, whatever else is in it (actions/runner, ActionCommand).
    without = re.sub(of_ours, "", text, flags=re.MULTILINE) if of_ours else text
    assert not COMMAND.search(without), COMMAND.search(without)
    return text


@pytest.mark.parametrize("name", list(FORMATS))
def test_no_format_carries_a_command(hostile: Path, name: str) -> None:
    code, out, err = kubelint("check", "--select", "all", "--verbose", "--format", name, cwd=hostile)
    assert code == 1
    text = harmless(out, of_ours=r"^::(error|warning|notice) title=.*" if name == "github" else "")
    harmless(err)
    assert text


def test_each_github_line_is_one_annotation_of_ours(hostile: Path) -> None:
    _, out, _ = kubelint("check", "--format", "github", cwd=hostile)
    _, found, _ = kubelint("check", "--format", "jsonl", cwd=hostile)
    lines = out.decode().removesuffix("\n").split("\n")
    assert len(lines) == sum(1 for line in found.splitlines() if json.loads(line)["type"] == "finding")
    for line in lines:
        command = re.fullmatch(
            r"::(?:error|warning|notice) title=([^:,]*),file=([^:,]*),line=\d+,col=\d+,endLine=\d+(?:,endColumn=\d+)?::(.*)",
            line,
        )
        assert command, line
        assert not re.search(r"%(?!25|0A|0D|3A|2C)", line), line


def test_machine_formats_read_back(hostile: Path) -> None:
    for name in ("json", "sarif", "gitlab", "rdjson"):
        _, out, _ = kubelint("check", "--format", name, cwd=hostile)
        json.dumps(json.loads(out), ensure_ascii=False).encode("utf-8")
    for line in kubelint("check", "--format", "jsonl", cwd=hostile)[1].splitlines():
        json.dumps(json.loads(line), ensure_ascii=False).encode("utf-8")
    for name in ("junit", "checkstyle"):
        ET.fromstring(kubelint("check", "--format", name, cwd=hostile)[1])  # noqa: S314 - our own output


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.handlers: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.handlers += [name for name, _ in attrs if name.startswith("on")]
        self.links += [value or "" for name, value in attrs if name in ("href", "src", "action", "formaction", "data")]


def pages(hostile: Path) -> dict[str, str]:
    report = kubelint("check", "--format", "html", cwd=hostile)[1].decode()
    graph = kubelint("graph", "--format", "html", "--output", "/dev/stdout", cwd=hostile)[1].decode()
    return {"report": report, "graph": graph}


def test_pages_hold_no_element_script_or_link_of_the_repository(hostile: Path) -> None:
    for name, text in pages(hostile).items():
        page = _Page()
        page.feed(text)
        assert page.tags, name
        assert "img" not in page.tags
        assert page.handlers == []
        assert not [link for link in page.links if link.strip().lower().startswith(("javascript:", "data:text"))]
        assert "<script>owned" not in text
        assert text.count("<script") == text.count("</script>")


@pytest.mark.parametrize("name", list(PICTURES))
def test_pictures_carry_no_command(hostile: Path, name: str) -> None:
    code, out, err = kubelint("graph", "--format", name, "--output", "/dev/stdout", cwd=hostile)
    assert code == 0
    text = out.decode("utf-8")
    harmless(err)
    if name != "html":  # its library of JavaScript is not ours to escape
        assert not CONTROL.search(text)
    if name not in ("json", "dot"):  # which no browser takes for a page
        assert "<script>owned" not in text
        assert "<img" not in text


@pytest.mark.parametrize(
    "arguments", [("files",), ("refs", "Service/web"), ("check", "--diff", "--unsafe-fixes"), ("check", "--watch-not-an-option\x1b[2J",), ("config",)]
)  # fmt: skip
def test_other_commands_say_nothing_raw_on_standard_error(hostile: Path, arguments: tuple[str, ...]) -> None:
    code, out, err = kubelint(*arguments, cwd=hostile)
    assert code in (0, 1, 2)
    assert b"Traceback" not in err
    assert b"internal error" not in err
    if arguments[0] == "files":
        harmless(out)
    harmless(err)


@pytest.mark.parametrize("attack", list(ATTACKS))
def test_mistakes_of_the_configuration_and_the_baseline_are_escaped(tmp_path: Path, attack: str) -> None:
    text = quoted(ATTACKS[attack])
    (tmp_path / "a.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n", encoding="utf-8")
    for name, content in (
        (".kubelint.yaml", f"{text}: {text}\nfail-on: {text}\nrules: {{select: [{text}], options: {{{text}: 1}}}}\n"),
        (
            ".kubelint-baseline.yaml",
            f"version: {text}\n{text}: {text}\nfindings: [{{rule: {text}, expires: {text}}}]\n",
        ),
    ):
        (tmp_path / name).write_text(content, encoding="utf-8")
        code, out, err = kubelint("check", cwd=tmp_path)
        assert code == 2
        harmless(out)
        harmless(err)
        (tmp_path / name).unlink()


def test_secrets_of_the_environment_are_in_no_report(hostile: Path) -> None:
    for name in ("json", "html", "text"):
        secrets = dict.fromkeys(("GITHUB_TOKEN", "TAG"), "swordfish-7c1e")
        _, out, err = kubelint("check", "--format", name, cwd=hostile, **secrets)
        assert b"swordfish" not in out + err
