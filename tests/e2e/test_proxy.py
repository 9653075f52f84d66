"""assay.conf: proxies, credentials, private certificates, and which hosts are asked at all.

The proxies run on the loopback interface and answer for every feed's host themselves, with a
certificate of an authority that is made for the test."""
import base64
import contextlib
import datetime
import gzip
import hashlib
import http.server
import json
import os
import pathlib
import shutil
import socket
import socketserver
import ssl
import struct
import subprocess
import threading
import urllib.parse

import tap
import vault
from web import Quiet, answer, send, serve_folder

MIRROR = tap.FIXTURES / "feeds"
KEV = "www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json"
HOSTS = sorted(path.name for path in MIRROR.iterdir())
FILES = sum(path.is_file() for path in MIRROR.rglob("*"))
SECRET = "correct-horse-battery"
KEY = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"
API = "services.nvd.nist.gov"
NOBODY = {name: "" for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy",
                                "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")}


def run_openssl(*words):
    subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True)


def make_certificates(folder):
    """An authority and a certificate of it for all hosts; returns the server's TLS context."""
    if not shutil.which("openssl"):
        tap.skip("openssl is not installed")
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    ca, name = folder / "ca.pem", folder / "server"
    run_openssl("req", "-x509", *key, "-keyout", folder / "ca.key", "-out", ca, "-days", "2",
                "-subj", "/CN=assay test authority")
    run_openssl("req", *key, "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", "/CN=x")
    names = ",".join(f"DNS:{host}" for host in [*HOSTS, "codeload.github.com", API])
    pathlib.Path(f"{name}.ext").write_text(f"subjectAltName={names},IP:127.0.0.1\n")
    run_openssl("x509", "-req", "-in", f"{name}.csr", "-CA", ca, "-CAkey", folder / "ca.key",
                "-CAcreateserial", "-out", f"{name}.pem", "-days", "2", "-extfile", f"{name}.ext")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(f"{name}.pem", f"{name}.key")
    return context, ca


def who_shows(secret):
    """Processes of this machine with the secret on their command line or in their environment."""
    found = []
    for process in pathlib.Path("/proc").glob("[0-9]*"):
        for part in ("cmdline", "environ"):
            with contextlib.suppress(OSError):
                if secret.encode() in (process / part).read_bytes():
                    found.append(process / part)
    return found


def changes(path):
    """A page of NVD's API with one record of today."""
    place = urllib.parse.urlsplit(path)
    assert place.path == "/rest/json/cves/2.0" and "lastModStartDate=20" in place.query, path
    now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000")
    return json.dumps({"resultsPerPage": 1, "startIndex": 0, "totalResults": 1, "format": "NVD_CVE",
                       "version": "2.0", "timestamp": now, "vulnerabilities": [
                           {"cve": {"id": "CVE-2024-90901", "published": now, "lastModified": now,
                                    "vulnStatus": "Analyzed", "references": [], "descriptions": [
                                        {"lang": "en", "value": "Changed today."}]}}]}).encode()


def meta_of(packed):
    """What NVD states of a file of a year, three days ago."""
    text = gzip.decompress(packed.read_bytes())
    when = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(3)
    return (f"lastModifiedDate:{when:%Y-%m-%dT%H:%M:%S}-05:00\r\n"
            f"sha256:{hashlib.sha256(text).hexdigest()}\r\n").encode()


class Feeds(Quiet):
    """What the feeds' hosts answer; the host is of the tunnel, not of the request."""
    def do_GET(self):
        self.server.shown.extend(who_shows(SECRET) + who_shows(KEY))
        self.server.keys.append((self.server.host, self.headers["apiKey"]))
        self.server.asked.append(self.server.host + self.path)
        place = self.server.redirects.get(self.server.host + self.path)
        if place:
            return send(self, 302, Location=place)
        path = MIRROR / (self.server.host + urllib.parse.unquote(self.path))
        if self.server.host == API:
            return send(self, 200, changes(self.path))
        if self.path.endswith(".meta"):
            packed = path.with_name(path.name.replace(".meta", ".json.gz"))
            return send(self, 200, meta_of(packed)) if packed.exists() else send(self, 404)
        return send(self, 200, path.read_bytes()) if path.is_file() else send(self, 404)


class Proxy(socketserver.ThreadingTCPServer):
    daemon_threads = allow_reuse_address = True

    def __init__(self, handler, context):
        super().__init__(("127.0.0.1", 0), handler)
        self.context, self.redirects = context, {}
        self.tunnels, self.asked, self.shown, self.keys = [], [], [], []

    def handle_error(self, *_):
        pass

    def play(self, connection, host):
        """Speaks TLS and HTTP in the place of host on the tunnel."""
        self.tunnels.append(host)
        with self.context.wrap_socket(connection, server_side=True) as inner:
            server = type("Server", (), {"host": host, "redirects": self.redirects,
                                         "asked": self.asked, "shown": self.shown,
                                         "keys": self.keys})
            Feeds(inner, ("127.0.0.1", 0), server, directory=str(MIRROR))


class Connect(http.server.BaseHTTPRequestHandler):
    """A proxy of HTTP that wants credentials (RFC 9110, section 9.3.6)."""
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_CONNECT(self):
        wanted = "Basic " + base64.b64encode(f"assay:{SECRET}".encode()).decode()
        self.close_connection = True
        if self.headers["Proxy-Authorization"] != wanted:
            return send(self, 407, Proxy_Authenticate='Basic realm="x"', Connection="close")
        self.send_response(200)
        self.end_headers()
        self.server.play(self.connection, self.path.rsplit(":", 1)[0])


class Socks(socketserver.StreamRequestHandler):
    """SOCKS 5 with a password (RFC 1928, 1929)."""
    def handle(self):
        read = self.rfile.read
        methods = read(struct.unpack("BB", read(2))[1])
        if 2 not in methods:
            self.wfile.write(b"\x05\xff")
            return
        self.wfile.write(b"\x05\x02")
        read(1)
        user, password = read(read(1)[0]), read(read(1)[0])
        right = (user, password) == (b"assay", SECRET.encode())
        self.wfile.write(b"\x01" + (b"\x00" if right else b"\x01"))
        if right:
            assert read(4) == b"\x05\x01\x00\x03", "asks for a name, not an address"
            host = read(read(1)[0]).decode()
            read(2)
            self.wfile.write(b"\x05\x00\x00\x01" + bytes(6))
            self.server.play(self.connection, host)

    def setup(self):
        super().setup()
        self.rfile.close()
        self.rfile = self.connection.makefile("rb", 0)


@contextlib.contextmanager
def proxy(handler, context):
    server = Proxy(handler, context)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def port(server):
    return server.server_address[1]


def settings(folder, **values):
    path = folder / "state/assay.conf"
    path.parent.mkdir(exist_ok=True)
    path.write_text("[fetch]\n" + "".join(f"{name} = {value}\n" for name, value in values.items()))
    return path


def credentials(folder, text=f"assay:{SECRET}\n", mode=0o600):
    path = folder / "credentials"
    path.write_text(text)
    path.chmod(mode)
    return path


def update(*words, status=0):
    return tap.assay("kb", "update", *words, status=status, env=NOBODY)


def test_live_feeds_through_a_proxy_with_a_password(folder):
    context, ca = make_certificates(folder)
    with proxy(Connect, context) as server:
        settings(folder, proxy=f"http://127.0.0.1:{port(server)}", ca_file=ca,
                 proxy_credentials=credentials(folder))
        tap.contains(update().err, f"{FILES + 1} files new")
    tap.equal(sorted(set(server.tunnels)), sorted([*HOSTS, API]), "the feeds' hosts and no other")
    tap.equal(server.shown, [], "who shows the password")
    tap.equal({key for _, key in server.keys}, {None})
    tap.contains(tap.assay("kb", "show", "CVE-2024-90901").out, "Changed today.")
    assert any(path.endswith(".meta") for path in server.asked)
    tap.contains(tap.assay("kb", "verify").out, "whole")


def test_the_key_of_the_api_is_for_the_api(folder):
    context, ca = make_certificates(folder)
    key = folder / "nvd.key"
    key.write_text(KEY)
    key.chmod(0o600)
    values = {"ca_file": ca, "proxy_credentials": credentials(folder), "nvd_api_key": key}
    with proxy(Connect, context) as server:
        settings(folder, proxy=f"http://127.0.0.1:{port(server)}", **values)
        assert KEY not in update().err
        tap.equal({host for host, key in server.keys if key == KEY}, {API})
        tap.equal({key for host, key in server.keys if host != API}, {None})
        tap.equal(server.shown, [], "who shows the key")
    with proxy(Connect, context) as server:
        settings(folder, proxy=f"http://127.0.0.1:{port(server)}", nvd_api="no", **values)
        update("--force", status=None)
    assert API not in server.tunnels and server.tunnels


def test_secrets_of_the_vault(folder):
    context, ca = make_certificates(folder)
    (folder / "state").mkdir(exist_ok=True)
    vault.add("office", SECRET, "--for-range", "127.0.0.1", kind="http-proxy", user="assay")
    vault.add("nvd", KEY, "--for-domain", "nist.gov", kind="api-key", user=None)
    values = {"ca_file": ca, "proxy_credentials": "vault:office", "nvd_api_key": "vault:nvd"}
    with proxy(Connect, context) as server:
        settings(folder, proxy=f"http://127.0.0.1:{port(server)}", **values)
        done = update()
        tap.contains(done.err, f"{FILES + 1} files new")
        assert KEY not in done.err and SECRET not in done.err
        tap.equal({host for host, key in server.keys if key == KEY}, {API})
        tap.equal(server.shown, [], "who shows a secret")
    shown = tap.assay("credential", "show", "office", "--format", "json").out
    tap.contains(shown, "127.0.0.1")
    for change, reason in [({"proxy_credentials": "vault:none"}, "there is no credential none"),
                           ({"proxy_credentials": "vault:nvd"}, "is of the kind api-key, not http-proxy"),
                           ({"proxy": "http://192.0.2.1:3128"}, "credential office is not for 192.0.2.1"),
                           ({"nvd_api_key": "vault:"}, "vault: without a name")]:
        settings(folder, **{"proxy": f"http://127.0.0.1:{port(server)}", **values, **change})
        result = update(status=2)
        tap.contains(result.err, reason)
        assert KEY not in result.err and SECRET not in result.err
    shutil.rmtree(folder / "state/vault")
    settings(folder, proxy=f"http://127.0.0.1:{port(server)}", **values)
    tap.contains(update(status=2).err, "there is no vault")


def with_passphrase(words, passphrase, option="--passphrase-fd", number=None):
    """assay with a passphrase on a descriptor, as a line of cron gives it; number: 0 is stdin."""
    reader, writer = os.pipe()
    os.write(writer, passphrase.encode() + b"\n")
    os.close(writer)
    done = subprocess.run([tap.ASSAY, *words, option, str(reader if number is None else number)],
                          pass_fds=[reader], stdin=reader if number == 0 else subprocess.DEVNULL,
                          capture_output=True, check=False, start_new_session=True)
    os.close(reader)
    return tap.Result(done)


def test_a_vault_with_a_passphrase_opens_without_a_terminal(folder):
    context, ca = make_certificates(folder)
    (folder / "state").mkdir(exist_ok=True)
    vault.add("office", SECRET, "--for-range", "127.0.0.1", kind="http-proxy", user="assay")
    tap.equal(with_passphrase(["credential", "rotate-key", "--wrap", "passphrase"], "open sesame",
                              "--new-passphrase-fd").status, 0)
    with proxy(Connect, context) as server:
        settings(folder, proxy=f"http://127.0.0.1:{port(server)}", ca_file=ca,
                 proxy_credentials="vault:office")
        none = tap.Result(subprocess.run([tap.ASSAY, "kb", "update", "--only", "kev"], stdin=subprocess.DEVNULL,
                                         capture_output=True, check=False, start_new_session=True))
        assert none.status not in (0, 3) and not server.tunnels
        tap.contains(none.err, "there is no terminal to ask for the secret on; give it on a descriptor")
        wrong = with_passphrase(["kb", "update", "--only", "kev"], "open rye")
        assert wrong.status not in (0, 3) and not server.tunnels, wrong
        tap.contains(wrong.err, "the passphrase is wrong")
        closed = tap.assay("kb", "update", "--passphrase-fd", "77", status=2)
        tap.contains(closed.err, "no such descriptor is open")
        for words, number in ((["kb", "update"], None), (["kb", "update"], 0), (["kb", "build", "--from", "live"], 0),
                              (["kb", "mirror", folder / "copy"], None)):
            done = with_passphrase([*words, "--only", "kev"], "open sesame", number=number)
            assert done.status in (0, 3), done
            tap.contains(done.err, "1 file ")
            assert SECRET not in done.err and "sesame" not in done.err
        tap.equal(server.shown, [], "who shows a secret")


def test_live_feeds_through_socks(folder):
    context, ca = make_certificates(folder)
    with proxy(Socks, context) as server:
        settings(folder, proxy=f"socks5h://127.0.0.1:{port(server)}", ca_file=ca,
                 proxy_credentials=credentials(folder))
        tap.contains(update("--only", "kev", status=3).err, "1 file new")
    tap.equal(server.tunnels, ["www.cisa.gov"])
    tap.equal(server.shown, [], "who shows the password")


def test_a_mirror_through_a_proxy_that_speaks_tls(folder):
    context, ca = make_certificates(folder)
    asked = []

    def relay(handler):
        asked.append(handler.path)
        path = MIRROR / handler.path.removeprefix("http://mirror.example.org/")
        return send(handler, 200, path.read_bytes()) if path.is_file() else send(handler, 404)

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), answer(relay))
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings(folder, proxy=f"https://127.0.0.1:{server.server_address[1]}", ca_file=ca)
    update("--from", "http://mirror.example.org/", "--only", "kev", status=3)
    server.shutdown()
    tap.equal(asked, ["http://mirror.example.org/" + KEV])


def test_wrong_password_and_unknown_certificate(folder):
    context, ca = make_certificates(folder)
    with proxy(Connect, context) as server:
        place = f"http://127.0.0.1:{port(server)}"
        settings(folder, proxy=place, ca_file=ca,
                 proxy_credentials=credentials(folder, "assay:wrong\n"))
        tap.contains(update("--only", "kev", status=4).err, "407")
        settings(folder, proxy=place, proxy_credentials=credentials(folder))
        tap.contains(update("--only", "kev", status=4).err, "certificate")
    tap.equal(server.asked, [])


def test_redirects_lead_to_hosts_of_feeds_only(folder):
    context, ca = make_certificates(folder)
    with proxy(Connect, context) as server:
        settings(folder, proxy=f"http://127.0.0.1:{port(server)}", ca_file=ca,
                 proxy_credentials=credentials(folder))
        for place in ["https://evil.example.org/x.json", "http://www.cisa.gov/x.json",
                      "https://www.cisa.gov:8443/x.json", "https://a:b@www.cisa.gov/x.json",
                      "https://www.cisa.gov.evil.example.org/", "file:///etc/passwd",
                      "https://127.0.0.1/x.json"]:
            server.redirects[KEV] = place
            result = update("--only", "kev", status=4)
            tap.contains(result.err, "which is not followed")
        tap.equal(set(server.tunnels), {"www.cisa.gov"})
        server.redirects[KEV] = "https://endoflife.date/" + "other.json"
        tap.contains(update("--only", "kev", status=4).err, "nothing could be fetched")
        tap.equal(server.asked[-1], "endoflife.date/other.json")


def test_some_hosts_are_reached_without_the_proxy(folder):
    with socket.socket() as closed, serve_folder(MIRROR) as url:
        closed.bind(("127.0.0.1", 0))
        dead = f"http://127.0.0.1:{closed.getsockname()[1]}"
        path = settings(folder, proxy=dead)
        update("--from", url, "--timeout", "1", status=4)
        path.write_text(path.read_text() + "no_proxy = a.example.org\nno_proxy = 127.0.0.1\n")
        update("--from", url)


def test_settings_that_are_wrong_are_named(folder):
    cases = [
        ("[fetch]\nproxi = x\n", "assay.conf:2: [fetch] proxi: not a setting"),
        ("proxy = http://p\n", "assay.conf:1"), ("[fetch]\nwords\n", "assay.conf:2: neither"),
        ("[fetch]\n\nproxy = ftp://p\n", "assay.conf:3: proxy: not a URL"),
        ("[fetch]\nproxy = http://a:b@p\n", "proxy_credentials"),
        ("[fetch]\nproxy = http://a\nproxy = http://b\n", "assay.conf:3: proxy: given twice"),
        ("[fetch]\nca_file = ca.pem\n", "ca_file: not a path from the root"),
        ("[fetch]\nca_file = /no/such.pem\n", "/no/such.pem"),
        ("[fetch]\nproxy_credentials = /no/such\n", "/no/such"),
        (f"[fetch]\nproxy_credentials = {credentials(folder, mode=0o644)}\n", "mode 0600"),
        ("[fetch]\nno_proxy = " + "x" * 500 + "\n", "assay.conf:"),
    ]
    for text, reason in cases:
        settings(folder).write_text(text)
        result = update("--from", MIRROR, status=2)
        tap.contains(result.err, reason)
        assert SECRET not in result.err
    credentials(folder, "no colon\n")
    settings(folder).write_text(f"[fetch]\nproxy_credentials = {folder}/credentials\n")
    tap.contains(update("--from", MIRROR, status=2).err, "USER:PASSWORD")
    settings(folder).write_text("; nothing set\n")
    update("--from", MIRROR)


tap.main(globals())
