"""The image holds every file that the apps read, not only those that Python imports."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
START_THE_GATEWAY = """
from gateway.app import create_app
from gateway.settings import Settings
create_app(Settings(
    database_url="postgresql://nobody@localhost/none", read_database_url="postgresql://nobody@localhost/none",
    signing_key="none.json", public_keys="none.json",
    QOLDAU_PROGRAMS_URL="unix:/none", QOLDAU_PARTICIPANTS_URL="unix:/none", QOLDAU_EVALUATION_URL="unix:/none",
))
"""


def copied_into_the_image() -> list[Path]:
    """Return what the Dockerfile copies, below the root of the project."""
    words = [line.split() for line in (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()]
    return [
        Path(source)
        for copy, *sources, _ in (line for line in words if line[:1] == ["COPY"])
        for source in sources
    ]


def start_with(files: list[Path], image: Path) -> subprocess.CompletedProcess[str]:
    """Start the gateway in a folder that holds `files` of the project and nothing else."""
    for file in files:
        (image / file).parent.mkdir(parents=True, exist_ok=True)
        (image / file).symlink_to(ROOT / file)
    return subprocess.run(
        [sys.executable, "-c", START_THE_GATEWAY],
        cwd=image,
        env=os.environ | {"PYTHONPATH": str(image), "PYTHONSAFEPATH": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_gateway_finds_all_its_files_in_the_image(tmp_path: Path) -> None:
    started = start_with(copied_into_the_image(), tmp_path)
    assert started.returncode == 0, started.stderr[-2000:]


def test_a_forgotten_file_is_noticed(tmp_path: Path) -> None:
    kept = [file for file in copied_into_the_image() if file.name != "CHANGELOG.md"]
    assert "FileNotFoundError" in start_with(kept, tmp_path).stderr
