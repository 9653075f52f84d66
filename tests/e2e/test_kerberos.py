"""Logins by Kerberos: a realm of Debian's krb5-kdc on loopback, an OpenSSH server with a keytab of it."""
import glob
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import time

import tap
import worker
from sshd import PASSWORD, Sshd, free_port, need, need_root

HOST = "web1.example.org"
REALM = "EXAMPLE.ORG"


class Realm:
    def __init__(self, folder, extra=""):
        need_root()
        for program in ("krb5kdc", "kdb5_util", "kadmin.local", "kinit"):
            need(program)
        self.folder = pathlib.Path(folder)
        self.folder.mkdir()
        self.folder.chmod(0o755)
        self.port = free_port()
        self.keytab = self.folder / "keytab"
        self.config = self.folder / "krb5.conf"
        self.config.write_text(f"""[libdefaults]
default_realm = {REALM}
dns_lookup_kdc = false
default_keytab_name = FILE:{self.keytab}
default_ccache_name = FILE:{self.folder}/tickets
{extra}
[realms]
{REALM} = {{
kdc = 127.0.0.1:{self.port}
}}
[domain_realm]
.example.org = {REALM}
""")
        (self.folder / "kdc.conf").write_text(f"""[kdcdefaults]
kdc_listen = 127.0.0.1:{self.port}
kdc_tcp_listen = 127.0.0.1:{self.port}
[realms]
{REALM} = {{
database_name = {self.folder}/database
key_stash_file = {self.folder}/stash
acl_file = {self.folder}/acl
}}
""")
        self.env = {"KRB5_CONFIG": str(self.config), "KRB5_KDC_PROFILE": str(self.folder / "kdc.conf")}
        self.run("kdb5_util", "create", "-s", "-r", REALM, "-P", "master")
        self.admin(f"addprinc -pw {PASSWORD.replace(' ', '-')} +requires_preauth scan")
        self.admin(f"addprinc -pw {PASSWORD.replace(' ', '-')} -pwexpire 2020-01-01 +requires_preauth old")
        self.admin(f"addprinc -pw {PASSWORD.replace(' ', '-')} -allow_tix +requires_preauth locked")
        self.admin(f"addprinc -randkey host/{HOST}")
        self.admin(f"ktadd -k {self.keytab} host/{HOST}")
        with open(self.folder / "log", "wb") as log:
            # pylint: disable=consider-using-with
            self.process = subprocess.Popen([shutil.which("krb5kdc"), "-n", "-P", f"{self.folder}/pid"],
                                            env={**os.environ, **self.env}, stdout=log, stderr=log)
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.05)
        raise AssertionError((self.folder / "log").read_text())

    def run(self, *words, data=b""):
        subprocess.run([shutil.which(words[0]), *words[1:]], check=True, input=data, capture_output=True,
                       env={**os.environ, **self.env})

    def admin(self, command):
        self.run("kadmin.local", "-r", REALM, "-q", command)

    def server(self, folder):
        return Sshd(folder, {"scan": ("/bin/sh", {"password": False})}, "GSSAPIAuthentication yes\nGSSAPIStrictAcceptorCheck no",
                    env=self.env)

    def collect(self, server, secret=b"", env=None, target=None, **changes):
        settings = {"name": HOST, "ticket": True, **(target or {})}
        return worker.collect(server, secret, env={**self.env, **(env or {})}, target=settings, **changes)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()


def domain(user="scan", password=PASSWORD.replace(" ", "-"), realm="example.org"):
    return worker.credential("windows-domain", user, password, domain=realm)


def test_password_of_the_realm(folder):
    with Realm(folder / "r") as realm, realm.server(folder / "s") as server:
        answer = realm.collect(server, domain(), uid=61000, gid=61000)
        tap.equal(len(answer.inventory()["software"]) > 50, True, repr(answer))
        tap.equal(answer.one("authenticated")["method"], "gssapi-with-mic")
        tap.contains(server.text(), "gssapi-with-mic for scan")
        answer = realm.collect(server, domain("scan@example.org", realm=""), purpose="login")
        tap.equal(answer.one("authenticated")["method"], "gssapi-with-mic", repr(answer))


def test_tickets_of_the_caller(folder):
    with Realm(folder / "r") as realm, realm.server(folder / "s") as server:
        answer = realm.collect(server, target={"user": "scan"})
        tap.contains(answer.failure("KERBEROS-FAILED")["message"], "run kinit")
        realm.run("kinit", "scan", data=PASSWORD.replace(" ", "-").encode() + b"\n")
        answer = realm.collect(server, target={"user": "scan"}, uid=61000, gid=61000)
        tap.equal(answer.one("authenticated")["method"], "gssapi-with-mic", repr(answer))
        answer.inventory()


def test_refusals_are_named(folder):
    with Realm(folder / "r") as realm, realm.server(folder / "s") as server:
        for secret, code, words in ((domain(password="wrong"), "SSH-AUTH-DENIED", "reauthentication failed"),
                                    (domain("nobody"), "SSH-AUTH-DENIED", "not found"),
                                    (domain("locked"), "SSH-AUTH-DENIED", "revoked"),
                                    (domain("old"), "PASSWORD-EXPIRED", "expired"),
                                    (domain(realm="other.example.org"), "KERBEROS-FAILED", "realm")):
            answer = realm.collect(server, secret)
            tap.contains(answer.failure(code)["message"], words)
            tap.equal(answer.all("phase"), [], "the target hears nothing")
        answer = realm.collect(server, domain(), target={"name": "other.example.org"})
        tap.contains(answer.failure("KERBEROS-FAILED")["message"], "ticket for other.example.org")


def test_clock_skew_is_named(folder):
    libraries = glob.glob("/usr/lib/*/faketime/libfaketime.so.1")
    if not libraries:
        tap.skip("needs libfaketime")
    with Realm(folder / "r", "kdc_timesync = 0") as realm, realm.server(folder / "s") as server:
        answer = realm.collect(server, domain(), env={"LD_PRELOAD": libraries[0], "FAKETIME": "+2h"})
        answer.failure("KERBEROS-CLOCK")


def test_no_server_of_the_realm(folder):
    with Realm(folder / "r") as realm, realm.server(folder / "s") as server:
        realm.process.terminate()
        realm.process.wait()
        tap.contains(realm.collect(server, domain()).failure("KERBEROS-FAILED")["message"], "KDC")


if __name__ == "__main__":
    tap.main(globals())
