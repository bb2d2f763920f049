"""Whether the model and the real loader say the same."""

import os

# Said of a library that loads, about what comes after; no loader can be asked about that here.
AFTER_LOADING = {"no-gpu-code", "jit-from-ptx", "driver-too-old"}


def _names(loader):
    """What the model names as standing in the way."""
    return " ".join([loader["outcome_says"] or "", *loader["because"]])


def disagreements(loader, answer):
    """Sentences; none where the report's `loader` and the Answer agree."""
    outcome = loader["outcome"]
    found = []
    if outcome in AFTER_LOADING:
        outcome = "loads" if loader["chosen"] == loader["asks_for"] else "loads-fallback"
    if outcome == "symbol-missing" and answer.outcome in ("loads", "loads-fallback"):
        # A function that is missed when it is called: the library has to lack it.
        if not any(f" {name}," in _names(loader) for name in answer.lacking):
            found.append(f"the library lacks {answer.lacking}, the model says {_names(loader)}")
        outcome = answer.outcome
    if outcome != answer.outcome:
        found.append(f"outcome: in reality {answer.outcome}, in the model {outcome}")
    if answer.chosen and loader["chosen"] != answer.chosen:
        found.append(f"chosen: in reality {answer.chosen}, in the model {loader['chosen']}")
    if answer.outcome == "file-missing" and loader["chosen"]:
        found.append(f"chosen: in reality none, in the model {loader['chosen']}")
    if answer.asked and loader["asks_for"] and answer.asked not in (loader["asks_for"], loader["chosen"]):
        found.append(f"asked for: in reality {answer.asked}, in the model {loader['asks_for']}")
    if answer.outcome == "dependency-missing" and loader["missing"][:1] != [answer.named]:
        found.append(f"missing: in reality {answer.named}, in the model {loader['missing']}")
    elif answer.named and answer.named not in _names(loader):
        found.append(f"{answer.named} is not named in: {_names(loader)}")
    seen = loader["user_sees"] or ""
    if answer.seen and answer.seen not in seen:
        found.append(f"seen: in reality {answer.seen}, in the model {seen}")
    if answer.says and not answer.seen and answer.says in seen:
        found.append(f"seen: in reality nothing of what the model says: {seen}")
    return found


def place_disagreements(snapshot, raw):
    """
    Python looks into the current folder first; the program judges what is installed and
    names what hides it. So the package that Python takes is the judged or the named one.
    """
    taken = raw.get("package")
    if not taken or not raw.get("found"):
        return []
    shadows = [os.path.realpath(shadow["path"]) for interpreter in snapshot["python"]["interpreters"][:1]
               for shadow in interpreter.get("shadowing") or [] if shadow["package"] == "bitsandbytes"]
    judged = snapshot["bitsandbytes"].get("path")
    if judged and os.path.realpath(judged) == taken or taken in shadows:
        return []
    return [f"Python takes {taken}; the program judges {judged} and names {shadows}"]
