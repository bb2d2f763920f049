"""What the real shells offer for a command line."""

import os
import pty
import select
import shutil
import subprocess
import time

import pytest

PATIENCE_S = 20
MARK = "offered:"

# How each interactive shell is made to put all that it offers into the line.
START = {
    "bash": (["bash", "--norc", "--noprofile", "-i"],
             "PS1='' ; PS2='' ; bind 'set enable-bracketed-paste off' ; . {script}\n", "\x1b*"),
    "zsh": (["zsh", "-f", "-i"],
            "PS1='' ; PS2='' ; unsetopt zle_bracketed_paste prompt_cr prompt_sp ;"
            " autoload -Uz compinit && compinit -u -D && . {script} ;"
            " zle -C all-matches complete-word _generic ; bindkey '^Xa' all-matches ;"
            " zstyle ':completion:all-matches:*' completer _all_matches _complete ;"
            " zstyle ':completion:all-matches:*' insert true\n", "\x18a"),
}


def need(shell):
    if not shutil.which(shell):
        pytest.skip(f"needs {shell}")


def offered(shell, script, line, folder):
    """The words that `shell` offers for the last word of `line`, with its completion `script`."""
    if shell == "fish":
        done = subprocess.run(
            ["fish", "--no-config", "-c", f"source {script}; complete -C $argv[1]", line],
            capture_output=True, text=True, check=True, cwd=folder, timeout=PATIENCE_S,
            env={"PATH": "/usr/bin:/bin", "HOME": str(folder), "LANG": "C.UTF-8"})
        return {one.split("\t")[0] for one in done.stdout.splitlines()}
    command, start, all_of_it = START[shell]
    ours, theirs = pty.openpty()
    process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, cwd=folder,
                               start_new_session=True,
                               env={"PATH": "/usr/bin:/bin", "HOME": str(folder), "TERM": "dumb",
                                    "LANG": "C.UTF-8", "HISTFILE": "/dev/null"})
    os.close(theirs)
    try:
        os.write(ours, start.format(script=script).encode())
        os.write(ours, b"echo re''ady\n")
        _read_until(ours, "ready")
        # Home, then a command that prints its words in place of the one that is completed.
        os.write(ours, (line + all_of_it).encode())
        time.sleep(0.3)
        os.write(ours, f"\x01printf '%s\\n' '{MARK}' \x05 ; echo e''nd\n".encode())
        seen = _read_until(ours, "\nend")
    finally:
        process.kill()
        process.wait()
        os.close(ours)
    words = seen[seen.rindex("\n" + MARK):].splitlines()[2:]
    before = line.split()[1:-1] if not line.endswith(" ") else line.split()[1:]
    return set(words[1 + len(before):words.index("end")])


def _read_until(terminal, wanted):
    seen = ""
    until = time.monotonic() + PATIENCE_S
    while wanted not in seen:
        if not select.select([terminal], [], [], max(0, until - time.monotonic()))[0]:
            raise AssertionError(f"the shell does not answer: {seen!r}")
        seen += os.read(terminal, 65536).decode(errors="replace").replace("\r", "")
    return seen
