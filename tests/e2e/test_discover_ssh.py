"""Discovery of real SSH servers, with the real worker and vault."""
import os

import tap
from installed import BUILD, Installed
from sshd import PASSWORD, Agent, Sshd, keygen, need_root


def make(folder):
    need_root()
    return Installed(folder, worker=BUILD / "roles/worker")


def discover(here, *words, env=None):
    # Without knowledge a run is partial.
    return here.assay("discover", "--format", "json", *words, status=3, env=env).json()


def codes(document):
    return [(issue["code"]) for issue in document["issues"]]


def test_keys_passwords_and_wrong_ones(folder):
    here = make(folder)
    key = keygen(folder / "key", "-t", "ed25519")
    here.assay("credential", "add", "by-key", "--kind", "ssh-key", "--user", "scan", "--key-file", key)
    here.assay("credential", "add", "by-password", "--kind", "ssh-password", "--user", "other", stdin=PASSWORD + "\n")
    with Sshd(folder / "one", {"scan": ("/bin/sh", {"key": f"{key}.pub", "password": False})}) as one, \
            Sshd(folder / "two", {"other": ("/bin/bash", {})}) as two, \
            Sshd(folder / "three", {"nobody-else": ("/bin/sh", {})}) as three:
        for name, server in (("one", one), ("two", two), ("three", three)):
            here.assay("source", "add", name, f"127.0.0.1:{server.port}", "--host-keys", "first-use")
        document = discover(here)
        tap.equal(document["targets"]["collected"], 2, document)
        tap.equal(codes(document), ["SSH-AUTH-DENIED"])
        # All three run on this machine: one server.
        tap.equal(len(document["servers"]), 1)
        name = document["servers"][0]["name"]
        tap.contains(here.assay("assess", name, status=3).out, "Debian")
        # What worked is tried first now, and alone.
        before = two.text().count("Failed ")
        discover(here, "two")
        tap.equal(two.text().count("Failed "), before)
        tested = here.assay("source", "test", "one")
        tap.contains(tested.out, "login works")
        tap.contains(tested.out, "missing  sockets")
        # Another key than the pinned one.
        here.assay("source", "forget", "one", f"127.0.0.1:{one.port}")
        here.assay("source", "trust", "one", f"127.0.0.1:{one.port}", "--host-key", two.fingerprints()[0])
        tap.equal(codes(discover(here, "one")), ["SSH-HOST-KEY-CHANGED"])
        # Workers have accounts of their own.
        assert "Accepted publickey for scan" in one.text()


def test_a_jump_host(folder):
    here = make(folder)
    key = keygen(folder / "key", "-t", "ed25519")
    here.assay("credential", "add", "target", "--kind", "ssh-key", "--user", "scan", "--key-file", key)
    here.assay("credential", "add", "bastion", "--kind", "ssh-password", "--user", "hop", "--for-source", "none",
               stdin=PASSWORD + "\n")
    with Sshd(folder / "bastion", {"hop": ("/usr/sbin/nologin", {})}) as bastion, \
            Sshd(folder / "inner", {"scan": ("/bin/sh", {"key": f"{key}.pub"})}) as inner:
        here.assay("source", "add", "lab", f"127.0.0.1:{inner.port}", "--host-keys", "first-use", "--jump",
                   f"hop@127.0.0.1:{bastion.port}", "--jump-credential", "bastion")
        document = discover(here)
        tap.equal(document["targets"]["collected"], 1, document)
        keys = here.assay("source", "show", "lab", "--format", "json").json()["host_keys"]
        tap.equal(sorted(k["host"] for k in keys),
                  sorted([f"127.0.0.1:{inner.port}", f"127.0.0.1:{bastion.port}"]))
        tap.contains(bastion.text(), "Accepted password for hop")


def test_an_agent(folder):
    here = make(folder)
    key = keygen(folder / "key", "-t", "ed25519")
    with Sshd(folder / "one", {"scan": ("/bin/sh", {"key": f"{key}.pub"})}) as server, Agent(folder, key) as agent:
        here.assay("source", "add", "lab", "127.0.0.1", "--port", server.port, "--host-keys", "first-use", "--agent",
                   "--user", "scan")
        document = discover(here, env={"SSH_AUTH_SOCK": agent.path})
        tap.equal(document["targets"]["collected"], 1, document)
        # Without one it says so.
        tap.equal(codes(discover(here, env={"SSH_AUTH_SOCK": ""})), ["INTERNAL"])


def test_names_on_both_families(folder):
    here = make(folder)
    key = keygen(folder / "key", "-t", "ed25519")
    here.assay("credential", "add", "by-key", "--kind", "ssh-key", "--user", "scan", "--key-file", key)
    with Sshd(folder / "one", {"scan": ("/bin/sh", {"key": f"{key}.pub"})}) as server:
        # localhost is ::1 too, where nobody listens.
        here.assay("source", "add", "lab", "localhost", f"[::1]:{server.port}", "--port", server.port, "--host-keys",
                   "first-use")
        document = discover(here)
        tap.equal(document["targets"]["collected"], 1, document)
        tap.equal(codes(document), ["NET-REFUSED"])


if __name__ == "__main__":
    os.umask(0o022)
    tap.main(globals())
