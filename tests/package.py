"""Build the sdist and the wheel, and try both: ``tox -e package``, or ``python package.py FOLDER``.

The sdist holds every file of the repository; some of its tests run in it. The wheel is installed on the oldest and the
newest Python of this machine, by the pip that each brings along, and the selftest runs there.
"""

import glob
import os
import shutil
import subprocess
import sys
import tarfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TESTS = "tests/core/test_layers.py tests/test_readme.py tests/test_structure.py".split()


def run(*command, **options):
    print("$ " + " ".join(command), flush=True)
    subprocess.check_call(command, **options)


def build(folder):
    """Return the paths of the sdist and the wheel."""
    run(sys.executable, "-m", "build", "--outdir", folder, ROOT)
    (sdist,) = glob.glob(os.path.join(folder, "*.tar.gz"))
    (wheel,) = glob.glob(os.path.join(folder, "*.whl"))
    run(sys.executable, "-m", "twine", "check", "--strict", sdist, wheel)
    return sdist, wheel


def try_sdist(sdist, folder):
    with tarfile.open(sdist) as archive:
        names = {name.split("/", 1)[-1] for name in archive.getnames()}
        archive.extractall(folder, filter="data")
    tracked = subprocess.check_output(["git", "ls-files"], cwd=ROOT, universal_newlines=True)
    missing = sorted(set(tracked.splitlines()) - names)
    if missing:
        sys.exit("the sdist lacks " + ", ".join(missing))
    source = sdist[: -len(".tar.gz")]
    run(sys.executable, "-m", "pytest", "-qq", "--collect-only", "--no-summary", cwd=source)
    run(sys.executable, "-m", "pytest", "-q", *TESTS, cwd=source)


def try_wheel(wheel, python, folder):
    environment = os.path.join(folder, os.path.basename(python))
    run(python, "-m", "venv", environment)
    bin_folder = os.path.join(environment, "Scripts" if os.name == "nt" else "bin")
    python = os.path.join(bin_folder, "python")
    run(python, "-m", "pip", "--version")
    run(python, "-m", "pip", "install", "--quiet", "--no-index", wheel)
    run(python, "-m", "scratchnet", "selftest", cwd=folder)
    run(os.path.join(bin_folder, "scratchnet"), "--version", cwd=folder)


def pythons():
    """Return the oldest and the newest Python here that can make a virtual environment."""
    found = [shutil.which("python3.{}".format(minor)) for minor in range(6, 20)]
    found = [
        path for path in found if path and not subprocess.call([path, "-c", "import ensurepip"])
    ]
    return sorted({found[0], found[-1]}) if found else [sys.executable]


def main(folder):
    shutil.rmtree(folder, ignore_errors=True)
    sdist, wheel = build(folder)
    try_sdist(sdist, folder)
    for python in pythons():
        try_wheel(wheel, python, folder)


if __name__ == "__main__":
    main(os.path.join(os.path.abspath(sys.argv[1]), "package"))
