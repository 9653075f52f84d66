"""Who may look into the state folder."""
import os
import pathlib
import pwd
import shutil
import subprocess

import tap

INVENTORY = tap.FIXTURES / "inventories/debian-12.json"
NOBODY = 65534


def mode(path):
    return oct(pathlib.Path(path).stat().st_mode & 0o7777)


def as_nobody(home, *words, **changes):
    """Runs as a user whose state folder is at its usual place."""
    if os.geteuid() != 0:
        tap.skip("needs root to become another user")
    env = {name: value for name, value in os.environ.items() if not name.startswith(("ASSAY_STATE", "XDG_"))}
    done = subprocess.run([str(tap.ASSAY), *map(str, words)], input=b"x\n", capture_output=True, check=False, timeout=120,
                          env={**env, "HOME": str(home), **changes}, user=NOBODY, group=NOBODY, extra_groups=[],
                          cwd="/")
    return tap.Result(done)


def reachable():
    """The build tree, for another user."""
    try:
        return as_nobody("/nonexistent", "--version").status == 0
    except PermissionError:
        return False


def need_reachable():
    if not reachable():
        tap.skip("the build tree cannot be reached by another user")


def make(folder):
    folder.chmod(0o755)
    home = folder / "home"
    home.mkdir()
    os.chown(home, NOBODY, NOBODY)
    return home, home / ".local/state/assay"


def test_a_users_folder_is_the_users(folder):
    need_reachable()
    home, state = make(folder)
    shown = as_nobody(home, "source", "add", "lab", "192.0.2.1")
    tap.equal(shown.status, 0, shown)
    tap.equal(mode(state), "0o700")
    # As an older version left it.
    state.chmod(0o755)
    tap.equal(as_nobody(home, "source", "list").status, 0)
    tap.equal(mode(state), "0o700")
    # As the user wants it.
    state.chmod(0o750)
    tap.equal(as_nobody(home, "source", "list").status, 0)
    tap.equal(mode(state), "0o750")
    for words in (["credential", "add", "one", "--kind", "ssh-password", "--user", "u"],
                  ["kb", "update", "--from", tap.FIXTURES / "feeds"], ["scan"]):
        shutil.rmtree(state)
        shown = as_nobody(home, *words)
        assert state.exists(), shown
        tap.equal(mode(state), "0o700", words)
        for kept in state.glob("inventories"):
            tap.equal(mode(kept), "0o700")


def test_a_folder_of_ones_own_choice_keeps_its_mode(folder):
    state = folder / "state"
    state.mkdir(mode=0o755)
    state.chmod(0o755)
    tap.assay("source", "add", "lab", "192.0.2.1")
    tap.equal(mode(state), "0o755")
    shutil.rmtree(state)
    tap.assay("source", "add", "lab", "192.0.2.1")
    tap.equal(mode(state), "0o711" if os.geteuid() == 0 else "0o700")


def test_inventories_are_narrowed(folder):
    kept = folder / "state/inventories"
    kept.mkdir(parents=True)
    kept.chmod(0o755)
    tap.assay("import", INVENTORY)
    tap.equal(mode(kept), "0o700")


def test_another_user_assesses_with_roots_knowledge(folder):
    need_reachable()
    state = folder / "state"
    tap.assay("kb", "update", "--from", tap.FIXTURES / "feeds", status=None)
    tap.assay("import", INVENTORY)
    tap.equal(mode(state), "0o711")
    home, _ = make(folder)
    shown = as_nobody(home, "assess", INVENTORY, ASSAY_KNOWLEDGE=str(state / "knowledge.assay"))
    expected = tap.assay("assess", INVENTORY, status=None)
    tap.equal((shown.status, shown.out), (expected.status, expected.out), pwd.getpwuid(NOBODY).pw_name)
    # Nothing else of it.
    for path in (state, state / "inventories", state / "inventories/db01.json", state / "store.db"):
        done = subprocess.run(["ls" if path.is_dir() else "cat", str(path)], capture_output=True, check=False,
                              user=NOBODY, group=NOBODY, extra_groups=[])
        assert done.returncode != 0, path


def test_what_may_not_be_read_is_told_apart_from_what_is_not_there(folder):
    need_reachable()
    home, _ = make(folder)
    private = folder / "private"
    (private / "inventories").mkdir(parents=True)
    shutil.copy(INVENTORY, private / "inventories/db01.json")
    private.chmod(0o700)
    for words, changes in [([private / "inventories/db01.json"], {}), (["db01"], {"ASSAY_STATE": str(private)})]:
        refused = as_nobody(home, "assess", *words, **changes)
        tap.equal(refused.status, 4, refused)
        tap.contains(refused.err, f"assay: {private}/inventories/db01.json: Permission denied")
    missing = as_nobody(home, "assess", "db01")
    tap.contains(missing.err, "assay: db01: no such file, and no scan is kept")


tap.main(globals())
