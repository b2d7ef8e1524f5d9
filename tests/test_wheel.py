"""The wheel is enough: built here, installed into an empty environment, and run far from the repository with nothing of it in reach."""

import json
import subprocess
import sys
import venv
from pathlib import Path
from zipfile import ZipFile

import pytest
from repository_files import ROOT, files

pytestmark = pytest.mark.xdist_group("wheel")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel of this checkout."""
    out = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(ROOT)]
    done = subprocess.run(command, check=False, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    (found,) = out.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def installed(tmp_path_factory, wheel):
    """An environment that holds the wheel and what it asks for, and nothing else."""
    place = tmp_path_factory.mktemp("installed") / "venv"
    venv.create(place, with_pip=False, symlinks=True)
    pip = [sys.executable, "-m", "pip", "--python", str(place), "install", "--quiet", "--no-compile"]
    done = subprocess.run(
        [*pip, "--constraint", str(ROOT / "constraints.txt"), str(wheel)],
        check=False,
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    return place


@pytest.fixture(scope="module")
def away(tmp_path_factory, installed):
    """(folder, how to run a program of the environment there): an empty folder and an empty environment of variables."""
    folder = tmp_path_factory.mktemp("away")
    home = tmp_path_factory.mktemp("home")

    def run(*words, **variables):
        done = subprocess.run(
            [str(installed / "bin" / words[0]), *words[1:]],
            check=False,
            cwd=folder,
            env={"PATH": "/usr/bin:/bin", "HOME": str(home), "LANG": "C.UTF-8", **variables},
            capture_output=True,
            encoding="utf-8",
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return folder, run


def test_templates_fonts_layouts_and_rules_lie_in_the_wheel(wheel):
    inside = set(ZipFile(wheel).namelist())
    for path in files():
        if path.parts[0] in {"templates", "fonts"}:
            assert f"print_service/_resources/{path.as_posix()}" in inside
        if path.parts[0] in {"print_service", "handover", "barcodes"}:
            assert path.as_posix() in inside


def test_nothing_but_the_three_packages_is_installed(wheel):
    tops = {name.split("/")[0] for name in ZipFile(wheel).namelist() if not name.split("/")[0].endswith(".dist-info")}
    assert tops == {"print_service", "handover", "barcodes"}


def test_the_licences_of_program_and_fonts_go_with_the_wheel(wheel):
    licences = {name.rpartition("/")[2] for name in ZipFile(wheel).namelist() if ".dist-info/licenses/" in name}
    assert licences == {"LICENSE", *(path.name for path in (ROOT / "fonts/licences").iterdir())}


def test_everything_is_taken_from_the_wheel_and_nothing_from_the_repository(away, installed):
    program = (
        "import print_service, handover, barcodes, sys, json; from print_service import resources as r;"
        "print(json.dumps([print_service.__file__, handover.__file__, barcodes.__file__,"
        "*map(str, (r.templates_dir(), r.fonts_dir(), r.data_dir())), *sys.path]))"
    )
    found = json.loads(away[1]("python", "-c", program))
    assert all(Path(path).is_relative_to(installed) for path in found[:6])
    assert not [path for path in found if Path(path).is_relative_to(ROOT) and path]


def test_demo_runs_from_the_wheel_and_the_vendor_verifies_its_containers(away):
    folder, run = away
    run("print-service", "demo", "--payers", "20", "--out", "demo")
    report = json.loads((folder / "demo/report.json").read_text(encoding="utf-8"))
    assert report["marks_decoded"] == report["marks_expected"] > 0
    assert report["reminded_though_paid"] == 0
    for container, passphrase in report["passphrases"].items():
        assert run("handover", "verify", container, HANDOVER_PASSPHRASE=passphrase).startswith("ok ")


def test_init_and_doctor_work_from_the_wheel(away):
    folder, run = away
    run("print-service", "init", "ward")
    assert json.loads(run("print-service", "doctor", "--json", PRINT_SERVICE_WARD="ward/ward.toml"))["ok"]
    assert (folder / "ward/ward.toml").is_file()
