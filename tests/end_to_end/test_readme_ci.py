"""What README shows for CI, run as it stands there."""

import json
import re
import shutil
import subprocess
import xml.etree.ElementTree

import jsonschema
import pytest
import yaml

from support import debian_root, fake_driver, published, torch_layout, wheels
from support.program import SOURCE

README = (SOURCE / "README.md").read_text()
SECTION = README.split("\n## In CI\n")[1].split("\n## ")[0]


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```$", SECTION, re.DOTALL | re.MULTILINE)


def dockerfile_command():
    (block,) = blocks("dockerfile")
    instruction, command = block.replace("\\\n", " ").strip().split(" ", 1)
    assert instruction == "RUN"
    return command


def github_step():
    ((step,),) = [yaml.safe_load(block) for block in blocks("yaml") if block.startswith("- name:")]
    return step


def gitlab_jobs():
    (jobs,) = [yaml.safe_load(block) for block in blocks("yaml") if not block.startswith("- name:")]
    return jobs


def shell(probe, words, command, folder, env):
    """Runs a command as a CI system does: bnb-probe is on PATH, an error ends it."""
    bin_folder = folder / "bin"
    bin_folder.mkdir(exist_ok=True)
    link = bin_folder / "bnb-probe"
    if not link.exists():
        link.symlink_to(probe.path)
    environment = probe.environment(env)
    environment["PATH"] = f"{bin_folder}:{environment['PATH']}"
    done = subprocess.run([*words, command], cwd=folder, env=environment, capture_output=True,
                          text=True, check=False, stdin=subprocess.DEVNULL, timeout=120)
    probe.assert_no_complaint()
    return done


@pytest.fixture
def gpu_venv(wheel_venv, tmp_path):
    """An environment with bitsandbytes and a torch with CUDA libraries that can be opened."""
    def make(version):
        venv = wheels.linked_copy(wheel_venv(version), tmp_path / f"venv-{version}")
        torch_layout.add_torch(venv.site, "2.6.0+cu124", "12.4", libraries=torch_layout.PLACES,
                               used_by=venv.package / "libbitsandbytes_cuda124.so"
                               if version != "0.42.0" else None)
        return venv

    return make


def test_the_dockerfile_line(probe, gpu_venv, tmp_path):
    good = shell(probe, ["/bin/sh", "-c"], dockerfile_command(), tmp_path, gpu_venv("0.49.2").active)
    assert good.returncode == 0, good.stdout + good.stderr
    old = shell(probe, ["/bin/sh", "-c"], dockerfile_command(), tmp_path, gpu_venv("0.42.0").active)
    assert old.returncode == 1
    assert re.search(r"^FAILED   bitsandbytes>=0.45: ", old.stdout, re.MULTILINE)


def test_the_github_step(probe, gpu_venv, tmp_path):
    venv = gpu_venv("0.49.2")
    image = tmp_path / "image"
    image.mkdir()
    debian_root.make(image)
    site = image / "usr/local/lib/python3.11/dist-packages"
    shutil.copytree(venv.site, site, symlinks=True,
                    ignore=shutil.ignore_patterns("_distutils*", "distutils*", "pip*", "setuptools*"))
    summary = tmp_path / "summary.md"
    summary.touch()
    # What the runner calls where a step names no shell.
    words = ["bash", "-e", "-c"]
    env = {"GITHUB_STEP_SUMMARY": summary}
    done = shell(probe, words, github_step()["run"], tmp_path, env)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1] == "bnb-probe check: 2 of 2 checks passed."
    assert "::" not in done.stdout, "no annotation where nothing is wrong"
    assert summary.read_text().startswith("### bnb-probe check: 2 of 2 checks passed.")
    shutil.rmtree(site / "torch")
    for info in site.glob("torch-*"):
        shutil.rmtree(info)
    done = shell(probe, words, github_step()["run"], tmp_path, env)
    assert done.returncode == 1
    assert done.stdout.startswith("::error title=")


def test_the_github_step_is_one(probe):
    workflow = {"name": "image", "on": "push",
                "jobs": {"check": {"runs-on": "ubuntu-latest", "steps": [github_step()]}}}
    schema = published.schema("github-workflows.json")
    jsonschema.Draft7Validator(schema).validate(json.loads(json.dumps(workflow)))


def test_the_gitlab_job(probe, gpu_venv, driver_folder, tmp_path):
    ((name, job),) = gitlab_jobs().items()
    report = tmp_path / job["artifacts"]["reports"]["junit"]
    for gpu, code in (("cc=9.0", 0), ("cc=7.5", 1)):
        env = {**gpu_venv("0.49.2").active,
               **fake_driver.behaving(driver_folder, f"count=1;{gpu};driver=12040")}
        for line in job["script"]:
            done = shell(probe, ["bash", "-eo", "pipefail", "-c"], line, tmp_path, env)
        assert done.returncode == code, done.stderr
        (suite,) = xml.etree.ElementTree.parse(report).getroot()
        assert suite.get("failures") == str(code)
        shutil.rmtree(tmp_path / "venv-0.49.2")
    assert job["artifacts"]["when"] == "always", "or a failure would leave no report"


def test_the_gitlab_job_is_one():
    jsonschema.Draft7Validator(published.schema("gitlab-ci.json")).validate(gitlab_jobs())


def test_every_example_is_understood(probe):
    """The commands of the first block: none of them is a wrong command line."""
    commands = re.findall(r"^bnb-probe check .*$", SECTION, re.MULTILINE)
    assert len(commands) == 3
    for command in commands:
        done = subprocess.run(["/bin/sh", "-c", command.replace("bnb-probe", str(probe.path), 1)],
                              env=probe.environment(), capture_output=True, text=True, check=False)
        assert done.returncode in (1, 3) and done.stdout, done.stderr
        probe.assert_no_complaint()
