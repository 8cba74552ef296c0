"""What is installed from the wheel has all that runs: also what is read and not imported."""

from __future__ import annotations

from pathlib import Path

from hatchling.builders.wheel import WheelBuilder

ROOT = Path(__file__).parents[2]


def test_the_wheel_holds_every_file_of_the_package() -> None:
    included = {file.distribution_path for file in WheelBuilder(str(ROOT)).recurse_included_files()}
    package = ROOT / "daemon"
    files = {
        str(path.relative_to(package))
        for path in (package / "nightclerk").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert files - included == set()
    assert {Path(name).suffix for name in included} >= {".yaml", ".mo", ".html", ".css", ".txt", ".mako", ".typed"}
