"""`bnb-probe run`: the command runs as if it had been typed by itself."""

import json
import os
import pathlib
import re
import shlex
import signal
import subprocess
import sys
import time

import pytest

from support.program import PATIENCE_S
from support.terminal_session import TerminalSession

PYTHON = "/usr/bin/python3" if os.path.exists("/usr/bin/python3") else sys.executable


def python(code):
    return ["--", PYTHON, "-c", code]


@pytest.fixture
def run(probe):
    """run(ARGUMENTS...): what `bnb-probe run` with them did."""
    return lambda *arguments, **how: probe.run("run", *arguments, **how)


@pytest.fixture
def start(probe):
    """start(ARGUMENTS...): the program under way, its outputs piped."""
    started = []

    def begin(*arguments, **how):
        process = subprocess.Popen([str(probe.path), "run", *map(str, arguments)],
                                   env=probe.environment(), cwd=probe.folder,
                                   stdin=subprocess.DEVNULL,
                                   **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **how})
        started.append(process)
        return process

    yield begin
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


@pytest.fixture
def terminal(probe):
    """terminal(ARGUMENTS...): the program on a terminal."""
    sessions = []

    def begin(*arguments, whole=False, **how):
        words = arguments if whole else [str(probe.path), "run", *arguments]
        environment = {**probe.environment(), "TERM": "xterm", "PS1": "shell$ "}
        sessions.append(TerminalSession(list(map(str, words)), environment, probe.folder, **how))
        return sessions[-1]

    yield begin
    for session in sessions:
        session.kill()


# --- how it ends ---


@pytest.mark.parametrize("code", [1, 7, 255])
def test_exit_code_is_passed_on(run, code):
    assert run(*python(f"import sys; sys.exit({code})")).code == code


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGABRT, signal.SIGKILL, signal.SIGTERM])
def test_signal_is_passed_on(run, number):
    """As without bnb-probe: who waits sees the signal, a shell 128 and its number."""
    result = run(*python(f"import os; os.kill(os.getpid(), {int(number)})"))
    assert result.code == -number
    assert number.name in result.err


def test_shell_sees_128_and_the_signal(run, probe):
    command = [str(probe.path), "run", *python("import ctypes; ctypes.string_at(0)")]
    done = subprocess.run(["/bin/sh", "-c", shlex.join(command) + "; echo code $?"],
                          env=probe.environment(), cwd=probe.folder, capture_output=True,
                          text=True, check=True)
    assert done.stdout == "code 139\n"


def test_success_is_one_line(run):
    result = run(*python("print('done')"))
    assert (result.code, result.out) == (0, "done\n")
    assert len(result.err_lines) == 1
    assert "succeeded" in result.err
    assert run("--quiet", *python("pass")).err == ""


def test_what_cannot_be_started(run, probe):
    result = run("--", "no-such-program-here")
    assert result.code == 127
    assert result.err_lines == ["bnb-probe: there is no program no-such-program-here on PATH"]
    plain = probe.folder / "plain.txt"
    plain.write_text("no program\n")
    result = run("--", plain)
    assert result.code == 126
    assert len(result.err_lines) == 1 and "plain.txt" in result.err
    assert run("--", probe.folder / "missing").code == 127


def test_wrong_command_lines(run):
    for arguments in ([], ["--"], ["--", ""]):
        result = run(*arguments)
        assert result.code == 2
        assert "needs the command" in result.err
    result = run("--from", "x.json", *python("pass"))
    assert result.code == 2


# --- what it gets ---


def test_words_environment_and_folder_are_untouched(run, probe):
    words = ["", "a b", "$HOME", "*", "--format", "-c", "'", "\\", "ü", "\n"]
    code = "import sys, os; print(ascii([sys.argv[1:], os.getcwd(), os.environ['ODD']]))"
    result = run("--", PYTHON, "-c", code, *words, env={"ODD": "  x  "})
    assert result.out == ascii([words, str(probe.folder), "  x  "]) + "\n"


def test_options_of_the_command_need_no_dashes(run):
    result = run(PYTHON, "-c", "import sys; print(sys.argv[1:])", "--quiet", "-o", "x")
    assert result.out == "['--quiet', '-o', 'x']\n"


def test_standard_input_reaches_it(run):
    data = bytes(range(256)) * 2000
    result = run("--", PYTHON, "-c", "import sys; print(len(sys.stdin.buffer.read()))", stdin=data)
    assert result.out == f"{len(data)}\n"


def test_descriptors_and_signals_are_as_usual(run):
    """Nothing of bnb-probe is left open in it, blocked or ignored."""
    code = ("import os, signal\n"
            "print(sorted(map(int, os.listdir('/proc/self/fd')))[:-1])\n"
            "print(signal.pthread_sigmask(signal.SIG_BLOCK, []))\n"
            "print([s.name for s in signal.Signals if signal.getsignal(s) == signal.SIG_IGN])\n"
            "print(os.getpgid(0) == os.getpgid(os.getppid()))")
    direct = subprocess.run([PYTHON, "-c", code], capture_output=True, text=True, check=True,
                            stdin=subprocess.DEVNULL)
    assert run(*python(code)).out == direct.stdout == "[0, 1, 2]\nset()\n['SIGPIPE', 'SIGXFSZ']\nTrue\n"


def test_ignored_hangup_stays_ignored(probe):
    """nohup, and jobs in the background of a script, are told so by what they inherit."""
    command = [str(probe.path), "run", *python(
        "import signal; print(signal.getsignal(signal.SIGHUP), signal.getsignal(signal.SIGINT))")]
    done = subprocess.run(["/bin/sh", "-c", "trap '' HUP INT; exec " + shlex.join(command)],
                          env=probe.environment(), cwd=probe.folder, capture_output=True,
                          text=True, check=True)
    assert done.stdout == "1 1\n"


def test_closed_streams_stay_closed(probe):
    where = probe.folder / "seen"
    command = [str(probe.path), "run", "--", "/bin/sh", "-c",
               f"for n in 0 1 2; do [ -e /proc/$$/fd/$n ] && echo $n; done > {where} 2>&1 "
               f"</dev/null; ls -l /proc/$$/fd > {where}.all"]
    done = subprocess.run(["/bin/sh", "-c", shlex.join(command) + " <&- >&- 2>&-"],
                          env=probe.environment(), cwd=probe.folder, check=False, timeout=PATIENCE_S)
    assert done.returncode == 0
    kept = {line.split(" -> ")[0].split()[-1] for line in
            (probe.folder / "seen.all").read_text().splitlines() if " -> " in line}
    assert "0" not in kept and "2" not in kept  # 1 is the file of ls itself


# --- its output ---


def test_bytes_pass_unchanged_and_apart(probe):
    code = ("import sys; data = bytes(range(256)) * 300\n"
            "sys.stdout.buffer.write(data); sys.stderr.buffer.write(data[::-1]); sys.stdout.flush()")
    done = subprocess.run([str(probe.path), "run", "--quiet", *python(code)],
                          env=probe.environment(), cwd=probe.folder, capture_output=True, check=True)
    data = bytes(range(256)) * 300
    assert done.stdout == data
    assert done.stderr == data[::-1]


def test_order_is_kept_where_both_go_one_way(probe):
    code = ("import sys\nfor i in range(500):\n"
            "    print('out', i, flush=True); print('err', i, file=sys.stderr, flush=True)")
    done = subprocess.run([str(probe.path), "run", "--quiet", *python(code)],
                          env=probe.environment(), cwd=probe.folder, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=True)
    assert done.stdout == "".join(f"out {i}\nerr {i}\n" for i in range(500))


def test_one_file_for_both_keeps_the_order(probe):
    code = ("import sys\nfor i in range(50):\n"
            "    print('out', i, flush=True); print('err', i, file=sys.stderr, flush=True)")
    place = probe.folder / "both"
    with place.open("wb") as file:
        subprocess.run([str(probe.path), "run", "--quiet", *python(code)], stdout=file,
                       stderr=subprocess.STDOUT, env=probe.environment(), cwd=probe.folder,
                       check=True)
    assert place.read_text() == "".join(f"out {i}\nerr {i}\n" for i in range(50))


def test_output_comes_at_once(start):
    process = start(*python("import time; print('first', flush=True); time.sleep(60)"))
    started = time.monotonic()
    assert process.stdout.readline() == b"first\n"
    assert time.monotonic() - started < 20
    process.terminate()
    assert process.wait(PATIENCE_S) == -signal.SIGTERM


def test_reader_that_goes_away_ends_it(probe):
    """As `yes | head`: the command meets the closed pipe by itself."""
    command = [str(probe.path), "run", "--quiet", "--", "/usr/bin/yes"]
    done = subprocess.run(["/bin/bash", "-c", shlex.join(command) + " | head -n 2; "
                           "echo ${PIPESTATUS[0]}"], env=probe.environment(), cwd=probe.folder,
                          capture_output=True, text=True, timeout=PATIENCE_S, check=True)
    assert done.stdout == "y\ny\n141\n"


def test_slow_reader_loses_nothing(start):
    process = start(*python("import sys; sys.stdout.write('x' * 3_000_000)"))
    time.sleep(1)
    assert len(process.stdout.read()) == 3_000_000
    assert process.wait(PATIENCE_S) == 0


MUCH = 200 << 20


def most_memory(pid):
    """KiB that a process took at most so far; 0 once it has ended."""
    try:
        status = pathlib.Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    found = re.search(r"VmHWM:\s+(\d+)", status)
    return int(found[1]) if found else 0


def through(command, probe):
    """(seconds, KiB that the first process took at most) for much output through `command`."""
    kib = 0
    started = time.monotonic()
    with subprocess.Popen(["/usr/bin/wc", "-c"], stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE) as count:
        process = subprocess.Popen(command, stdout=count.stdin, env=probe.environment(),
                                   cwd=probe.folder)
        count.stdin.close()
        while process.poll() is None:
            kib = max(kib, most_memory(process.pid))
            time.sleep(0.005)
        assert process.returncode == 0
        assert int(count.stdout.read()) == MUCH
    return time.monotonic() - started, kib


def test_much_output_takes_little_memory_and_time(release_probe):
    generate = ["/bin/sh", "-c", f"yes 'step 1: loss 0.5, bits of noise' | head -c {MUCH}"]
    seconds, kib = through([str(release_probe.path), "run", "--quiet", "--", *generate],
                           release_probe)
    plain, _ = through(["/bin/sh", "-c", generate[2] + " | cat"], release_probe)
    assert 0 < kib < 16 << 10
    assert seconds < 5 * plain + 2, (seconds, plain)


# --- what it leaves behind ---


def test_something_left_in_the_background_is_not_waited_for(run):
    started = time.monotonic()
    result = run("--format", "json", "-o", "-", "--", "/bin/sh", "-c",
                 "sleep 50 & echo $! >&2; echo begun")
    os.kill(int(result.err.split()[0]), signal.SIGKILL)
    assert time.monotonic() - started < 20
    out, _, document = result.out.partition("\n")
    assert out == "begun"
    assert json.loads(document)["snapshot"]["run"]["left_running"] is True


def test_something_chatty_in_the_background_is_not_waited_for(run):
    started = time.monotonic()
    result = run("--quiet", "--", "/bin/sh", "-c",
                 "(while :; do echo on; sleep 0.02; done) & echo begun")
    assert time.monotonic() - started < 20
    assert result.code == 0 and "begun\n" in result.out


# --- signals ---


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT,
                                    signal.SIGUSR1])
def test_signal_to_bnb_probe_reaches_the_command(start, number):
    code = (f"import signal, sys, time\nsignal.signal({int(number)}, lambda n, f: sys.exit(40 + n))\n"
            "print('ready', flush=True)\ntime.sleep(60)")
    process = start(*python(code))
    assert process.stdout.readline() == b"ready\n"
    process.send_signal(number)
    assert process.wait(PATIENCE_S) == 40 + number


def test_command_that_ignores_term_is_left_alone(start):
    code = ("import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
            "print('ready', flush=True)\ntime.sleep(2)\nprint('still here', flush=True)")
    process = start(*python(code))
    assert process.stdout.readline() == b"ready\n"
    process.terminate()
    assert process.stdout.readline() == b"still here\n"
    assert process.wait(PATIENCE_S) == 0


def test_timeout_ends_it_as_it_ends_the_command(probe):
    done = subprocess.run(["/usr/bin/timeout", "1", str(probe.path), "run", "--quiet", "--",
                           "/bin/sleep", "60"], env=probe.environment(), cwd=probe.folder,
                          timeout=PATIENCE_S, capture_output=True, check=False)
    assert done.returncode == 124


# --- a terminal ---

SHOW_TERMINALS = "import os; print([os.isatty(n) for n in (0, 1, 2)], os.get_terminal_size(1))"


def test_command_sees_a_terminal_of_the_same_size(terminal):
    session = terminal("--quiet", *python(SHOW_TERMINALS), size=(33, 101))
    assert session.end() == 0
    assert session.text == ("[True, True, True] "
                            "os.terminal_size(columns=101, lines=33)\r\n")


def test_only_what_is_a_terminal_is_one(terminal, probe):
    command = shlex.join([str(probe.path), "run", "--quiet", *python(
        "import os, sys; print([os.isatty(n) for n in (0, 1, 2)], file=sys.stderr); print('out')")])
    session = terminal("/bin/sh", "-c", f"{command} | cat", whole=True)
    session.wait_for(r"\[True, False, True\]")
    session.wait_for("out")
    assert session.end() == 0
    session = terminal("/bin/sh", "-c", f"{command} 2>{probe.folder}/err </dev/null", whole=True)
    assert session.end() == 0
    assert session.text == "out\r\n"
    assert (probe.folder / "err").read_text() == "[False, True, False]\n"


def test_resize_reaches_the_command(terminal):
    code = ("import os, signal\nprint('ready', flush=True)\n"
            "signal.sigwait([signal.SIGWINCH]); signal.sigtimedwait([signal.SIGWINCH], 0.5)\n"
            "print(os.get_terminal_size(1), os.get_terminal_size(0))")
    session = terminal("--quiet", *python(
        "import signal; signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGWINCH])\n" + code))
    session.wait_for("ready")
    session.resize(50, 132)
    assert session.end() == 0
    assert session.text.count("columns=132, lines=50") == 2


def test_interrupt_reaches_the_command_once_and_bnb_probe_goes_on(terminal):
    code = ("import signal, time\ncount = []\n"
            "signal.signal(signal.SIGINT, lambda n, f: count.append(n))\n"
            "print('ready', flush=True)\nend = time.time() + 1.5\n"
            "while time.time() < end: time.sleep(0.1)\n"
            "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
            "print('count', len(count), flush=True)\ntime.sleep(60)")
    session = terminal(*python(code))
    session.wait_for("ready")
    session.type("\x03")
    session.wait_for("count 1\r\n")
    session.type("\x03")
    session.wait_for("KeyboardInterrupt")
    session.wait_for("The command")
    assert session.end() == -signal.SIGINT
    assert "SIGINT" in session.text


def test_terminal_is_left_as_it_was(terminal, probe):
    command = shlex.join([str(probe.path), "run", "--quiet", *python(
        "import sys, tty, os, signal; tty.setraw(0); os.kill(os.getpid(), signal.SIGKILL)")])
    session = terminal("/bin/sh", "-c",
                       f"stty -g; {command}; stty -g; stty -a | grep -o ' .echo '", whole=True)
    session.end()
    settings = [line for line in session.text.splitlines() if line.count(":") > 10]
    assert len(settings) == 2 and settings[0] == settings[1]


def test_password_is_asked_for_and_not_shown(terminal):
    session = terminal("--quiet", *python(
        "import getpass; p = getpass.getpass('Secret: '); print('length', len(p))"))
    session.wait_for("Secret: ")
    session.type("swordfish\r")
    session.wait_for("length 9")
    assert session.end() == 0
    assert "swordfish" not in session.text


def test_line_editing_works(terminal):
    """The interpreter's own prompt: echo, history and the backspace are the terminal's."""
    # Since 3.13 the prompt is Python's own drawing, which is not the terminal's line editing.
    session = terminal("--quiet", "--", "env", "PYTHON_BASIC_REPL=1", PYTHON, "-q", "-i")
    session.wait_for(">>> ")
    session.type("print(6 * 8\x7f7)\r")
    session.wait_for("\n42")
    session.type("raise SystemExit(5)\r")
    assert session.end() == 5


def test_full_screen_program_gets_each_key(terminal, probe):
    """curses sets the terminal through its output: no echo, no waiting for a line's end."""
    code = ("import curses\ndef main(s):\n"
            "    s.addstr(2, 2, 'press'); s.refresh(); return s.getch()\n"
            "print('key', curses.wrapper(main))")
    command = shlex.join([str(probe.path), "run", "--quiet", *python(code)])
    session = terminal("/bin/sh", "-c", f"stty -g; {command}; echo; stty -g", whole=True)
    session.wait_for("press")
    time.sleep(0.3)
    session.type("k")
    session.wait_for(f"key {ord('k')}")
    session.end()
    settings = re.findall(r"[0-9a-f]+(?::[0-9a-f]+){10,}", session.text)
    assert len(settings) == 2 and settings[0] == settings[1]


def test_progress_bar_comes_through(terminal):
    session = terminal("--quiet", *python(
        "import sys, time\nfor i in range(5):\n"
        "    sys.stderr.write(f'\\r{i * 25}%'); sys.stderr.flush(); time.sleep(0.02)\n"
        "sys.stderr.write('\\n')"))
    assert session.end() == 0
    assert session.text == "\r0%\r25%\r50%\r75%\r100%\r\n"


def test_stop_and_go_on_in_a_shell(terminal, probe):
    """^Z stops both, fg goes on with both, and the exit code arrives."""
    session = terminal("/bin/bash", "--norc", "-i", whole=True)
    session.wait_for(r"shell\$ ")
    code = "import time\nprint('re' + 'ady', flush=True)\ninput()\nprint('went' + ' on')\nraise SystemExit(9)"
    script = probe.folder / "stops.py"
    script.write_text(code)
    session.type(f"{probe.path} run --quiet -- {PYTHON} stops.py\r")
    session.wait_for("ready")
    session.type("\x1a")
    session.wait_for("Stopped")
    mark = len(session.seen)
    session.type("echo shell is $((40 + 2))\r")
    session.wait_for("shell is 42", mark)
    session.type("fg\r")
    session.wait_for(r"run --quiet", mark + 40)
    session.type("\r")
    session.wait_for("went on")
    session.type("echo code $?\r")
    session.wait_for("code 9")
    session.type("exit\r")
    session.end()


def test_report_on_a_terminal_follows_the_output(terminal):
    session = terminal(*python("import sys; sys.stdout.write('no line end'); sys.exit(3)"))
    assert session.end() == 3
    lines = session.text.split("\r\n")
    assert lines[0] == "no line end"
    assert any("exit code 3" in line for line in lines)
