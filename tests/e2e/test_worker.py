"""The worker against real OpenSSH servers: ways to log in, host keys, shells, and what it refuses."""
import os
import pathlib
import select
import shutil
import socket
import subprocess

import tap
import worker
from sshd import PAM, PASSWORD, Agent, Sshd, fingerprint, free_port, keygen, need


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
    if not os.environ.get("ASSAY_SANITIZED") and len(inventory["software"]) < 1000:
        tap.equal(answer.one("done")["memory"] < 12 << 20, True, f"memory {answer!r}")


def test_nothing_is_written_there(folder):
    """No file of the account is anywhere afterwards, but its home folder."""
    with Sshd(folder / "s") as server:
        worker.collect(server, by_password(), deep=True).inventory()
        home = server.folder / "home/scan"
        uid = str(home.stat().st_uid)
        found = subprocess.run(["find", "/", "/tmp", "/var/tmp", "/dev/shm", "/run", "-xdev", "-uid", uid],
                               capture_output=True, text=True, check=False).stdout.split()
        # Homes of other tests' accounts may have the same number.
        tap.equal([path for path in found if pathlib.Path(path).parent.name != "home"], [])


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


def test_server_that_hangs_up_has_refused(folder):
    """At once: what waited for more of an ended connection worked at it until its time was over."""
    with Sshd(folder / "s", options="MaxAuthTries 1") as server:
        answer = worker.collect(server, by_password(password="wrong"), seconds=600, silence_seconds=300)
        tap.contains(answer.failure("SSH-AUTH-DENIED")["message"], "ended the connection")
        tap.equal(server.text().count("Failed password"), 1, server.text())


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


def test_keys_in_every_form(folder):
    forms = {
        "openssh ed25519": (["-t", "ed25519"], ""),
        "openssh rsa, passphrase": (["-t", "rsa", "-b", "2048"], "secret words"),
        "pem ecdsa": (["-t", "ecdsa", "-m", "PEM"], ""),
        "pem rsa, passphrase": (["-t", "rsa", "-b", "2048", "-m", "PEM"], "secret words"),
        "pkcs8 rsa": (["-t", "rsa", "-b", "2048", "-m", "PKCS8"], ""),
        "pkcs8 ecdsa, passphrase": (["-t", "ecdsa", "-m", "PKCS8"], "secret words"),
    }
    accounts, keys = {}, {}
    for number, (form, (words, passphrase)) in enumerate(forms.items()):
        path = keygen(folder / f"id{number}", *words, passphrase=passphrase)
        accounts[f"user{number}"] = ("/bin/sh", {"key": f"{path}.pub", "password": False})
        keys[form] = (f"user{number}", path.read_text(), passphrase)
    with Sshd(folder / "s", accounts) as server:
        for form, (user, text, passphrase) in keys.items():
            for what, changed in (("", text), ("CRLF", text.replace("\n", "\r\n")),
                                  ("mark and no last line end", "\ufeff" + text.strip())):
                secret = worker.credential("ssh-key", user, passphrase, changed)
                answer = worker.collect(server, secret, purpose="login")
                tap.equal(answer.status, 0, f"{form} {what}: {answer!r}")


def test_keys_that_cannot_be_used_are_named(folder):
    plain = keygen(folder / "plain", "-t", "ed25519")
    locked = keygen(folder / "locked", "-t", "ed25519", passphrase="secret words").read_text()
    pem = keygen(folder / "pem", "-t", "rsa", "-b", "2048", "-m", "PEM", passphrase="secret words").read_text()
    pkcs8 = keygen(folder / "pkcs8", "-t", "rsa", "-b", "2048", "-m", "PKCS8", passphrase="secret words").read_text()
    cases = [
        (locked, "other words", "passphrase of the private key is wrong"),
        (pem, "other words", "passphrase of the private key is wrong"),
        (pkcs8, "other words", "passphrase of the private key is wrong"),
        (locked, "", "has a passphrase, which is missing"),
        (pem, "", "has a passphrase, which is missing"),
        (pkcs8, "", "has a passphrase, which is missing"),
        ("PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\n", "", "puttygen"),
        ((folder / "plain.pub").read_text(), "", "public key"),
        ("hello", "", "no private key"),
        (plain.read_text()[:200], "", "cut short"),
        (plain.read_text().replace("b3Bl", "AAAA"), "", "damaged"),
    ]
    with Sshd(folder / "s") as server:
        before = server.text()
        for text, passphrase, complaint in cases:
            answer = worker.collect(server, worker.credential("ssh-key", "scan", passphrase, text))
            tap.contains(answer.failure("CREDENTIAL-BAD")["message"], complaint)
            tap.equal(answer.all("phase"), [], "the target hears nothing")
        tap.equal("SSH-2.0-libssh" in server.text()[len(before):], False)


def test_credentials_for_other_things_are_refused(folder):
    with Sshd(folder / "s") as server:
        for secret, complaint in ((worker.credential("windows-local", "scan", "x"), "not for SSH"),
                                  (worker.credential("ssh-password", "scan", ""), "empty"),
                                  (worker.credential("ssh-password", "", "x"), "no user name"),
                                  (worker.credential("ssh-password", "scan", "a\0b"), "zero byte")):
            tap.contains(worker.collect(server, secret).failure("CREDENTIAL-BAD")["message"], complaint)
        failure = worker.collect(server, by_password()[:-3]).failure("INTERNAL")
        tap.contains(failure["message"], "credential")


def test_agent_offers_its_keys(folder):
    first, second = keygen(folder / "a", "-t", "ed25519"), keygen(folder / "b", "-t", "ed25519")
    accounts = {"scan": ("/bin/sh", {"key": f"{second}.pub", "password": False})}
    with Sshd(folder / "s", accounts) as server, Agent(folder, first, second) as agent:
        answer = worker.collect(server, agent=agent.connect(), target={"agent": True, "user": "scan"}, purpose="login")
        tap.equal(answer.one("authenticated")["method"], "agent")
        answer = worker.collect(server, agent=agent.connect(), target={"agent": True, "user": "other"},
                                purpose="login")
        answer.failure("SSH-AUTH-DENIED")


def test_keyboard_interactive_answers_a_password(folder):
    options = "UsePAM yes\nPasswordAuthentication no\nKbdInteractiveAuthentication yes"
    with Sshd(folder / "s", options=options) as server:
        answer = worker.collect(server, by_password(), purpose="login")
        tap.equal(answer.one("authenticated")["method"], "keyboard-interactive")
        worker.collect(server, by_password(password="wrong")).failure("SSH-AUTH-DENIED")


def test_expired_password_is_named(folder):
    accounts = {"scan": ("/bin/sh", {"password": "expired"})}
    for name, options in (("plain", ""), ("pam", "UsePAM yes"), (
            "asks", "UsePAM yes\nPasswordAuthentication no\nKbdInteractiveAuthentication yes")):
        with Sshd(folder / name, accounts, options) as server:
            answer = worker.collect(server, by_password())
            answer.failure("PASSWORD-EXPIRED")


def test_second_proof_is_named(folder):
    key = keygen(folder / "id", "-t", "ed25519")
    accounts = {"scan": ("/bin/sh", {"key": f"{key}.pub"})}
    with Sshd(folder / "s", accounts, "AuthenticationMethods publickey,password") as server:
        answer = worker.collect(server, worker.credential("ssh-key", "scan", key=key.read_text()))
        tap.contains(answer.failure("SSH-AUTH-METHOD")["message"], "another proof is asked for: password")


def test_method_that_is_not_offered_is_named(folder):
    with Sshd(folder / "s", options="PasswordAuthentication no\nKbdInteractiveAuthentication no") as server:
        tap.contains(worker.collect(server, by_password()).failure("SSH-AUTH-METHOD")["message"], "publickey")


def test_every_login_shell(folder):
    busybox = shutil.which("busybox")
    accounts = {"dash": ("/bin/dash", {}), "bash": ("/bin/bash", {})}
    for name, program in (("csh", shutil.which("tcsh")), ("ash", busybox)):
        if program:
            (folder / "shells").mkdir(exist_ok=True)
            (folder / "shells" / name).symlink_to(program)
            accounts[name] = (str(folder / "shells" / name), {})
    counts = set()
    with Sshd(folder / "s", accounts) as server:
        for user in accounts:
            counts.add(len(worker.collect(server, by_password(user)).inventory()["software"]))
    tap.equal(len(counts), 1, f"packages by shell {counts}")


def test_account_without_commands_is_named(folder):
    accounts = {"none": ("/usr/sbin/nologin", {}), "false": ("/bin/false", {}), "quiet": ("/bin/true", {})}
    with Sshd(folder / "s", accounts) as server:
        failure = worker.collect(server, by_password("none")).failure("PROBE-REFUSED")
        tap.contains(failure["message"], "not available")
        worker.collect(server, by_password("false")).failure("PROBE-REFUSED")
        worker.collect(server, by_password("quiet")).failure("PROBE-NO-ANSWER")
    with Sshd(folder / "forced", options="ForceCommand echo hello") as server:
        tap.contains(worker.collect(server, by_password()).failure("PROBE-NO-ANSWER")["message"], "hello")


OLD_SERVER = """KexAlgorithms diffie-hellman-group14-sha1,diffie-hellman-group1-sha1
HostKeyAlgorithms ssh-rsa
Ciphers aes128-cbc,aes256-cbc
MACs hmac-sha1"""


def test_old_server_needs_the_switch(folder):
    key = keygen(folder / "id", "-t", "rsa", "-b", "2048")
    accounts = {"scan": ("/bin/sh", {"key": f"{key}.pub"})}
    with Sshd(folder / "s", accounts, OLD_SERVER, key_types=("rsa",)) as server:
        worker.collect(server, by_password()).failure("SSH-ALGORITHMS")
        for secret in (by_password(), worker.credential("ssh-key", "scan", key=key.read_text())):
            answer = worker.collect(server, secret, legacy=True, purpose="login")
            tap.equal(answer.status, 0, repr(answer))


def through(jump, target, jump_secret, target_secret, jump_changes=None, target_changes=None, **changes):
    job = worker.make_job(worker.hop(target, credential=True, **(target_changes or {})),
                          jump=worker.hop(jump, credential=True, **(jump_changes or {})), **changes)
    return worker.run(job, socket.create_connection((jump.host, jump.port)), target_secret + jump_secret)


def test_jump_host(folder):
    key = keygen(folder / "id", "-t", "ed25519")
    gate = {"gate": ("/usr/sbin/nologin", {"key": f"{key}.pub", "password": False})}
    secret = worker.credential("ssh-key", "gate", key=key.read_text())
    with Sshd(folder / "j", gate) as jump, Sshd(folder / "s") as target:
        answer = through(jump, target, secret, by_password(), deep=True)
        tap.equal(len(answer.inventory()["software"]) > 50, True)
        tap.equal([body["hop"] for body in answer.all("authenticated")], ["jump", "target"])
        tap.equal([body["hop"] for body in answer.all("host key")], ["jump", "target"])
        failure = through(jump, target, secret, by_password(), {"host_keys": target.fingerprints()})
        tap.contains(failure.failure("SSH-HOST-KEY-CHANGED")["message"], "jump host 127.0.0.1: it shows")
        failure = through(jump, target, secret, by_password(), None, {"host_keys": jump.fingerprints()})
        tap.equal("jump" in failure.failure("SSH-HOST-KEY-CHANGED")["message"], False)
        failure = through(jump, target, secret, by_password(), None, {"port": free_port()})
        tap.contains(failure.failure("JUMP-FAILED")["message"], "no way from there")
        failure = through(jump, target, secret, by_password(password="wrong"))
        tap.equal(failure.failure("SSH-AUTH-DENIED")["message"], "it refused password")
        failure = through(jump, target, worker.credential("ssh-password", "gate", "x"), by_password())
        tap.contains(failure.failure("SSH-AUTH-DENIED")["message"], "jump host")


def test_ipv6(folder):
    if not pathlib.Path("/proc/net/if_inet6").exists():
        tap.skip("no IPv6 here")
    with Sshd(folder / "s", host="::1") as server:
        tap.equal(worker.collect(server, by_password(), purpose="login").status, 0)


def test_broken_job_is_refused(_folder):
    with socket.socket() as sock:
        for job, complaint in ((b"", "byte 0"), (b"{}", "format"), (b'{"format": "assay job", "format_version": 9}',
                                                                   "reads up to 1"), (b" " * 70000, "longer")):
            answer = worker.run(job, sock.dup())
            tap.contains(answer.failure("INTERNAL")["message"], complaint)
            tap.equal(answer.status, 1)


def test_secrets_stay_inside(folder):
    """A canary is in no message, argument, environment or error of the worker."""
    canary = "canary-8f1c2e"
    key = keygen(folder / "id", "-t", "ed25519", passphrase=canary)
    with Sshd(folder / "s", {"scan": ("/bin/sh", {"key": f"{key}.pub"})}) as server:
        for secret in (by_password(password=canary), worker.credential("ssh-key", "scan", canary, key.read_text()),
                       worker.credential("ssh-key", "scan", "wrong", canary)):
            sock = socket.create_connection((server.host, server.port))
            process = worker.start(worker.make_job(worker.hop(server, credential=True)), sock, secret)
            sock.close()
            seen = b""
            while process.poll() is None:
                for name in ("cmdline", "environ"):
                    try:
                        seen += pathlib.Path(f"/proc/{process.pid}/{name}").read_bytes()
                    except OSError:
                        pass
                if select.select([process.stdout], [], [], 0.05)[0]:
                    seen += os.read(process.stdout.fileno(), 65536)
            seen += process.stdout.read() + process.stderr.read()
            tap.equal(canary.encode() in seen, False, "canary")
            tap.equal(len(seen) > 100, True)


SUDOERS = """Defaults:scan !requiretty, env_reset, noexec
scan ALL=(root) NOPASSWD: /usr/bin/ss -Htanpe, /usr/sbin/dmidecode -s system-uuid, \\
    /usr/sbin/dmidecode -s system-serial-number
"""

# Stands for hardware: only root may read the identifiers.
IDENTITY = """mount -t tmpfs class /sys/class && mkdir -p /sys/class/dmi/id && cd /sys/class/dmi/id
echo 11111111-2222-3333-4444-555555555555 >product_uuid; echo SERIAL-1 >product_serial
chmod 400 product_uuid product_serial; cd /
"""

DMIDECODE = """#!/bin/sh
case "$*" in
"-s system-uuid") echo "# a comment"; echo 11111111-2222-3333-4444-555555555555 ;;
"-s system-serial-number") echo SERIAL-1 ;;
*) echo "$*" >/run/forbidden; exit 9 ;;
esac
"""


def rights_server(folder, sudoers):
    need("sudo")
    need("dmidecode")
    sudoers = f"Defaults logfile={folder}/sudo.log\n{sudoers}"
    for name, text, mode in (("sudoers", sudoers, 0o440), ("dmidecode", DMIDECODE, 0o755), ("sudopam", PAM, 0o644)):
        (folder / name).write_text(text)
        (folder / name).chmod(mode)
    mounts = {"/etc/sudoers": folder / "sudoers", "/usr/sbin/dmidecode": folder / "dmidecode",
              "/etc/pam.d/sudo": folder / "sudopam"}
    return Sshd(folder / "s", mounts=mounts, setup=IDENTITY)


def listener_of(inventory, port):
    found = [c for c in inventory["connections"] if c["state"] == "listen" and c.get("local_port") == port]
    return found[0].get("process", "")


def rights_of(inventory):
    return next(section for section in inventory["sections"] if section["name"] == "rights")


def test_sudo_rules_show_what_only_root_sees(folder):
    with rights_server(folder, SUDOERS) as server:
        answer = worker.collect(server, by_password(), sudo=True)
        inventory = answer.inventory()
        tap.equal(answer.all("failure"), [])
        tap.equal(listener_of(inventory, server.port), "sshd")
        tap.equal(inventory["server"]["machine"]["product_uuid"], "11111111-2222-3333-4444-555555555555")
        tap.equal(inventory["server"]["machine"]["serial"], "SERIAL-1")
        tap.equal(rights_of(inventory)["state"], "ok")
        tap.contains((folder / "sudo.log").read_text(), "COMMAND=/usr/bin/ss -Htanpe")
        checks = worker.collect(server, by_password(), sudo=True, purpose="check").one("checks")["checks"]
        tap.equal({check["name"]: check["state"] for check in checks if check["name"] != "metadata"},
                  {"shell": "ok", "packages": "ok", "sockets": "ok", "identity": "ok"})


def test_without_sudo_the_inventory_says_what_is_not_seen(folder):
    with rights_server(folder, SUDOERS) as server:
        answer = worker.collect(server, by_password())
        inventory = answer.inventory()
        tap.equal(answer.all("failure"), [], "no warning where sudo was not wanted")
        tap.equal(listener_of(inventory, server.port), "")
        tap.equal(inventory["server"]["machine"]["product_uuid"], None)
        tap.equal(rights_of(inventory)["state"], "partial")
        tap.contains(rights_of(inventory)["reason"], "without root: which processes")
        tap.contains(rights_of(inventory)["reason"], "serial number")


def test_missing_rules_are_named_and_nothing_else_is_tried(folder):
    rules = "scan ALL=(root) NOPASSWD: /usr/bin/ss -Htanp, /usr/sbin/dmidecode\nscan ALL=(nobody) NOPASSWD: /usr/bin/ss -Htanpe\n"
    with rights_server(folder, rules) as server:
        answer = worker.collect(server, by_password(), sudo=True)
        tap.contains(answer.failure("PROBE-PARTIAL")["message"], "rights (not seen without root")
        tap.equal(listener_of(answer.inventory(), server.port), "")
        checks = worker.collect(server, by_password(), sudo=True, purpose="check").one("checks")["checks"]
        missing = {check["name"]: check for check in checks if check["state"] == "missing"}
        tap.contains(missing["sockets"]["what"], "/usr/bin/ss -Htanpe")
        tap.contains(missing["sockets"]["cost"], "no process name")
        tap.contains(missing["identity"]["what"], "dmidecode -s system-uuid")
        log = (folder / "sudo.log").read_text() if (folder / "sudo.log").exists() else ""
        tap.equal([word for word in log.split() if word.startswith("COMMAND=/")], [], "commands tried")


if __name__ == "__main__":
    tap.main(globals())
