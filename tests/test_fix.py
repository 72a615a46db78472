"""Fixes: what is chosen, how texts change, and that no file is harmed."""

from __future__ import annotations

from pathlib import Path

from kubelint import fix
from kubelint.check import check
from kubelint.finding import Finding

SERVICE = """\
# The scrape annotation is what Prometheus looks for.
apiVersion: v1
kind: Service
metadata:
  name: 'web'
  annotations:
    prometheus.io/scrape:   true   # keep me
    prometheus.io/port: 9100
spec:
  ports: [{port: 80}]
"""
DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deploymnet
metadata:
  name: web
"""


def run(root: Path, *, unsafe: bool = False) -> fix.Fixed:
    def findings(texts: dict[str, str]) -> list[Finding]:
        return check(root, overlay=texts).findings

    return fix.fix_all(findings, unsafe=unsafe)


def test_safe_fixes_touch_nothing_but_their_own_characters(tmp_path: Path) -> None:
    (tmp_path / "service.yaml").write_text(SERVICE, encoding="utf-8")
    fixed = run(tmp_path)
    assert fixed.texts == {
        "service.yaml": SERVICE.replace("  true ", '  "true" ').replace("9100", '"9100"'),
    }
    assert "service.yaml" in fixed.diff()
    assert '+    prometheus.io/port: "9100"' in fixed.diff()
    assert (tmp_path / "service.yaml").read_text(encoding="utf-8") == SERVICE


def test_unsafe_fixes_wait_for_the_word(tmp_path: Path) -> None:
    (tmp_path / "web.yaml").write_text(DEPLOYMENT, encoding="utf-8")
    assert run(tmp_path).texts == {}
    assert run(tmp_path, unsafe=True).texts == {"web.yaml": DEPLOYMENT.replace("Deploymnet", "Deployment")}


def test_files_are_replaced_with_their_line_ends_mode_and_byte_order_mark(tmp_path: Path) -> None:
    file = tmp_path / "service.yaml"
    file.write_bytes(b"\xef\xbb\xbf" + SERVICE.replace("\n", "\r\n").encode())
    file.chmod(0o640)
    fixed = run(tmp_path)
    fix.write(tmp_path, fixed)
    raw = file.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    assert raw.count(b"\r\n") == SERVICE.count("\n")
    assert b'port: "9100"\r\n' in raw
    assert file.stat().st_mode & 0o777 == 0o640
    assert [path.name for path in tmp_path.iterdir()] == ["service.yaml"]
    assert len(fixed.applied) == 2


def test_a_file_that_changed_meanwhile_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "service.yaml"
    file.write_text(SERVICE, encoding="utf-8")
    fixed = run(tmp_path)
    file.write_text(SERVICE + "# somebody was faster\n", encoding="utf-8")
    fix.write(tmp_path, fixed)
    assert file.read_text(encoding="utf-8").endswith("faster\n")
    assert fixed.refused == {"service.yaml": "it changed while kubelint ran"}
    assert fixed.applied == []


def test_a_link_is_not_written_through(tmp_path: Path) -> None:
    outside = tmp_path / "outside.yaml"
    outside.write_text(SERVICE, encoding="utf-8")
    root = tmp_path / "root"
    root.mkdir()
    (root / "service.yaml").write_text(SERVICE, encoding="utf-8")
    fixed = run(root)
    (root / "service.yaml").unlink()
    (root / "service.yaml").symlink_to(outside)
    fix.write(root, fixed)
    assert outside.read_text(encoding="utf-8") == SERVICE
    assert "service.yaml" in fixed.refused


def test_fixing_twice_changes_nothing_more(tmp_path: Path) -> None:
    (tmp_path / "service.yaml").write_text(SERVICE, encoding="utf-8")
    fix.write(tmp_path, run(tmp_path))
    assert run(tmp_path).texts == {}
