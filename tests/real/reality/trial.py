"""One case: the environment made and damaged, both asked, the answers compared."""

import dataclasses
import os

from reality import agreement, answers, cases, damage, environments, layouts


@dataclasses.dataclass
class Trial:
    answer: answers.Answer
    outcome: str
    disagreements: list
    description: str  # what a person needs to see it again


def _ask(environment):
    raw, answer = environment.ask_reality()
    document = environment.ask_model()
    snapshot = document["snapshot"]
    found = agreement.place_disagreements(snapshot, raw)
    judged = snapshot["bitsandbytes"].get("path")
    if raw.get("package") and judged and os.path.realpath(judged) != raw["package"]:
        # What hides the judged copy is named; without the current folder both mean the same.
        _, answer = environment.ask_reality(safe_path=True)
    found += agreement.disagreements(document["loader"], answer)
    return Trial(answer, document["loader"]["outcome"], found, environments.describe(environment))


def run(case, root, driver):
    """
    The Trial of a case. Its folder is removed where they agree, unless BNB_PROBE_KEEP_CASES is
    set.
    """
    folder = root / case.name
    folder.mkdir()
    trial = None
    try:
        environment = environments.Environment(folder, layouts.LAYOUTS[case.layout], case.release,
                                               case.devices, cases.RELEASES, driver)
        kind, *arguments = case.damage
        damage.KINDS[kind](environment, *arguments)
        trial = _ask(environment)
        return trial
    finally:
        if not (os.environ.get("BNB_PROBE_KEEP_CASES") and trial and trial.disagreements):
            environments.remove(folder)
