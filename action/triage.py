"""Names the known problem of the issue of this event and comments on it, with gh.

What an issue says is foreign text. It goes to the program in a file and to nowhere else: no shell
sees it, nothing of it is printed, and the comment is made of what the program's own patterns say.
"""

import json
import os
import re
import subprocess
import sys
import tempfile

MARK = "<!-- bnb-probe triage -->"
REASON = "not planned"


class Trouble(Exception):
    """Something that whoever set the action up has to know."""


def switch(name):
    value = os.environ.get(name, "")
    if value not in ("true", "false"):
        raise Trouble("the input {} is neither true nor false".format(name[len("BNB_PROBE_"):].lower()))
    return value == "true"


def read_event():
    try:
        with open(os.environ["GITHUB_EVENT_PATH"], encoding="utf-8") as file:
            event = json.load(file)
    except (KeyError, OSError, ValueError):
        raise Trouble("the event of this run cannot be read") from None
    if not isinstance(event, dict):
        raise Trouble("the event of this run cannot be read")
    return event


def text_of(value):
    """Text that can be written: half a surrogate pair, which JSON can hold, is no character."""
    return str(value or "").encode("utf-8", "replace").decode("utf-8")


def issue_of(event):
    """Number, title and body of the issue to judge, or None where the event is about something else."""
    issue = event.get("issue")
    if not isinstance(issue, dict) or not isinstance(issue.get("number"), int):
        raise Trouble("triage goes with the event `issues`, and this one is about no issue")
    if "comment" in event or "pull_request" in issue or issue.get("state") == "closed":
        return None
    return {"number": issue["number"], "title": text_of(issue.get("title")),
            "body": text_of(issue.get("body"))}


def repository():
    name = os.environ.get("GITHUB_REPOSITORY", "")
    if not re.fullmatch(r"[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+", name):
        raise Trouble("GITHUB_REPOSITORY names no repository")
    return name


def start(command, what, **more):
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, check=False, **more)
    except OSError as error:
        raise Trouble("{} cannot be started: {}".format(what, error.strerror)) from None
    if done.returncode != 0:
        raise Trouble("{} ended with {}".format(what, done.returncode))
    return done.stdout.decode("utf-8")


def triage(path, form):
    command = [os.environ["BNB_PROBE"], "triage", "--format", form]
    if os.environ.get("BNB_PROBE_PATTERNS"):
        command.append("--patterns=" + os.environ["BNB_PROBE_PATTERNS"])
    return start([*command, path], "bnb-probe triage")


def gh(*words):
    return start(["gh", *words], "gh {} {}".format(words[0], words[1]))


def quiet(text):
    """Text that calls nobody and is on one line."""
    return re.sub(r"@(?=[A-Za-z0-9])", "@<!-- -->", " ".join(text.split()))


def fenced(command):
    longest = max([len(run) for run in re.findall("`+", command)], default=0)
    fence = "`" * max(3, longest + 1)
    return "   {0}sh\n   {1}\n   {0}".format(fence, command.replace("\n", "\n   "))


def diagnosis(result):
    """What is known about the issue, for whoever wrote it."""
    finding = result["findings"][0]
    lines = [MARK, "This looks like a known problem: **{}**.".format(quiet(finding["title"])), ""]
    seen = [one["line"] for one in finding["evidence"] if "excerpt" in one and "line" in one]
    if finding.get("says"):
        lines.append(quiet(finding["says"]))
    if seen:
        lines.append("It shows in line {}, counted with the title as the first and an empty one after "
                     "it.".format(seen[0]))
    lines += ["", "What helps:", ""]
    for number, step in enumerate(finding["remedy"], 1):
        lines.append("{}. {}".format(number, quiet(step["says"])))
        if step.get("command"):
            lines.append(fenced(step["command"]))
    lines += ["", "`bnb-probe triage` found this in the text of the issue alone. If it is something else, "
              "say so: people read every answer."]
    return "\n".join(lines) + "\n"


def has_comment(number, where):
    said = json.loads(gh("issue", "view", str(number), "--repo", where, "--json", "comments"))
    return any(MARK in (comment.get("body") or "") for comment in said.get("comments") or [])


def write_comment(number, where, text, folder):
    path = os.path.join(folder, "comment.md")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    gh("issue", "comment", str(number), "--repo", where, "--body-file", path)


def answer(issue, result, folder):
    """Comments, labels and closes as the inputs say. Whether a comment was written."""
    where, number = repository(), issue["number"]
    comment, close = switch("BNB_PROBE_COMMENT"), switch("BNB_PROBE_CLOSE")
    label = os.environ.get("BNB_PROBE_LABEL", "")
    close = close and result["action"] == "close"
    if result["action"] == "keep":
        return False
    if label:
        gh("issue", "edit", str(number), "--repo", where, "--add-label=" + label)
    comment = (comment or close) and not has_comment(number, where)
    if comment:
        text = MARK + "\n" + result["closing_comment"] + "\n" if close else diagnosis(result)
        write_comment(number, where, text, folder)
    if close:
        gh("issue", "close", str(number), "--repo", where, "--reason", REASON)
    return comment


def append(variable, text):
    if os.environ.get(variable):
        with open(os.environ[variable], "a", encoding="utf-8") as file:
            file.write(text)


def judge(issue, folder):
    path = os.path.join(folder, "issue.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump(issue, file)
    append("GITHUB_STEP_SUMMARY", triage(path, "markdown"))
    result = json.loads(triage(path, "json"))["results"][0]
    if result["action"] not in ("close", "ask", "keep") or (result["action"] != "keep"
                                                            and not result["findings"]):
        raise Trouble("bnb-probe triage gave an answer that this action does not know")
    return result


def main():
    try:
        issue = issue_of(read_event())
        if issue is None:
            print("bnb-probe: no open issue, or a comment or pull request: nothing to judge")
            return 0
        with tempfile.TemporaryDirectory(dir=os.environ.get("RUNNER_TEMP")) as folder:
            result = judge(issue, folder)
            commented = answer(issue, result, folder)
    except Trouble as trouble:
        print("::error title=bnb-probe::{}".format(trouble))
        return 1
    pattern = result["primary"] or ""
    if not re.fullmatch(r"[a-z0-9-]*", pattern):
        pattern = ""
    append("GITHUB_OUTPUT", "action={}\npattern={}\ncommented={}\n".format(
        result["action"], pattern, "true" if commented else "false"))
    print("bnb-probe: issue {}: {} {}".format(issue["number"], result["action"], pattern))
    return 0


if __name__ == "__main__":
    sys.exit(main())
