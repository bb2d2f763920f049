"""Whose machine it is stays out of a report."""

import json


def test_home_and_names(probe):
    home = r"C:\users\Ada Lovelace"
    log = (f"File \"{home}\\venv\\Lib\\site-packages\\bitsandbytes\\__init__.py\", line 1\n"
           f"see {home.replace(chr(92), '/')}/x and {home.lower()}\\y\n"
           "NameError: name 'str2optimizer32bit' is not defined\n")
    (probe.folder / "log.txt").write_text(log, encoding="utf-8")
    result = probe.run("--format", "json", "--log", "log.txt",
                       env={"USERPROFILE": home, "USERNAME": "Ada Lovelace"})
    assert result.code == 0, result.err
    assert "lovelace" not in result.out.lower()
    assert json.loads(result.out)["withheld"]


def test_host_name(probe):
    import platform
    name = platform.node()
    (probe.folder / "log.txt").write_text(f"on {name}: NameError: name 'str2optimizer32bit'\n",
                                          encoding="utf-8")
    result = probe.run("--format", "json", "--log", "log.txt")
    if len(name) > 4:
        assert name not in json.loads(result.out)["snapshot"].get("log", "")
