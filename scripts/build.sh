# Building, for run, test and bench. Sourced; everything it says goes to standard error.

# Whether anything that goes into the program changed since the last good build. Folders
# count, so an added or removed file shows.
is_out_of_date() { # BUILD_FOLDER [FURTHER_SOURCES...]
    local stamp=$1/.built
    shift
    [ -e "$stamp" ] || return 0
    [ -n "$(find CMakeLists.txt cmake base probe checks report "$@" -newer "$stamp" -print -quit)" ]
}

# Runs a command with its output in a log, shown only when it fails.
quietly() { # LOG COMMAND...
    local log=$1
    shift
    if ! "$@" >"$log" 2>&1 </dev/null; then
        cat "$log" >&2
        say "failed: $*"
        return 1
    fi
}

# Configures where needed and builds. One build a folder at a time.
build() { # BUILD_FOLDER CMAKE_OPTION...
    local folder=$1
    shift
    mkdir -p "$folder"
    (
        if command -v flock >/dev/null; then
            flock 9
        fi
        touch "$folder/.started"
        # Configured with the same options every time, so that a folder left by hand is put right.
        quietly "$folder/configure.log" cmake -S . -B "$folder" -G Ninja "$@" &&
            quietly "$folder/build.log" cmake --build "$folder" &&
            mv "$folder/.started" "$folder/.built"
    ) 9>"$folder/.lock"
}

# The program itself, at build/bnb-probe.
build_program() {
    is_out_of_date build || return 0
    need_to_build
    say "building build/bnb-probe"
    build build -DCMAKE_BUILD_TYPE=Release -DBNB_PROBE_TESTS=OFF -DBNB_PROBE_SANITIZE=OFF
}
