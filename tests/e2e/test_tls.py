"""TLS of the fetcher: which servers it speaks to, and which not. Certificates are made here."""
import contextlib
import datetime
import http.server
import functools
import pathlib
import shutil
import ssl
import subprocess
import threading
import warnings

import tap
from web import Quiet, answer, send

MIRROR = tap.FIXTURES / "feeds"
KEY = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"
NOBODY = {name: "" for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy",
                                "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")}
CA_CONFIG = """[ca]
default_ca = x
[x]
database = {0}/index
serial = {0}/serial
new_certs_dir = {0}
default_md = sha256
policy = any
unique_subject = no
[any]
commonName = supplied
"""


def run_openssl(*words):
    done = subprocess.run(["openssl", *map(str, words)], capture_output=True, text=True,
                          check=False)
    assert done.returncode == 0, (words, done.stderr)


class Authority:
    """A private authority; its certificate is in the file ca."""
    def __init__(self, folder, name="ca"):
        if not shutil.which("openssl"):
            tap.skip("openssl is not installed")
        self.folder = folder / name
        self.folder.mkdir()
        (self.folder / "index").touch()
        (self.folder / "serial").write_text("01\n")
        (self.folder / "config").write_text(CA_CONFIG.format(self.folder))
        self.ca = self.folder / "ca.pem"
        run_openssl("req", "-x509", *self.key("ca"), "-out", self.ca, "-days", "30", "-subj",
                    f"/CN=assay test {name}")

    def key(self, name):
        return ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
                self.folder / f"{name}.key"]

    def certificate(self, name, names="IP:127.0.0.1", first=-1, last=30):
        """For the names, from one day to another; returns the server's context."""
        def day(number):
            when = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(number)
            return when.strftime("%Y%m%d%H%M%SZ")

        request, made = self.folder / f"{name}.csr", self.folder / f"{name}.pem"
        extensions = self.folder / f"{name}.ext"
        extensions.write_text(f"subjectAltName={names}\n")
        run_openssl("req", *self.key(name), "-out", request, "-subj", f"/CN={name}")
        run_openssl("ca", "-batch", "-config", self.folder / "config", "-cert", self.ca, "-keyfile",
                    self.folder / "ca.key", "-in", request, "-out", made, "-startdate", day(first),
                    "-enddate", day(last), "-extfile", extensions, "-notext")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(made, self.folder / f"{name}.key")
        return context


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        pass


@contextlib.contextmanager
def serve(context, handler=None):
    handler = handler or functools.partial(Quiet, directory=str(MIRROR))
    server = Server(("127.0.0.1", 0), handler)
    server.socket = context.wrap_socket(server.socket, server_side=True,
                                        do_handshake_on_connect=False)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"https://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def settings(folder, **values):
    path = folder / "state/assay.conf"
    path.parent.mkdir(exist_ok=True)
    path.write_text("[fetch]\n" + "".join(f"{name} = {value}\n" for name, value in values.items()))


def update(*words, status=0):
    return tap.assay("kb", "update", *words, "--only", "kev", status=status, env=NOBODY)


def only(context, version):
    """A server of one version of TLS, however old."""
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = context.maximum_version = version
    return context


def test_tls_1_2_and_later_only(folder):
    authority = Authority(folder)
    settings(folder, ca_file=authority.ca)
    versions = [(ssl.TLSVersion.TLSv1, 4), (ssl.TLSVersion.TLSv1_1, 4), (ssl.TLSVersion.TLSv1_2, 0),
                (ssl.TLSVersion.TLSv1_3, 0)]
    for number, (version, status) in enumerate(versions):
        with serve(only(authority.certificate(f"v{number}"), version)) as url:
            if status:
                peer = subprocess.run(
                    ["openssl", "s_client", "-connect", url.removeprefix("https://"), "-cipher",
                     "ALL:@SECLEVEL=0", "-tls1" if number == 0 else "-tls1_1"],
                    input=b"", capture_output=True, check=False)
                assert b"BEGIN CERTIFICATE" in peer.stdout, ("the server does work", peer.stderr)
            result = update("--from", url, "--force", status=status if status else 3)
            if status:
                tap.contains(result.err, "nothing could be fetched")
            else:
                tap.contains(result.err, "1 file new")


def test_certificates_that_do_not_hold(folder):
    authority, stranger = Authority(folder), Authority(folder, "stranger")
    settings(folder, ca_file=authority.ca)
    cases = [
        (authority.certificate("expired", first=-30, last=-1), "expired"),
        (authority.certificate("future", first=2, last=30), "not yet valid"),
        (authority.certificate("other-host", "DNS:mirror.example.org"), "127.0.0.1"),
        (authority.certificate("other-address", "IP:127.0.0.2"), "127.0.0.1"),
        (authority.certificate("no-names", "email:a@example.org"), "127.0.0.1"),
        (stranger.certificate("stranger"), "certificate"),
    ]
    own = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    run_openssl("req", "-x509", *authority.key("own"), "-out", folder / "own.pem", "-days", "2",
                "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1")
    own.load_cert_chain(folder / "own.pem", authority.folder / "own.key")
    cases.append((own, "certificate"))
    for context, reason in cases:
        asked = []
        handler = answer(lambda handler: (asked.append(handler.path), send(handler, 404)))
        with serve(context, handler) as url:
            result = update("--from", url, status=4)
            tap.contains(result.err, reason)
        tap.equal(asked, [], "nothing is asked of a server that is not who it says")
    assert not list((folder / "state/mirror").rglob("*.json"))


def test_a_private_authority_is_trusted_when_named(folder):
    authority = Authority(folder)
    with serve(authority.certificate("good")) as url:
        settings(folder)
        tap.contains(update("--from", url, status=4).err, "certificate")
        settings(folder, ca_file=authority.ca)
        tap.contains(update("--from", url, status=3).err, "1 file new")
        broken = folder / "broken.pem"
        broken.write_text("no certificate\n")
        settings(folder, ca_file=broken)
        update("--from", url, "--force", status=4)


def test_a_name_is_compared_with_the_certificate(folder):
    authority = Authority(folder)
    settings(folder, ca_file=authority.ca)
    with serve(authority.certificate("name", "DNS:localhost")) as url:
        named = url.replace("127.0.0.1", "localhost")
        tap.contains(update("--from", named, status=3).err, "1 file new")
        update("--from", url, status=4)


def test_the_api_key_goes_to_no_stranger(folder):
    authority, stranger = Authority(folder), Authority(folder, "stranger")
    key = folder / "nvd.key"
    key.write_text(KEY + "\n")
    key.chmod(0o600)
    copy = folder / "source"
    shutil.copytree(MIRROR, copy)
    for path in copy.glob("nvd.nist.gov/feeds/json/cve/2.0/*.json.gz"):
        pathlib.Path(str(path).replace(".json.gz", ".meta")).unlink(missing_ok=True)
        shutil.os.utime(path, (1.7e9, 1.7e9))
    mirror = functools.partial(Quiet, directory=str(copy))
    seen = []
    handler = answer(lambda handler: (seen.append(handler.headers["apiKey"]), send(handler, 400)))
    for context, expected in [(stranger.certificate("api"), None),
                              (authority.certificate("old", first=-9, last=-1), None),
                              (authority.certificate("api"), KEY)]:
        seen.clear()
        with serve(authority.certificate("mirror"), mirror) as url, serve(context, handler) as api:
            settings(folder, ca_file=authority.ca, nvd_api_key=key, nvd_api_url=api + "/api")
            result = tap.assay("kb", "update", "--from", url, "--only", "nvd", "--force", status=3,
                               env=NOBODY)
        tap.equal(seen, [expected] if expected else [])
        tap.contains(result.err, "HTTP status 400" if expected else "certificate")
        assert KEY not in result.err


tap.main(globals())
