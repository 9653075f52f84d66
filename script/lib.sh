# Sourced by the scripts beside it: where things are, how to say something, how to build.
set -eu
root=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd)
cd "$root"

say() {
    printf '%s\n' "$*" >&2
}

die() {
    say "$*"
    exit 1
}

# Runs a command quietly: its output is shown only when it fails.
quietly() {
    log=$(mktemp)
    if "$@" >"$log" 2>&1; then
        rm -f "$log"
    else
        status=$?
        cat "$log" >&2
        rm -f "$log"
        say "failed: $*"
        return "$status"
    fi
}

# build_folder NAME [MESON-OPTION...]: sets NAME up once, then brings it up to date.
build_folder() {
    folder=$1
    shift
    if [ ! -f "$folder/build.ninja" ]; then
        rm -rf "$folder"
        quietly meson setup "$folder" "$@"
    fi
    quietly ninja -C "$folder"
}
