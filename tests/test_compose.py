"""Compose projects: which files belong together, how they merge, and what the graph knows of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from kubelint.check import Report, check
from kubelint.graph.model import EnvironmentVariable, Resolution
from kubelint.systems.compose.file import ComposeFile
from kubelint.systems.compose.model import ComposeProject, ComposeService

BASE = "services: {web: {image: nginx}, db: {image: postgres}}\n"


def run(tmp_path: Path, **files: str) -> Report:
    """Check a folder with these files."""
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return check(tmp_path)


def projects(report: Report) -> list[list[str]]:
    return [[file.path for file in project.files] for project in report.built.graph.subjects(ComposeProject)]


def service(report: Report, name: str) -> ComposeService:
    return next(found for found in report.built.graph.subjects(ComposeService) if found.name == name)


def rules(report: Report) -> list[str]:
    return [f"{finding.span} {finding.rule}" for finding in report.findings]


# -- whose a file is ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("compose.yaml", BASE),
        ("docker-compose.prod.yml", BASE),
        ("docker-compose.yml", "volumes: {data: {}}\n"),
        ("docker-compose.yml", "web: {image: nginx}\n"),
        ("stack.yml", BASE),
        ("deploy/local.compose.yml", "services: {web: {restart: always}}\n"),
    ],
)
def test_compose_files_are_recognised(tmp_path: Path, name: str, text: str) -> None:
    report = run(tmp_path, **{name: text})
    assert [document.system for document in report.built.documents] == ["compose"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("services.yaml", "services:\n  mailer: {class: Mailer, arguments: ['@logger']}\n"),
        (".gitlab-ci.yml", "services: [postgres]\ntest: {script: [make]}\n"),
        (".github/workflows/docker-compose.yml", "on: push\njobs: {a: {services: {db: {image: postgres}}}}\n"),
        ("tasks/docker-compose.yml", "- name: start\n  command: docker compose up\n"),
        ("docker-compose.yml", "include: [x.yml]\nstages: [build]\n"),
        ("service.yaml", "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nservices: {web: {image: nginx}}\n"),
        (".lando.yml", "name: app\nservices: {db: {type: mariadb}}\n"),
    ],
)
def test_files_of_others_are_left_alone(tmp_path: Path, name: str, text: str) -> None:
    report = run(tmp_path, **{name: text})
    assert not [document for document in report.built.documents if document.system == "compose"]


# -- which files make a project ----------------------------------------------------------------------------------------


def test_a_folder_is_its_first_base_with_its_override(tmp_path: Path) -> None:
    report = run(
        tmp_path,
        **{
            "compose.yaml": BASE,
            "compose.override.yaml": "services: {web: {restart: always}}\n",
            "docker-compose.yml": "services: {old: {image: nginx}}\n",
        },
    )
    assert projects(report) == [["compose.yaml", "compose.override.yaml"], ["docker-compose.yml"]]
    assert [str(unit) for unit in report.built.graph.units] == [
        "compose project .",
        "compose project docker-compose.yml",
    ]


def test_a_fragment_lies_over_the_base_and_a_whole_file_stands_alone(tmp_path: Path) -> None:
    report = run(
        tmp_path,
        **{
            "docker-compose.yml": BASE,
            "docker-compose.prod.yml": "services: {web: {restart: always}}\n",
            "docker-compose.tools.yml": "services: {adminer: {image: adminer, depends_on: [db]}}\n",
            "docker-compose.docs.yml": "services: {docs: {image: httpd}}\n",
        },
    )
    assert projects(report) == [
        ["docker-compose.yml"],
        ["docker-compose.docs.yml"],
        ["docker-compose.yml", "docker-compose.prod.yml"],
        ["docker-compose.yml", "docker-compose.tools.yml"],
    ]


def test_compose_file_in_dotenv_decides(tmp_path: Path) -> None:
    report = run(
        tmp_path,
        **{
            "docker-compose.yml": BASE,
            "docker-compose.override.yml": "services: {web: {restart: always}}\n",
            "docker-compose.dev.yml": "services: {web: {depends_on: [mail]}, mail: {image: mailpit}}\n",
            ".env": "COMPOSE_FILE=docker-compose.yml:docker-compose.dev.yml\n",
        },
    )
    assert projects(report)[0] == ["docker-compose.yml", "docker-compose.dev.yml"]
    assert rules(report) == []


def test_included_and_extended_files_are_judged_where_they_are_used(tmp_path: Path) -> None:
    report = run(
        tmp_path,
        **{
            "compose.yaml": "include: [db/compose.yaml]\n"
            "services: {web: {extends: {file: shared.yaml, service: base}, depends_on: [db]}}\n",
            "db/compose.yaml": "services: {db: {image: postgres, depends_on: [web]}}\n",
            "shared.yaml": "services: {base: {image: nginx}}\n",
        },
    )
    assert projects(report) == [["compose.yaml", "db/compose.yaml", "shared.yaml"]]
    assert [finding.rule for finding in report.findings] == ["compose/dependency-cycle"]
    assert len(report.built.graph.subjects(ComposeFile)) == 3


def test_files_that_include_each_other_are_judged_once(tmp_path: Path) -> None:
    report = run(
        tmp_path,
        **{
            "a/compose.yaml": "include: [../b/compose.yaml]\nservices: {a: {image: nginx}}\n",
            "b/compose.yaml": "include: [../a/compose.yaml]\nservices: {b: {image: nginx}}\n",
        },
    )
    assert rules(report) == ["b/compose.yaml:1:11 compose/dependency-cycle"]


# -- how they merge ----------------------------------------------------------------------------------------------------


def test_an_override_merges_lists_and_mappings_of_names(tmp_path: Path) -> None:
    report = run(
        tmp_path,
        **{
            "compose.yaml": "services:\n  web:\n    image: nginx\n    environment: [A=1, B=2]\n    depends_on: [db]\n"
            "    volumes: ['data:/a', './x:/b']\n  db: {image: postgres}\nvolumes: {data: {}, other: {}}\n",
            "compose.override.yaml": "services:\n  web:\n    environment: {B: 3}\n    depends_on:\n"
            "      cache: {condition: service_started}\n    volumes: ['other:/a']\n  cache: {image: redis}\n",
        },
    )
    web = service(report, "web")
    assert [(key.text, value.text) for key, value in web.environment if value is not None] == [("A", "1"), ("B", "3")]
    assert [dependency.name for dependency in web.dependencies] == ["db", "cache"]
    assert [(mount.source.text, mount.target) for mount in web.mounts if mount.source is not None] == [
        ("other", "/a"),
        ("./x", "/b"),
    ]
    assert rules(report) == []


@pytest.mark.parametrize(
    ("override", "expected"),
    [
        ("depends_on: !reset null", []),
        ("depends_on: !reset [db]", []),
        ("depends_on: !override [cache]", ["cache"]),
        ("depends_on: [cache]", ["db", "cache"]),
        ("depends_on: null", ["db"]),
    ],
)
def test_reset_and_override_tags_take_away(tmp_path: Path, override: str, expected: list[str]) -> None:
    report = run(
        tmp_path,
        **{
            "compose.yaml": "services:\n  web:\n    image: nginx\n    depends_on: [db]\n"
            "  db: {image: postgres}\n  cache: {image: redis}\n",
            "compose.override.yaml": f"services:\n  web:\n    {override}\n",
        },
    )
    assert [dependency.name for dependency in service(report, "web").dependencies] == expected


def test_paths_are_relative_to_the_file_that_is_extended_and_to_the_folder_of_the_base(tmp_path: Path) -> None:
    report = run(
        tmp_path,
        **{
            "compose.yaml": "services: {api: {extends: {file: shared/services.yaml, service: app}}, web: {image: x}}\n",
            "compose.override.yaml": "services: {web: {build: web}}\n",
            "shared/services.yaml": "services: {app: {extends: base, build: ./app}, base: {restart: always}}\n",
            "shared/app/Dockerfile": "FROM nginx\n",
            "web/Dockerfile": "FROM nginx\n",
        },
    )
    assert service(report, "api").dockerfile_path == "shared/app/Dockerfile"
    assert service(report, "web").dockerfile_path == "web/Dockerfile"
    assert service(report, "api").root.text_at("restart") == "always"
    builds = [reference for reference in report.built.graph.references if reference.kind == "builds"]
    assert [str(reference.target) for reference in builds] == [
        "Dockerfile/shared/app/Dockerfile",
        "Dockerfile/web/Dockerfile",
    ]


def test_a_dockerfile_of_any_name_is_read_when_a_service_builds_it(tmp_path: Path) -> None:
    report = run(
        tmp_path,
        **{
            "compose.yaml": "services: {api: {build: {context: ., dockerfile: images/php, target: run}}}\n",
            "images/php": "FROM php AS run\nCOPY --from=run /a /a\n",
        },
    )
    assert report.coverage.documents == {"compose": 1, "docker": 1}
    assert rules(report) == ["images/php:2:13 docker/unknown-stage"]


# -- what is unknown is not missing ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "files",
    [
        {"compose.yaml": "include: ['https://example.com/x.git']\nservices: {a: {image: x, depends_on: [b]}}\n"},
        {"compose.yaml": "include: ['${PART}/compose.yaml']\nservices: {a: {image: x, depends_on: [b]}}\n"},
        {"compose.yaml": "services: {a: {image: x, depends_on: ['${DB}']}}\n"},
        {".ddev/docker-compose.solr.yaml": "services: {solr: {image: solr, depends_on: [web]}}\n"},
    ],
)
def test_names_of_parts_that_cannot_be_read_are_unknown(tmp_path: Path, files: dict[str, str]) -> None:
    report = run(tmp_path, **files)
    assert rules(report) == []
    assert [reference.resolution for reference in report.built.graph.references if reference.kind == "depends-on"] == [
        Resolution.UNKNOWN
    ]


def test_a_broken_override_does_not_make_the_base_look_broken(tmp_path: Path) -> None:
    report = run(
        tmp_path,
        **{
            "compose.yaml": "services: {a: {image: x, depends_on: [b]}}\n",
            "compose.override.yaml": "services: {b: {image: x}\n",
        },
    )
    assert [finding.rule for finding in report.findings] == ["repository/unparsable-document"]


# -- variables and environment files -----------------------------------------------------------------------------------


def test_environment_variables_are_subjects_wherever_they_are_set(tmp_path: Path) -> None:
    report = run(
        tmp_path,
        **{
            "compose.yaml": "services:\n  web:\n    build: {context: ., args: [HTTP_PROXY=http://p:1]}\n"
            "    environment:\n      - NO_PROXY=localhost\n      - PASSED_ON\n    env_file: web.env\n",
            "web.env": "HTTPS_PROXY=http://p:2\n",
            "Dockerfile": "FROM nginx\nENV http_proxy=http://p:3\nARG EMPTY\n",
        },
    )
    found = [
        (variable.name, variable.value.text, variable.place, variable.key_node.source.path)
        for variable in report.built.graph.subjects(EnvironmentVariable)
    ]
    assert found == [
        ("NO_PROXY", "localhost", "service `web`", "compose.yaml"),
        ("HTTP_PROXY", "http://p:1", "the build of service `web`", "compose.yaml"),
        ("HTTPS_PROXY", "http://p:2", "service `web`, by `web.env`", "web.env"),
        ("http_proxy", "http://p:3", "`ENV` of Dockerfile", "Dockerfile"),
    ]


def test_mistakes_in_environment_files_that_compose_reads_are_reported(tmp_path: Path) -> None:
    report = run(
        tmp_path,
        **{
            "compose.yaml": "services: {web: {image: nginx, env_file: web.env}}\n",
            "web.env": "A KEY=1\n",
            "other.env": "A KEY=1\n",
        },
    )
    assert [finding.span.file.path for finding in report.findings] == ["web.env"]


def test_a_variable_is_reported_once_with_all_its_places(tmp_path: Path) -> None:
    report = run(
        tmp_path,
        **{
            "compose.yaml": "services:\n  web: {image: 'nginx:$TAG', command: 'echo ${TAG}'}\n",
            "compose.override.yaml": "services:\n  web: {labels: ['tag=${TAG:-none}', 'x=${TAG}']}\n",
            ".env": "OTHER=1\n",
        },
    )
    assert rules(report) == ["compose.yaml:2:24 compose/unset-variable"]
    assert [str(label.span) for label in report.findings[0].related] == [
        "compose.yaml:2:47",
        "compose.override.yaml:2:43",
    ]
