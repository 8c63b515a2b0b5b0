"""relance as one file that runs wherever there is a Python 3.11 or newer: `python relance.pyz status`.

    python scripts/make_single_file.py [OUTPUT]                for this system and this Python
    python scripts/make_single_file.py [OUTPUT] --everywhere   for Windows, macOS and Linux, Python 3.11 to 3.13
    python scripts/make_single_file.py [OUTPUT] --pdf          with what sets letters as PDF: 30 MB more for each system

The compiled parts (msgspec, python-calamine, markupsafe) have the system and the Python in the names of their files, so
those of all of them stand side by side in one file. On its first run the file unpacks itself once, in the user's own
folder; from then on it starts as fast as an installed program. Needs pip, and shiv to put the file together.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib.metadata import Distribution
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PLATFORMS = (
    ("win_amd64",),
    ("macosx_11_0_arm64", "macosx_10_12_x86_64", "macosx_10_9_x86_64"),
    ("manylinux2014_x86_64", "manylinux_2_17_x86_64", "manylinux_2_28_x86_64"),
)
PYTHONS = ("3.11", "3.12", "3.13")
FOR_OTHERS = ("pywin32-ctypes",)  # what the keyring of Windows needs; pip leaves it out elsewhere
_COMPILED = (".so", ".pyd")


def main(arguments: list[str]) -> int:
    """Make the file and say where it is and how large."""
    names = [word for word in arguments if not word.startswith("--")]
    output = Path(names[0] if names else "relance.pyz").resolve()
    with tempfile.TemporaryDirectory() as name:
        parts = Path(name) / "parts"
        extras = "keyring,pdf" if "--pdf" in arguments else "keyring"
        pip("install", "--target", str(parts), "--no-compile", f"{ROOT}[{extras}]", *FOR_OTHERS)
        if "--everywhere" in arguments:
            add_other_systems(parts, Path(name))
        shutil.rmtree(parts / "bin", ignore_errors=True)
        pack(parts, output)
    print(f"{output} ({output.stat().st_size / 1e6:.1f} MB): python {output.name} status")
    return 0


def pip(*words: str) -> None:
    """Run the pip of this Python."""
    subprocess.run([sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", *words], check=True)


def pack(parts: Path, output: Path) -> None:
    """Put the installed parts into one file that starts relance."""
    words = ["--site-packages", str(parts), "--entry-point", "relance.cli:entry", "--output-file", str(output)]
    words += ["--python", "/usr/bin/env python3", "--compressed", "--reproducible"]
    subprocess.run([sys.executable, "-m", "shiv", *words], check=True)


def add_other_systems(parts: Path, room: Path) -> None:
    """Lay the compiled parts of the other systems and Pythons beside those of this one."""
    wanted = sorted(set(compiled_parts(parts)))
    for python in PYTHONS:
        for platforms in PLATFORMS:
            other = room / f"{platforms[0]}-{python}"
            tags = [word for platform in platforms for word in ("--platform", platform)]
            pip("install", "--target", str(other), "--no-deps", "--only-binary=:all:", "--python-version", python,
                "--no-compile", *tags, *wanted)  # fmt: skip
            for file in other.rglob("*"):
                place = parts / file.relative_to(other)
                if file.suffix in _COMPILED and not place.exists():
                    place.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copy(file, place)


def compiled_parts(parts: Path) -> Iterator[str]:
    """The packages that hold compiled files, pinned to their version."""
    for metadata in parts.glob("*.dist-info"):
        package = Distribution.at(metadata)
        if any(file.suffix in _COMPILED for file in package.files or ()):
            yield f"{package.metadata['Name']}=={package.version}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
