"""The worker against real OpenSSH servers: ways to log in, host keys, shells, and what it refuses."""
import tap
import worker
from sshd import PASSWORD, Sshd, fingerprint, keygen


def by_password(user="scan", password=PASSWORD):
    return worker.credential("ssh-password", user, password)


def test_password_gives_an_inventory(folder):
    with Sshd(folder / "s") as server:
        answer = worker.collect(server, by_password(), uid=61000, gid=61000)
        inventory = answer.inventory()
    tap.equal(inventory["collector"].split()[0::2], ["assay", "ssh"])
    tap.equal(len(inventory["software"]) > 50, True, "packages")
    tap.equal(answer.one("authenticated"), {"hop": "target", "method": "password"})
    tap.equal([body["phase"] for body in answer.all("phase")],
              ["greeting", "key exchange", "host key", "authentication", "probe", "reading"])
    tap.equal(answer.messages[-1][0], "done")


def test_key_logs_in(folder):
    key = keygen(folder / "id", "-t", "ed25519")
    with Sshd(folder / "s", {"scan": ("/bin/bash", {"key": f"{key}.pub", "password": False})}) as server:
        answer = worker.collect(server, worker.credential("ssh-key", "scan", key=key.read_text()), purpose="login")
        tap.equal(answer.one("authenticated")["method"], "publickey")
        tap.equal((answer.status, answer.all("inventory")), (0, []))


def test_refused_password_is_tried_once(folder):
    with Sshd(folder / "s", options="KbdInteractiveAuthentication yes\nUsePAM yes") as server:
        worker.collect(server, by_password(password="wrong")).failure("SSH-AUTH-DENIED")
        tap.equal(server.text().count("Failed password"), 1, server.text())
        tap.equal(server.text().count("keyboard-interactive"), 0, server.text())


def test_changed_host_key_stops_before_the_login(folder):
    other = keygen(folder / "other", "-t", "ed25519")
    with Sshd(folder / "s") as server:
        answer = worker.collect(server, by_password(), target={"host_keys": [fingerprint(f"{other}.pub")]})
        tap.contains(answer.failure("SSH-HOST-KEY-CHANGED")["message"], server.fingerprints()[0])
        tap.equal(answer.one("host key")["state"], "changed")
        tap.equal(answer.all("authenticated"), [])
        tap.equal("scan" in server.text(), False, server.text())


def test_unknown_host_key_needs_leave(folder):
    with Sshd(folder / "s") as server:
        worker.collect(server, by_password(), target={"host_keys": []}).failure("SSH-HOST-KEY-UNKNOWN")
        answer = worker.collect(server, by_password(), target={"host_keys": [], "first_use": True}, purpose="login")
        tap.equal(answer.one("host key")["state"], "new")
        tap.equal(answer.status, 0, repr(answer))


if __name__ == "__main__":
    tap.main(globals())
