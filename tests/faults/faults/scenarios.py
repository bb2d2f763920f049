"""The runs whose every call is made to fail, and what they read."""

import json
import pathlib
import subprocess

from faults.stepping import Scenario, Setting
from support import fake_driver, wheels

ISSUE = """bitsandbytes 0.41.0, PyTorch 2.1.0+cu118, Ubuntu 22.04

```
Traceback (most recent call last):
  File "/opt/venv/lib/python3.10/site-packages/bitsandbytes/cextension.py", line 10, in <module>
RuntimeError: CUDA Setup failed despite GPU being available.
AttributeError: 'NoneType' object has no attribute 'cget_managed_ptr'
```
"""


def _live(driver, venv):
    """Variables of a machine with two GPUs and a virtual environment."""
    return (("LD_LIBRARY_PATH", str(driver)), ("BNB_FAKE_CUDA", "count=2"),
            ("VIRTUAL_ENV", str(venv.folder)), ("PATH", f"{venv.folder}/bin:/usr/bin:/bin"))


def all_of(driver, venv):
    live = _live(driver, venv)
    return (
        Scenario("report", ("--format", "json", "--timeout", "5", "-o", "{out}/r.json"), "json",
                 output="r.json", environment=live, old_output=True),
        Scenario("text", ("--from", "{in}/a.json")),
        Scenario("markdown", ("--from", "{in}/a.json", "--format", "markdown", "--log",
                              "{in}/issue.md"), err_lines=1),
        Scenario("html", ("--from", "{in}/a.json", "--format", "html", "-o", "{out}/r.html"), "html",
                 output="r.html"),
        Scenario("url", ("--from", "{in}/a.json", "--format", "url"), err_lines=1),
        Scenario("check", ("check", "--from", "{in}/a.json", "--assume", "torch=2.6.0+cu124"),
                 codes=(0, 1, 3)),
        Scenario("triage", ("triage", "--format", "markdown", "-o", "{out}/t.md", "{in}/issue.md",
                            "{in}/issue.md"), output="t.md", named=True, old_output=True),
        Scenario("compare", ("compare", "{in}/a.json", "{in}/b.json")),
        # A Python whose output can no longer be read on ends with 120; 255: how it ended is lost.
        # What is seen of so short a process is a matter of luck.
        Scenario("run", ("run", "--format", "json", "--timeout", "5", "-o", "{out}/r.json", "--",
                         "python", "-c", "import nothing_of_that_name"), "json", output="r.json",
                 codes=(1, 3, 120, 255), command_code=1, steady=False,
                 environment=live, err_lines=8),
    )


def prepare(program, library, folder):
    """(setting, scenarios): the inputs are made by the program itself."""
    driver = fake_driver.build(folder / "driver")
    venv = wheels.kept_venv("0.46.1")
    inputs, runs = folder / "inputs", folder / "runs"
    inputs.mkdir()
    runs.mkdir()
    environment = {"HOME": str(folder), "LANG": "C.UTF-8", **dict(_live(driver, venv))}
    for name, more in (("a", []), ("b", ["--assume", "gpu=9.0", "--assume", "driver=550.54"])):
        subprocess.run([program, "--format", "json", "-o", inputs / f"{name}.json", *more],
                       env=environment, check=True, stdin=subprocess.DEVNULL)
    (inputs / "issue.md").write_text(ISSUE)
    schema = json.loads(subprocess.run([program, "schema"], capture_output=True, check=True).stdout)
    setting = Setting(str(program), str(library), str(inputs), str(runs), schema)
    return setting, {one.name: one for one in all_of(driver, venv)}


NAMES = ("report", "text", "markdown", "html", "url", "check", "triage", "compare", "run")


def where(program, site):
    """The functions that lead to a place, the nearest first."""
    addresses = [hex(one - 1) for one in site.callers if one]
    done = subprocess.run(["addr2line", "-f", "-e", program, *addresses], capture_output=True,
                          text=True, check=False)
    lines = done.stdout.splitlines()
    return " < ".join(f"{name} ({pathlib.Path(line).name})"
                      for name, line in zip(lines[::2], lines[1::2]))
