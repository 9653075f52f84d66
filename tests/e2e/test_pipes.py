"""A pipe, a folder or a link to itself in the place of a file of the product: said at once, waited for by nobody. What
the user names may be a pipe."""
import os
import pathlib
import subprocess
import threading

import tap

INVENTORY = tap.FIXTURES / "inventories/debian-12.json"
WRONG = {
    "pipe": lambda path: os.mkfifo(path, 0o600),
    "link to itself": lambda path: path.symlink_to(path),
    "folder": lambda path: path.mkdir(),
    "device": lambda path: path.symlink_to("/dev/zero"),
}


def each_wrong(path, run):
    """Runs it with each thing in the place of path, which had a file, or none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    kept = path.read_bytes() if path.exists() else None
    mode = path.stat().st_mode & 0o777 if kept is not None else 0
    for what, make in WRONG.items():
        path.unlink(missing_ok=True)
        make(path)
        result = run()
        if path.is_dir() and not path.is_symlink():
            path.rmdir()
        else:
            assert not path.exists() or not path.is_file() or path.is_symlink(), (what, "was replaced")
            path.unlink()
        assert result.err, (what, result)
        assert path.name in result.err, (what, result)
    if kept is not None:
        path.write_bytes(kept)
        path.chmod(mode)


def quick(*words, **options):
    return tap.assay(*words, timeout=20, **options)


def test_the_vault(folder):
    vault = folder / "state/vault"
    tap.assay("credential", "add", "one", "--kind", "ssh-password", "--user", "u", stdin="x\n")
    for name in ("vault.assay", "vault.key"):
        each_wrong(vault / name, lambda: quick("credential", "list", status=4))
        tap.contains(quick("credential", "list").out, "one")


def test_the_store(folder):
    each_wrong(folder / "state/store.db", lambda: quick("source", "list", status=4))


def test_settings(folder):
    each_wrong(folder / "state/assay.conf",
               lambda: quick("kb", "update", "--from", tap.FIXTURES / "feeds", "--only", "kev", status=None))
    (folder / "state/assay.conf").write_text("[fetch]\nca_file = " + str(folder / "ca.pem") + "\n")
    (folder / "ca.pem").write_text("x")
    each_wrong(folder / "ca.pem",
               lambda: quick("kb", "update", "--from", tap.FIXTURES / "feeds", "--only", "kev", status=None))


def test_the_knowledge_file(folder):
    knowledge = folder / "state/knowledge.assay"
    quick("kb", "build", "--from", tap.FIXTURES / "feeds", status=None)
    assert knowledge.is_file()
    each_wrong(knowledge, lambda: quick("assess", INVENTORY, status=None))
    each_wrong(knowledge, lambda: quick("kb", "status", status=None))


def test_a_kept_inventory_and_accepted_risk(folder):
    path = folder / "state/inventories/db01.json"
    each_wrong(path, lambda: quick("assess", "db01", status=4))
    each_wrong(folder / "state/accepted.json", lambda: quick("assess", INVENTORY, status=None))


def test_feeds_in_a_mirror(folder):
    kev = "www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json"
    mirror = folder / "mirror"
    (mirror / kev).parent.mkdir(parents=True)
    each_wrong(mirror / kev, lambda: quick("kb", "build", "--from", mirror, "--only", "kev", "--out",
                                           folder / "out", status=None))


def test_records_of_use_are_not_written_into_a_pipe(folder):
    tap.assay("credential", "add", "one", "--kind", "ssh-password", "--user", "u", stdin="x\n")
    os.mkfifo(folder / "state/vault/used.log")
    quick("credential", "show", "one", status=None)
    quick("credential", "test", "one", "127.0.0.1:1", status=None)


def test_a_named_pipe_without_a_writer_is_given_up(folder):
    pipe = folder / "pipe"
    os.mkfifo(pipe)
    for words in (["assess", pipe], ["import", pipe], ["assess", INVENTORY, "--accept", pipe],
                  ["credential", "add", "key", "--kind", "ssh-key", "--user", "u", "--key-file", pipe],
                  ["source", "add", "lab", "--file", pipe]):
        tap.contains(tap.assay(*words, status=None, timeout=30).err, "a pipe that nobody writes to")


def test_pipelines_go_on(folder):
    document = INVENTORY.read_bytes()
    expected = quick("assess", INVENTORY, status=None).out
    for name in ("-", "/dev/stdin"):
        tap.equal(quick("assess", name, stdin=document, status=None).out, expected, name)
        tap.contains(quick("import", name, stdin=document).out, "1 ")
    shell = subprocess.run(["bash", "-c", '"$0" assess <(sleep 1; cat "$1")', str(tap.ASSAY), str(INVENTORY)],
                           capture_output=True, check=False, timeout=60)
    tap.equal(shell.stdout.decode(), expected)
    pipe = folder / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pathlib.Path(pipe).write_bytes, args=(document,))
    writer.start()
    tap.equal(quick("assess", pipe, status=None).out, expected)
    writer.join()
    listed = quick("source", "add", "lab", "--file", "/dev/stdin", stdin="host\n192.0.2.1\n")
    assert "192.0.2.1" in quick("source", "show", "lab").out, listed


tap.main(globals())
