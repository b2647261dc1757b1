"""Build the sdist and the wheel, and try both: ``tox -e package``, or ``python package.py FOLDER``.

The sdist holds everything that its tests need: some of them run in it. The wheel is installed on the oldest and the
newest Python of this machine, where the selftest runs.
"""

import os
import shutil
import subprocess
import sys
import tarfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
NEEDED = "README.md LICENSE setup.cfg tox.ini tests/conftest.py tests/random_networks.py tests/bench/rows.py".split()


def run(*command, **options):
    print("$ " + " ".join(command), flush=True)
    subprocess.check_call(command, **options)


def pythons():
    """The oldest and the newest Python here."""
    found = [shutil.which("python3.{}".format(minor)) for minor in range(6, 20)]
    found = [path for path in found if path and not subprocess.call([path, "-c", ""])]
    return sorted({found[0], found[-1]}) if found else [sys.executable]


def main(folder):
    shutil.rmtree(folder, ignore_errors=True)
    run(sys.executable, "-m", "build", "--outdir", folder, ROOT)
    files = [os.path.join(folder, name) for name in sorted(os.listdir(folder))]
    run(sys.executable, "-m", "twine", "check", "--strict", *files)
    (sdist,) = [path for path in files if path.endswith(".tar.gz")]
    (wheel,) = [path for path in files if path.endswith(".whl")]
    with tarfile.open(sdist) as archive:
        names = [name.split("/", 1)[-1] for name in archive.getnames()]
        archive.extractall(folder)
    missing = [name for name in NEEDED if name not in names]
    if missing:
        sys.exit("the sdist lacks " + ", ".join(missing))
    source = sdist[: -len(".tar.gz")]
    tests = ["tests/core/test_layers.py", "tests/test_readme.py"]
    run(sys.executable, "-m", "pytest", "-q", *tests, cwd=source)
    for python in pythons():
        target = os.path.join(folder, os.path.basename(python))
        run(sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", target,
            "--python-version", "3.6", "--only-binary", ":all:", wheel)  # fmt: skip
        environment = dict(os.environ, PYTHONPATH=target)
        run(python, "-m", "scratchnet", "selftest", env=environment, cwd=folder)


if __name__ == "__main__":
    main(os.path.join(os.path.abspath(sys.argv[1]), "package"))
