"""`assay credential`: people's commands, where secrets come from and where they never go."""
import contextlib
import glob
import json
import os
import pathlib
import random
import resource
import shutil
import signal
import socket
import subprocess
import threading
import time

import tap
import vault
from sshd import PASSWORD, SSHD, Sshd, keygen
from test_kerberos import HOST, REALM, Realm

CANARY = "canary-7Hq-do-not-leak-2vX"
ED25519 = ["-t", "ed25519"]


def check_schema(document):
    try:
        import jsonschema
    except ImportError:
        return
    schema = json.loads((tap.ROOT / "docs/formats/credentials.schema.json").read_text())
    jsonschema.Draft202012Validator(schema).validate(document)


# ---- commands ----


def test_a_credential_lives_and_goes():
    tap.contains(tap.assay("credential", "list").err, "there is no credential")
    check_schema(tap.assay("credential", "list", "-f", "json").json())
    tap.contains(vault.add("web root", "first").out, "kept web root (ssh-password)")
    vault.add("dom", "x", "--for-domain", "example.org", "--for-range", "10.1.0.0/16", "--for-source", "web",
              kind="windows-domain", user="scan@EXAMPLE.ORG")
    document = tap.assay("credential", "list", "--format", "json").json()
    check_schema(document)
    tap.equal(document["wrap"], "key-file")
    tap.equal([(one["id"], one["name"], one["user"], one["domain"]) for one in document["credentials"]],
              [(1, "web root", "root", None), (2, "dom", "scan", "EXAMPLE.ORG")])
    tap.equal(document["credentials"][1]["scope"],
              {"sources": ["web"], "ranges": ["10.1.0.0/16"], "domains": ["example.org"]})
    table = tap.assay("credential", "list").out
    tap.contains(table, "everywhere")
    tap.contains(table, "source web, 10.1.0.0/16, under example.org")
    shown = tap.assay("credential", "show", "dom")
    tap.contains(shown.out, "scan@EXAMPLE.ORG")
    tap.contains(shown.out, "never")
    tap.equal(tap.assay("credential", "show", "dom", "-f", "json").json()["credentials"][0]["id"], 2)
    tap.contains(tap.assay("credential", "edit", "dom", "--rename", "directory", "--everywhere").out, "everywhere")
    refused = tap.assay("credential", "remove", "directory", status=2)
    tap.contains(refused.err, "Its secret goes with it")
    tap.contains(refused.err, "give --yes")
    tap.assay("credential", "remove", "directory", "--yes")
    tap.equal(vault.names(), ["web root"])
    tap.contains(tap.assay("credential", "show", "directory", status=4).err, "no such credential")
    vault.add("later", "x")
    tap.equal([one["id"] for one in vault.listed()], [1, 3])


def test_wrong_words_are_named():
    for words, text in [
            (["x"], "--kind: needed; one of ssh-password"),
            (["x", "--kind", "ssh"], "--kind ssh: not a kind"),
            (["x", "--kind", "ssh-password"], "needs --user"),
            (["x", "--kind", "ssh-key", "--user", "u"], "needs --key-file"),
            (["x", "--kind", "windows-domain", "--user", "u"], "needs its domain"),
            (["-- -x"], "not an option"),
            ([" x", "--kind", "api-key"], "no name for a credential"),
            (["x\ny", "--kind", "api-key"], "no name for a credential"),
            (["x" * 101, "--kind", "api-key"], "no name for a credential"),
            (["x", "--kind", "api-key", "--for-range", "10.1.2.3/16"], "write 10.1.0.0/16"),
            (["x", "--kind", "api-key", "--for-range", "db01"], "no address or range"),
            (["x", "--kind", "api-key", "--for-domain", "*.example.org"], "no domain"),
            (["x", "--kind", "api-key", "--secret-fd", "77"], "not open"),
            (["x", "--kind", "api-key", "--secret-fd", "1"], "no number of a descriptor"),
            (["x", "--kind", "api-key", "--key-file", "/dev/null"], "only for a credential of kind ssh-key"),
            (["x", "--kind", "api-key", "--password", "y"], "--password: not an option"),
            (["x", "--kind", "api-key", "--provider", "pass"], "whole path"),
            (["x", "--kind", "api-key", "--provider", "/nowhere/pass"], "No such file"),
    ]:
        result = tap.assay("credential", "add", *words, stdin="secret", status=2)
        tap.contains(result.err, text)
        tap.equal(result.err.count("\n"), 1, result.err)
    tap.contains(vault.add("x", "", status=2).err, "the secret is empty")
    tap.contains(vault.add("x", "y" * 5000, status=4).err, "longer than 4096 bytes")
    tap.contains(vault.add("x", "one\ntwo\n", status=2).err, "more than one line")
    tap.contains(vault.add("x", "one\0two", status=2).err, "more than one line")
    vault.add("x")
    tap.contains(vault.add("x", status=2).err, "there is a credential named x already")
    vault.add("y")
    tap.contains(tap.assay("credential", "edit", "x", "--rename", "y", status=2).err, "named y already")
    tap.contains(tap.assay("credential", "edit", "x", status=2).err, "nothing to change")


# ---- where secrets come from ----


def secret_of(name):
    """The secret parts (password, key) as the vault hands them out."""
    number = next(one["id"] for one in vault.listed() if one["name"] == name)
    served = vault.Served()
    answer, form = served.credential(number)
    tap.equal(answer, (vault.SENT, bytes(4)))
    tap.equal(served.end()[0], 0)
    parts, at = [], 8
    while at < len(form):
        length = int.from_bytes(form[at:at + 4], "little")
        parts.append(form[at + 4:at + 4 + length].decode())
        at += 4 + length
    tap.equal(len(parts), 4)
    return parts[2], parts[3]


def test_secrets_come_by_descriptor_and_standard_input():
    vault.add("by-input", "two words \n")
    tap.equal(secret_of("by-input"), ("two words ", ""))
    reader, writer = os.pipe()
    os.write(writer, b"by-fd\r\n")
    os.close(writer)
    done = subprocess.run([tap.ASSAY, "credential", "add", "by-fd", "--kind", "api-key", "--secret-fd", str(reader)],
                          pass_fds=[reader], stdin=subprocess.DEVNULL, capture_output=True, check=True)
    os.close(reader)
    tap.contains(done.stdout.decode(), "kept by-fd")
    tap.equal(secret_of("by-fd"), ("by-fd", ""))
    tap.assay("credential", "edit", "by-fd", "--secret", stdin="second")
    tap.equal(secret_of("by-fd"), ("second", ""))
    tap.assay("credential", "edit", "by-fd", "--for-source", "web")
    tap.equal(secret_of("by-fd"), ("second", ""))


def test_the_terminal_asks_twice_without_echo():
    words = ["credential", "add", "asked", "--kind", "ssh-password", "--user", "root"]
    terminal = vault.Terminal(*words)
    terminal.answer("Password for asked: ", CANARY)
    terminal.answer("Once more: ", CANARY)
    status, shown = terminal.end()
    tap.equal(status, 0, shown)
    assert CANARY not in shown, shown
    tap.equal(secret_of("asked"), (CANARY, ""))
    terminal = vault.Terminal(*words[:2], "other", *words[3:])
    terminal.answer("Password for other: ", "one")
    terminal.answer("Once more: ", "two")
    status, shown = terminal.end()
    tap.equal(status, 2)
    tap.contains(shown, "not the same")
    tap.equal(vault.names(), ["asked"])


def test_an_interrupted_question_gives_the_terminal_back():
    for number in (signal.SIGINT, signal.SIGTERM):
        terminal = vault.Terminal("credential", "add", "x", "--kind", "api-key")
        terminal.wait_for("Key for x: ")
        for _ in range(400):
            if not terminal.echoes():
                break
            time.sleep(0.005)
        terminal.kill(number)
        for _ in range(400):
            if terminal.echoes():
                break
            time.sleep(0.005)
        assert terminal.echoes(), "the terminal stays silent"
        tap.equal(terminal.end()[0], -number)
    tap.equal(vault.names(), [])


def test_no_terminal_is_said(folder):
    key = keygen(folder / "id", *ED25519, passphrase="open")
    done = subprocess.run([tap.ASSAY, "credential", "add", "x", "--user", "u", "--key-file", key],
                          stdin=subprocess.DEVNULL, capture_output=True, start_new_session=True, check=False)
    tap.equal(done.returncode, 2)
    tap.contains(done.stderr.decode(), "the secret is empty")


# ---- keys ----


def openssl(*words, **options):
    return subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True, **options)


def test_keys_of_all_forms(folder):
    plain = keygen(folder / "plain", *ED25519)
    locked = keygen(folder / "locked", *ED25519, passphrase="open sesame")
    pem = keygen(folder / "pem", "-t", "rsa", "-b", "2048", "-m", "PEM")
    pem_locked = keygen(folder / "pem-locked", "-t", "rsa", "-b", "2048", "-m", "PEM", passphrase="open sesame")
    curve = keygen(folder / "curve", "-t", "ecdsa", "-m", "PEM")
    pkcs8 = folder / "pkcs8"
    openssl("pkcs8", "-topk8", "-nocrypt", "-in", pem, "-out", pkcs8)
    pkcs8_locked = folder / "pkcs8-locked"
    openssl("pkcs8", "-topk8", "-in", pem, "-out", pkcs8_locked, "-passout", "stdin", input=b"open sesame\n")
    dos = folder / "dos"
    dos.write_bytes(b"\xef\xbb\xbf\r\n" + plain.read_bytes().replace(b"\n", b"\r\n"))
    for number, (path, passphrase, form) in enumerate([
            (plain, "", "OpenSSH"), (locked, "open sesame", "OpenSSH"), (pem, "", "PEM"),
            (pem_locked, "open sesame", "PEM"), (curve, "", "PEM"), (pkcs8, "", "PKCS #8"),
            (pkcs8_locked, "open sesame", "PKCS #8"), (dos, "", "OpenSSH")]):
        path.chmod(0o600)
        result = tap.assay("credential", "add", f"key{number}", "--user", "u", "--key-file", path, stdin=passphrase)
        tap.contains(result.out, f"{form} key ")
        tap.contains(result.out, "SHA256:")
        tap.equal(result.err, "")
        password, key = secret_of(f"key{number}")
        tap.equal(password, passphrase)
        tap.equal(key, path.read_text(encoding="utf-8-sig").replace("\r", "").lstrip())
        if passphrase:
            wrong = tap.assay("credential", "add", "wrong", "--user", "u", "--key-file", path, stdin="sesame", status=2)
            tap.contains(wrong.err, f"{path}: the passphrase does not open the key")


def test_what_is_no_private_key_is_named(folder):
    key = keygen(folder / "id", *ED25519)
    for text, said in [
            ("PuTTY-User-Key-File-3: ssh-ed25519\r\nEncryption: none\r\n",
             "this is a PuTTY key; convert it with `puttygen KEY -O private-openssh -o NEW`"),
            (pathlib.Path(f"{key}.pub").read_text(), "this is the public key"),
            ("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", "this is a public key"),
            ("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "this is a certificate"),
            ("---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\n", "ssh-keygen -i"),
            ("", "the key is empty"), ("hello\n", "no private key is in it"),
            (key.read_text()[:200], "END line is missing"),
            (key.read_text().replace("b3BlbnNz", "b3BlbnN!"), "characters that belong into none"),
            (key.read_text().replace("b3BlbnNz", "c3BlbnNz"), "cut short or altered"),
            (key.read_text().replace("END OPENSSH", "END RSA"), "ends as another block"),
            (key.read_text(encoding="ascii").encode("utf-16").decode("latin-1"), "UTF-16"),
            ("\x30\x82\x04", "binary key"), ("x" * 60000, "larger than a private key")]:
        path = folder / "bad"
        path.write_text(text, encoding="latin-1")
        result = tap.assay("credential", "add", "bad", "--user", "u", "--key-file", path, status=None)
        assert result.status in (2, 4), result
        tap.contains(result.err, said)
    middle = key.read_text().splitlines()
    middle[3] = middle[3][::-1]
    (folder / "bad").write_text("\n".join(middle) + "\n")
    damaged = tap.assay("credential", "add", "bad", "--user", "u", "--key-file", folder / "bad", status=2)
    tap.contains(damaged.err, "cannot be read")
    tap.contains(tap.assay("credential", "add", "bad", "--user", "u", "--key-file", folder / "no", status=4).err, "no: ")
    key.chmod(0o644)
    tap.contains(tap.assay("credential", "add", "open", "--user", "u", "--key-file", key).err, "others can read")


def test_little_locked_memory_is_enough(folder):
    """Users of containers may lock 64 kB."""
    if os.geteuid() != 0:
        tap.skip("needs root to become another user")
    key = keygen(folder / "id", "-t", "rsa", "-b", "8192", passphrase="open")
    for path in (folder, key):
        os.chown(path, 65534, 65534)

    def become():
        resource.setrlimit(resource.RLIMIT_MEMLOCK, (65536, 65536))
        os.setgroups([])
        os.setresgid(65534, 65534, 65534)
        os.setresuid(65534, 65534, 65534)

    def run(*words, secret=b""):
        return subprocess.run([tap.ASSAY, "credential", *words], input=secret, preexec_fn=become,
                              capture_output=True, check=False)

    try:
        first = run("add", "key", "--user", "u", "--key-file", key, secret=b"open")
    except OSError:
        tap.skip("another user cannot start the program where it is")
    if b"Permission denied" in first.stderr and str(folder).encode() not in first.stderr:
        tap.skip("another user cannot reach the program where it is")
    tap.equal(first.returncode, 0, first)
    tap.equal(run("add", "password", "--kind", "ssh-password", "--user", "u", secret=b"x").returncode, 0)
    tap.equal(run("rotate-key").returncode, 0)
    done = run("list", "-f", "json")
    tap.equal([one["name"] for one in json.loads(done.stdout)["credentials"]], ["key", "password"])


# ---- the file ----


def test_altered_or_cut_anywhere_is_refused():
    vault.add("one")
    path = pathlib.Path(vault.state(), "vault.assay")
    good = path.read_bytes()
    for at in range(len(good)):
        path.write_bytes(good[:at] + bytes([good[at] ^ 0xff]) + good[at + 1:])
        result = tap.assay("credential", "list", status=4)
        tap.equal(result.out, "")
        assert "vault.assay.1" in result.err or "format version" in result.err or "more than" in result.err, result
    for length in range(0, len(good), 5):
        path.write_bytes(good[:length])
        tap.contains(tap.assay("credential", "list", status=4).err, "the version before its last change is ")
    tap.contains(vault.add("two", status=4).err, "cut short or altered")
    tap.equal(path.read_bytes(), good[:length], "a damaged vault is left as it is")
    path.write_bytes(good)
    tap.equal(vault.names(), ["one"])


def test_many_at_once_lose_nothing():
    threads = [threading.Thread(target=vault.add, args=(f"c{number}",)) for number in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    tap.equal(sorted(vault.names()), sorted(f"c{number}" for number in range(24)))
    tap.equal(sorted(one["id"] for one in vault.listed()), list(range(1, 25)))


def test_killed_at_any_moment_loses_nothing():
    chance = random.Random(7)
    started = time.monotonic()
    vault.add("first")
    took = time.monotonic() - started
    kept, tried = {"first"}, {"first"}
    for number in range(120):
        name = f"c{number}"
        verb = ["credential", "rotate-key"] if number % 6 == 5 else \
            ["credential", "add", name, "--kind", "api-key"]
        process = subprocess.Popen([tap.ASSAY, *verb], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                   stderr=subprocess.DEVNULL)
        process.stdin.write(b"secret")
        process.stdin.close()
        time.sleep(chance.uniform(0, 1.2 * took))
        process.kill()
        out = process.stdout.read()
        process.stdout.close()
        process.wait()
        tried.add(name)
        if out.startswith(b"kept c"):
            kept.add(name)
        there = set(vault.names())
        assert kept <= there <= tried, (number, kept - there, there - tried)
        kept = there
    assert 3 < len(kept) < 118, f"killed too early or too late: {len(kept)}"
    vault.add("last")
    tap.equal(sorted(os.listdir(vault.state())), ["lock", "vault.assay", "vault.assay.1", "vault.key"])


def test_a_full_disk_keeps_the_old_one(folder):
    if os.geteuid() != 0:
        tap.skip("needs root to mount a small file system")
    place = pathlib.Path(os.environ["ASSAY_STATE"])
    place.mkdir(parents=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", place], check=True)
    try:
        vault.add("one")
        with open(place / "filler", "wb") as filler:
            try:
                filler.write(b"x" * (1 << 20))
            except OSError:
                pass
        tap.contains(vault.add("two", status=4).err, "No space left")
        tap.equal(vault.names(), ["one"])
        (place / "filler").unlink()
        vault.add("two")
        tap.equal(vault.names(), ["one", "two"])
    finally:
        subprocess.run(["umount", "-l", place], check=True)


# ---- keys of the vault ----


def with_fds(words, **secrets):
    """assay with secrets on descriptors: passphrase_fd="text" becomes --passphrase-fd N."""
    fds, options = [], []
    for option, secret in secrets.items():
        reader, writer = os.pipe()
        os.write(writer, secret.encode() + b"\n")
        os.close(writer)
        fds.append(reader)
        options += ["--" + option.replace("_", "-"), str(reader)]
    done = subprocess.run([tap.ASSAY, *words, *options], pass_fds=fds, stdin=subprocess.DEVNULL,
                          capture_output=True, check=False)
    for reader in fds:
        os.close(reader)
    return tap.Result(done)


def test_a_passphrase_guards_the_vault():
    vault.add("one", CANARY)
    result = with_fds(["credential", "rotate-key", "--wrap", "passphrase"], new_passphrase_fd="open sesame")
    tap.contains(result.out, "1 credentials encrypted under a new key, kept by passphrase")
    assert not os.path.exists(os.path.join(vault.state(), "vault.key"))
    without = subprocess.run([tap.ASSAY, "credential", "list"], stdin=subprocess.DEVNULL, capture_output=True,
                             start_new_session=True, check=False)
    tap.equal(without.returncode, 2)
    tap.contains(without.stderr.decode(), "give it with --passphrase-fd")
    wrong = with_fds(["credential", "list"], passphrase_fd="open rye")
    tap.equal((wrong.status, wrong.out), (2, ""))
    tap.contains(wrong.err, "the passphrase is wrong")
    tap.contains(with_fds(["credential", "list"], passphrase_fd="open sesame").out, "one")
    terminal = vault.Terminal("credential", "show", "one")
    terminal.answer("Passphrase of the vault: ", "open sesame")
    status, shown = terminal.end()
    tap.equal(status, 0, shown)
    tap.contains(shown, "kept in the vault (passphrase)")
    empty = with_fds(["credential", "rotate-key"], passphrase_fd="open sesame", new_passphrase_fd="")
    tap.contains(empty.err, "an empty passphrase protects nothing")
    back = with_fds(["credential", "rotate-key", "--wrap", "key-file"], passphrase_fd="open sesame")
    tap.equal(back.status, 0, back)
    tap.equal(vault.names(), ["one"])


def test_the_key_file_is_for_its_owner_only():
    vault.add("one")
    key = pathlib.Path(vault.state(), "vault.key")
    tap.equal(key.stat().st_mode & 0o7777, 0o600)
    tap.equal(os.stat(vault.state()).st_mode & 0o7777, 0o700)
    before = key.read_bytes()
    key.chmod(0o640)
    tap.contains(tap.assay("credential", "list", status=4).err, "others can read the vault's key")
    key.chmod(0o600)
    tap.assay("credential", "rotate-key")
    assert key.read_bytes() != before
    tap.equal(vault.names(), ["one"])
    key.write_bytes(before)
    tap.contains(tap.assay("credential", "list", status=4).err, "key of another vault")


def test_the_key_file_can_be_elsewhere(folder):
    vault.add("one")
    link = pathlib.Path(vault.state(), "vault.key")
    place = folder / "stick"
    place.mkdir()
    real = place / "key"
    real.write_bytes(link.read_bytes())
    real.chmod(0o600)
    link.unlink()
    link.symlink_to(real)
    before = real.read_bytes()
    tap.assay("credential", "rotate-key")
    assert link.is_symlink() and real.read_bytes() != before
    tap.equal(vault.names(), ["one"])
    with_fds(["credential", "rotate-key", "--wrap", "passphrase"], new_passphrase_fd="open sesame")
    tap.equal((os.path.lexists(link), os.listdir(place)), (False, []))


class SoftwareTpm:
    """A TPM that systemd-creds reaches by its socket. There is no kernel between them that ends the
    sessions which systemd-creds leaves open, and three fill it: start() begins anew, with the same
    keys."""

    def __init__(self, folder):
        for program in ("swtpm", "systemd-creds"):
            if shutil.which(program) is None:
                tap.skip(f"{program} is missing")
        if not glob.glob("/usr/lib/*/libtss2-tcti-swtpm.so.0"):
            tap.skip("libtss2-tcti-swtpm0 is missing")
        self.state, self.socket, self.process = folder / "tpm", folder / "sock", None
        self.state.mkdir()
        self.device = f"swtpm:path={self.socket}"

    def start(self):
        self.end()
        self.process = subprocess.Popen(
            ["swtpm", "socket", "--tpm2", "--tpmstate", f"dir={self.state}", "--server",
             f"type=unixio,path={self.socket}", "--ctrl", f"type=unixio,path={self.socket}.ctrl", "--flags",
             "not-need-init,startup-clear"], stderr=subprocess.DEVNULL)
        for _ in range(400):
            if self.socket.exists():
                break
            time.sleep(0.02)

    def check(self):
        self.start()
        done = subprocess.run(["systemd-creds", "encrypt", "--with-key=tpm2", "--name=x",
                               f"--tpm2-device={self.device}", "-", "-"], input=b"x", capture_output=True, check=False)
        if done.returncode != 0:
            tap.skip("systemd-creds does not speak to the software TPM: " + done.stderr.decode().strip()[-200:])

    def end(self):
        if self.process:
            # TPM2_Shutdown(CLEAR): one that is cut off takes the next start for an attack.
            with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as line:
                line.settimeout(5)
                line.connect(str(self.socket))
                line.sendall(bytes.fromhex("80010000000c000001450000"))
                line.recv(10)
            self.process.kill()
            self.process.wait()
        for path in (self.socket, pathlib.Path(f"{self.socket}.ctrl")):
            path.unlink(missing_ok=True)


def test_the_key_can_be_in_the_tpm(folder):
    tpm = SoftwareTpm(folder)
    try:
        tpm.check()
        vault.add("one", "first")
        tpm.start()
        result = tap.assay("credential", "rotate-key", "--wrap", "tpm2", "--tpm2-device", tpm.device)
        tap.contains(result.out, "kept by tpm2")
        assert not os.path.exists(os.path.join(vault.state(), "vault.key"))
        vault.add("two", "second")
        tpm.start()
        tap.equal(secret_of("one"), ("first", ""))
        tpm.start()
        tap.equal(secret_of("two"), ("second", ""))
        tpm.start()
        tap.equal(tap.assay("credential", "rotate-key", "--wrap", "key-file").status, 0)
        tap.equal(vault.names(), ["one", "two"])
        tpm.start()
        tap.assay("credential", "rotate-key", "--wrap", "tpm2", "--tpm2-device", tpm.device, "--tpm2-pcrs", "7")
    finally:
        tpm.end()
    gone = tap.assay("credential", "list", status=4)
    tap.contains(gone.err, "the TPM does not decrypt the vault's key")
    tap.contains(tap.assay("credential", "rotate-key", "--wrap", "tpm2", "--tpm2-pcrs", "x", status=None).err, "TPM")


def test_without_a_tpm_nothing_changes():
    if os.path.exists("/dev/tpmrm0"):
        tap.skip("this machine has a TPM")
    vault.add("one")
    result = tap.assay("credential", "rotate-key", "--wrap", "tpm2", status=4)
    tap.contains(result.err, "the TPM does not encrypt the vault's key")
    tap.equal(vault.names(), ["one"])


# ---- providers ----


def make_provider(path, script):
    path.write_text("#!/bin/sh\n" + script)
    path.chmod(0o755)
    return path


def test_a_provider_has_the_secret(folder):
    folder.chmod(0o755)
    seen = folder / "seen"
    provider = make_provider(folder / "provider", f'env > {seen}; echo "$# $1" >> {seen}; echo "from $1"\n')
    tap.assay("credential", "add", "ext ernal", "--kind", "ssh-password", "--user", "u", "--provider", provider)
    tap.equal(secret_of("ext ernal"), ("from ext ernal", ""))
    said = seen.read_text().splitlines()
    tap.equal(said[-1], "1 ext ernal")
    assert all(line.split("=")[0] in ("PWD", "SHLVL", "_", "OLDPWD") for line in said[:-1]), said
    tap.contains(tap.assay("credential", "list").out, "provider")
    tap.contains(tap.assay("credential", "show", "ext ernal").out, str(provider))
    for script, code, text in [("echo oops >&2; exit 3\n", -1, "ended with status 3"), ("exit 0\n", -1, "printed no secret"),
                               ("echo one; echo two\n", -1, "printed more than one line"),
                               ("head -c 5000 /dev/zero\n", -4, "printed more than 4096 bytes"),
                               ("kill -9 $$\n", -1, "ended by signal 9")]:
        make_provider(provider, script)
        served = vault.Served()
        answer, form = served.credential(1)
        served.end()
        tap.equal((answer[0], form), (vault.FAILED, b""))
        tap.equal(vault.failure(answer[1])[0], code)
        tap.contains(vault.failure(answer[1])[1], text)
        assert "oops" not in vault.failure(answer[1])[1]
    provider.chmod(0o777)
    served = vault.Served()
    answer, _ = served.credential(1)
    served.end()
    tap.contains(vault.failure(answer[1])[1], "others can change it")
    tap.contains(tap.assay("credential", "edit", "ext ernal", "--provider", provider, status=2).err, "others can change it")
    provider.chmod(0o755)
    loose = folder / "loose"
    loose.mkdir()
    loose.chmod(0o777)
    other = make_provider(loose / "p", "echo x\n")
    tap.contains(tap.assay("credential", "edit", "ext ernal", "--provider", other, status=2).err, "others can change the folder")
    tap.assay("credential", "edit", "ext ernal", "--secret", stdin="kept now")
    tap.equal(secret_of("ext ernal"), ("kept now", ""))


# ---- the vault as a child ----


def test_the_vault_answers_little():
    vault.add("one")
    served = vault.Served()
    tap.equal(served.first, (vault.OPEN, b""))
    for kind, body in [(99, b""), (vault.OPEN, b""), (vault.SEND, b""), (vault.SEND, b"\xff" * 20)]:
        tap.equal(served.ask(kind, body)[0], vault.FAILED)
    tap.equal(served.ask(vault.LIST)[0], vault.CREDENTIALS)
    tap.equal(vault.failure(served.credential(9)[0][1])[0], -2)
    tap.equal(served.end(), (0, b"", b""))


def test_a_running_vault_follows_changes(folder):
    vault.add("one", "first")
    served = vault.Served()
    tap.equal(pathlib.Path(f"/proc/{served.process.pid}/status").read_text().split("Seccomp:\t")[1][0], "2")
    tap.assay("credential", "edit", "one", "--secret", stdin="second")
    tap.contains(served.credential(1)[1].decode("latin-1"), "second")
    folder.chmod(0o755)
    provider = make_provider(folder / "provider", "echo third\n")
    tap.assay("credential", "edit", "one", "--provider", provider)
    answer, form = served.credential(1)
    tap.contains(vault.failure(answer[1])[1], "used from the next run on")
    tap.equal(form, b"")
    tap.assay("credential", "remove", "one", "--yes")
    tap.equal(vault.failure(served.credential(1)[0][1])[0], -2)
    vault.add("two", "x")
    tap.assay("credential", "rotate-key")
    tap.contains(vault.failure(served.credential(2)[0][1])[1], "new key meanwhile")
    tap.equal(served.end(), (0, b"", b""))


def test_the_record_of_use_is_shown():
    vault.add("one")
    served = vault.Served()
    served.credential(1, b"db01.example.org")
    served.credential(1, b"db02.example.org")
    served.end()
    tap.contains(tap.assay("credential", "show", "one").out, "for db02.example.org; 2 times in all")
    tap.contains(tap.assay("credential", "remove", "one", "--yes").err, "handed out 2 times, last for db02.example.org")


# ---- where secrets never are ----


def holds(path):
    try:
        with open(path, "rb") as file:
            return CANARY.encode() in file.read()
    except OSError:
        return False


def test_a_secret_is_nowhere_else(folder):
    """Looks for the canary while it is kept, tried on a server and handed out, and after a crash."""
    leaks, stop = set(), threading.Event()

    def watch():
        while not stop.is_set():
            for kind in ("cmdline", "environ"):
                leaks.update(path for path in glob.glob(f"/proc/[0-9]*/{kind}") if holds(path))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        results = [vault.add("canary", CANARY), tap.assay("credential", "list"), tap.assay("credential", "show", "canary"),
                   tap.assay("credential", "edit", "canary", "--for-source", "web"),
                   tap.assay("credential", "rotate-key"), vault.add("canary", CANARY, status=2),
                   tap.assay("credential", "add", "x", "--kind", "ssh-key", "--user", "u", "--key-file", "/dev/stdin",
                             stdin=CANARY, status=None)]
        if os.geteuid() == 0 and os.path.exists(SSHD):
            with Sshd(folder / "s") as server:
                results.append(tap.assay("credential", "test", "canary", f"{server.host}:{server.port}",
                                         "--accept-host-key", host_key(server), status=4))
        answer, form = crash_after_handing_out(folder)
    finally:
        stop.set()
        watcher.join()
    tap.equal(answer, (vault.SENT, bytes(4)))
    assert CANARY.encode() in form, "the canary was handed out"
    tap.equal(leaks, set(), "arguments and environments")
    for result in results:
        assert CANARY not in result.out + result.err, result
    left = [path for path in glob.glob(f"{folder}/**", recursive=True) if os.path.isfile(path) and holds(path)]
    left += [path for path in glob.glob("/tmp/*") if os.path.isfile(path) and holds(path)]
    tap.equal(left, [], "files")


def crash_after_handing_out(folder):
    """Ends a vault that has used the secret by a signal that makes a core file where it may."""
    def allow_core():
        os.chdir(folder)
        resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))

    pattern = pathlib.Path("/proc/sys/kernel/core_pattern").read_text().strip()
    served = vault.Served(preexec=allow_core)
    handed = served.credential(1)
    pid = served.process.pid
    status = dict(line.split(":\t", 1) for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines())
    # The address sanitizer leaves mlock out.
    if b"AddressSanitizer" not in vault.VAULT.read_bytes():
        assert int(status["VmLck"].split()[0]) > 0, "its keys are not locked in memory"
    limits = pathlib.Path(f"/proc/{pid}/limits").read_text()
    tap.contains(" ".join(limits.split()), "Max core file size 0 0")
    os.kill(pid, signal.SIGABRT)
    served.end()
    tap.equal(served.process.returncode, -signal.SIGABRT)
    if not pattern.startswith("|"):
        tap.equal(glob.glob(f"{folder}/{pattern}*"), [], "core files")
    return handed


# ---- credential test ----


def host_key(server):
    return server.fingerprints()[0]


def test_a_login_is_tried(folder):
    with Sshd(folder / "s") as server:
        target = f"{server.host}:{server.port}"
        vault.add("right", PASSWORD, user="scan")
        vault.add("wrong", "not it", user="scan")
        unknown = tap.assay("credential", "test", "right", target, status=4)
        tap.contains(unknown.out, "host key unknown; nothing was sent")
        tap.contains(unknown.out, host_key(server))
        assert "scan" not in server.text(), server.text()
        accept = ["--accept-host-key", host_key(server)]
        tap.contains(tap.assay("credential", "test", "right", target, *accept).out, "valid: the target accepted password")
        invalid = tap.assay("credential", "test", "wrong", target, *accept, status=4)
        tap.contains(invalid.out, "invalid: ")
        changed = tap.assay("credential", "test", "right", target, "--accept-host-key", "SHA256:" + "A" * 43, status=4)
        assert "valid" not in changed.out, changed
        tap.contains(tap.assay("credential", "show", "right").out, f"for {target}; ")
        key = keygen(folder / "id", *ED25519)
        tap.assay("credential", "add", "key", "--user", "scan", "--key-file", key, "--for-range", "192.0.2.0/24")
        denied = tap.assay("credential", "test", "key", target, *accept, status=4)
        tap.contains(denied.out, "invalid: ")
        tap.contains(denied.err, "not within what key is used for")
    refused = tap.assay("credential", "test", "right", target, *accept, status=4)
    tap.contains(refused.err, "Connection refused")
    vault.add("proxy", "x", kind="http-proxy")
    tap.contains(tap.assay("credential", "test", "proxy", target, status=2).err, "only credentials for SSH")
    for bad in ["", ":22", "[::1", "db01:0", "db01:x", "db01:70000", "[::1]22"]:
        assert tap.assay("credential", "test", "right", bad, status=None).status in (2, 4), bad


def test_a_method_that_is_not_offered(folder):
    with Sshd(folder / "s", options="PasswordAuthentication no\nKbdInteractiveAuthentication no") as server:
        vault.add("right", PASSWORD, user="scan")
        result = tap.assay("credential", "test", "right", f"{server.host}:{server.port}", "--accept-host-key",
                           host_key(server), status=4)
        tap.contains(result.out, "method not offered: ")


def test_a_run_asks_for_the_passphrase(folder):
    """The vault is the child of a run then, in a process group behind the terminal's."""
    vault.add("right", PASSWORD, user="scan")
    with_fds(["credential", "rotate-key", "--wrap", "passphrase"], new_passphrase_fd="open sesame")
    with Sshd(folder / "s") as server:
        tap.assay("source", "add", "one", f"{server.host}:{server.port}", "--host-keys", "first-use")
        terminal = vault.Terminal("discover", "one")
        terminal.answer("Passphrase of the vault: ", "open rye")
        status, shown = terminal.end()
        tap.equal(status, 4, shown)
        tap.contains(shown, "the passphrase is wrong")
        assert "scan" not in server.text(), server.text()
        terminal = vault.Terminal("discover", "one")
        terminal.wait_for("Passphrase of the vault: ")
        os.write(terminal.fd, b"\x03")
        tap.equal(terminal.end()[0] == 0, False)
        terminal = vault.Terminal("discover", "one")
        terminal.answer("Passphrase of the vault: ", "open sesame")
        status, shown = terminal.end()
        tap.contains(server.text(), "Accepted password for scan")
        assert status in (0, 3), shown
        assert "open sesame" not in shown and PASSWORD not in shown, shown
    used = with_fds(["credential", "show", "right"], passphrase_fd="open sesame")
    tap.contains(used.out, "1 times in all")


def test_an_account_of_a_realm_logs_in(folder):
    """The worker finds the realm in /etc/krb5.conf, the server in /etc/hosts: both of the test's, in a
    mount namespace."""
    for place in ("/etc/krb5.conf", "/etc/hosts"):
        if not os.path.exists(place):
            tap.skip(f"no {place} to put another in place of")
    with Realm(folder / "r") as realm, realm.server(folder / "s") as server:
        hosts = folder / "hosts"
        hosts.write_text(f"127.0.0.1 {HOST}\n")
        vault.add("realm", PASSWORD.replace(" ", "-"), kind="windows-domain", user=f"scan@{REALM}")
        script = f'mount --bind {realm.config} /etc/krb5.conf; mount --bind {hosts} /etc/hosts; exec "$@"'
        words = ["credential", "test", "realm", f"{HOST}:{server.port}", "--kerberos", "--accept-host-key", host_key(server)]
        done = subprocess.run(["unshare", "-m", "sh", "-ec", script, "sh", tap.ASSAY, *words], capture_output=True,
                              stdin=subprocess.DEVNULL, timeout=120, check=False)
        tap.equal((done.returncode, done.stdout), (0, b"valid: the target accepted gssapi-with-mic\n"), done.stderr)


if __name__ == "__main__":
    tap.main(globals())
