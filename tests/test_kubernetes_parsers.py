"""The parsers behind the rules on values: quantities, schedules, time zones, names, addresses, images."""

from __future__ import annotations

from fractions import Fraction

import pytest

from kubelint.systems.kubernetes import names, networks
from kubelint.systems.kubernetes.cron import schedule_fault
from kubelint.systems.kubernetes.image_syntax import image_fault
from kubelint.systems.kubernetes.quantity import parse_quantity
from kubelint.systems.kubernetes.time_zones import zone_fault


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", 1),
        ("0.5", Fraction(1, 2)),
        (".5", Fraction(1, 2)),
        ("2.", 2),
        ("100m", Fraction(1, 10)),
        ("1Ki", 1024),
        ("1.5Gi", 3 * 2**29),
        ("1k", 1000),
        ("1e3", 1000),
        ("1E-3", Fraction(1, 1000)),
        ("2E", 2 * 10**18),
        ("-1", -1),
        ("+5n", Fraction(5, 10**9)),
    ],
)
def test_quantity(text: str, value: Fraction | int) -> None:
    assert parse_quantity(text) == value


@pytest.mark.parametrize("text", ["", "1x", "1gb", "1GB", "1K", "1 Gi", "Gi", "1.2.3", "1ki", "0x10", "1,5", "\u0661"])
def test_no_quantity(text: str) -> None:
    assert parse_quantity(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "* * * * *",
        "*/15 0-6,22-23/2 1,15 * MON-fri",
        "0 0 29 2 *",
        "0 0 31 2,3 *",
        "0 0 30 2 1",
        "5/10 * ? JAN-dec sun",
        "@daily",
        "@every 1h30m",
        "  0   0 * * 0 ",
    ],
)
def test_schedule(text: str) -> None:
    assert schedule_fault(text) is None


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", ""),
        ("* * * *", "* * * *"),
        ("0 0 * * * *", "0 0 * * * *"),
        ("60 * * * *", "60"),
        ("0 24 * * *", "24"),
        ("0 0 0 * *", "0"),
        ("0 0 * 13 *", "13"),
        ("0 0 * * 7", "7"),
        ("0 0 * * 5-1", "5-1"),
        ("*/0 * * * *", "*/0"),
        ("*/x * * * *", "*/x"),
        ("0 0 * * funday", "funday"),
        ("0 0 31 6 *", "31 6"),
        ("@reboot", "@reboot"),
        ("@every day", "@every day"),
        ("TZ=UTC 0 0 * * *", "TZ=UTC "),
        ("0 " * 2000, "0 " * 2000),
    ],
)
def test_no_schedule(text: str, part: str) -> None:
    fault = schedule_fault(text)
    assert fault is not None
    assert text[fault.start : fault.end] == part


def test_time_zones() -> None:
    assert zone_fault("Europe/Berlin") is None
    assert zone_fault("Etc/UTC") is None
    assert "Europe/Berlin" in (zone_fault("Europe/Berln") or "")
    assert "Europe/Berlin" in (zone_fault("berlin") or "")
    assert zone_fault("Local") is not None


@pytest.mark.parametrize(
    ("judge", "right", "wrong"),
    [
        (names.dns_label, ["a", "a-b", "0", "a" * 63], ["", "A", "a_b", "a.b", "-a", "a-", "a" * 64, "ä", "a\n"]),
        (names.dns_subdomain, ["a.b", "a-1.b-2", "a" * 253], ["a..b", ".a", "a.", "a_b", "A.b", "a" * 254, "a/b"]),
        (names.path_segment, ["system:node", "A_B", "..."], ["a/b", "50%", ".", ".."]),
        (names.port_name, ["http", "a1-b", "1a", "x" * 15], ["x" * 16, "80", "a--b", "HTTP", "a_b", "-a", ""]),
        (
            names.label_key,
            ["app", "a.b/c", "Kubernetes.io_x", "example.com/A_b.C-d"],
            ["", "/a", "a/", "a/b/c", "Example.com/a", "a b", "-a", "a" * 64, "example_com/a"],
        ),
        (names.annotation_key, ["Example.COM/Key"], ["a b", "a/b/c"]),
        (names.label_value, ["", "a", "A_b.C-d", "a" * 63], ["a b", "a/b", "-a", "a.", "a" * 64, "ü"]),
        (names.data_key, ["a", "_A-b.c", ".env", "a" * 253], ["", ".", "..a", "a/b", "a b", "a" * 254]),
        (
            names.variable_name,
            ["A", "_a", "a.b-c", "a:b", "0A"],
            ["A=B", "A B", "a\tb"],
        ),
        (
            networks.host_fault,
            ["a.b", "*.a.b", "a"],
            ["http://a", "a:80", "a/b", "*", "a.*.b", "1.2.3.4", "A.b", "a_b"],
        ),
        (
            image_fault,
            [
                "nginx",
                "nginx:1.27",
                "a/b_c/d__e:V1",
                "localhost:5000/a",
                "REGISTRY.example.com/a",
                "a@sha256:" + "0" * 64,
                "a:1@sha256:" + "f" * 64,
                "ko://example.com/Cmd",
                "IMAGE",
                "$(REGISTRY)/a",
            ],
            ["Nginx", "nginx:", "a//b", " a", "https://a/b", "a@sha256:abc", "a:b:c", "_a", "a/B", "a@md5:x"],
        ),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_names(judge: object, right: list[str], wrong: list[str]) -> None:
    assert callable(judge)
    assert {text: judge(text) for text in right} == dict.fromkeys(right)
    assert [text for text in wrong if judge(text) is None] == []


def test_variable_names_before_they_were_relaxed() -> None:
    assert names.variable_name("a:b", relaxed=False) is not None
    assert names.variable_name("0A", relaxed=False) is not None
    assert names.variable_name("a.b-c_D", relaxed=False) is None


def test_addresses() -> None:
    assert [text for text in ("10.0.0.1", "010.0.0.01", "::1", "fd00::1") if networks.parse_ip(text) is None] == []
    assert [text for text in ("10.0.0", "a", "10.0.0.256", "", "1" * 99) if networks.parse_ip(text)] == []
    assert [
        text for text in ("10.0.0.0/8", "10.1.2.3/8", "::/0", "0.0.0.0/0") if networks.parse_cidr(text) is None
    ] == []
    assert [
        text for text in ("10.0.0.0", "10.0.0.0/33", "10.0.0.0/", "a/8", "10.0.0.0/-1") if networks.parse_cidr(text)
    ] == []
