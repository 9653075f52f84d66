"""vercmp, cpe match and cvss: arguments and lines."""
import time

import tap


def test_vercmp_arguments():
    for scheme, a, b, sign in [
        ("dpkg", "1.0-1~bpo12+1", "1.0-1", "<"),
        ("dpkg", "0:1.0", "1.0-0", "="),
        ("rpm", "1:1.0-1", "2.0-1", ">"),
        ("rpm", "1-1.el7", "1-1.el8", "?"),
        ("apk", "1.0_rc1-r0", "1.0-r0", "<"),
        ("semver", "1.0.0-rc.1", "1.0.0", "<"),
        ("windows", "10.0.17763.1", "10.0.17763.6054", "<"),
        ("windows", "10.0.17763.1", "10.0.14393.1", "?"),
        ("nvd", "4.2.8p9", "4.2.8p15", "<"),
        ("nvd", "151.0", "151.0.0", "="),
    ]:
        tap.equal(tap.assay("vercmp", scheme, a, b).out, sign + "\n", (scheme, a, b))


def test_vercmp_lines_stay_aligned():
    result = tap.assay("vercmp", "nvd", stdin="1.0.2k\t1.0.2l\nno tab\n\n2\t1\n1\t1", status=3)
    tap.equal(result.out, "<\n?\n?\n>\n=\n")
    tap.contains(result.err, "2 of 5 lines")
    tap.equal(tap.assay("vercmp", "nvd", stdin="1\tn/a\n").out, "?\n")
    tap.equal(tap.assay("vercmp", "dpkg").out, "")


def test_vercmp_wrong_words():
    tap.contains(tap.assay("vercmp", "deb", "1", "2", status=2).err, "deb: not a version scheme")
    tap.contains(tap.assay("vercmp", "dpkg", "1", status=2).err, "two versions")
    tap.assay("vercmp", status=2)


def test_cpe_match():
    ie = "cpe:2.3:a:microsoft:internet_explorer:"
    pairs = [
        (ie + "8.*:sp?:*:*:*:*:*:*", ie + "8.0.6001:sp1:*:*:*:*:*:*", "superset"),
        (ie + "8.0.6001:sp1:*:*:*:*:*:*", "cpe:/a:microsoft:internet_explorer", "subset"),
        ("cpe:/a:Microsoft:internet_explorer:8.0", ie + "8\\.0:*:*:*:*:*:*:*", "equal"),
        (ie + "8.0:*:*:*:*:*:*:*", ie + "9.0:*:*:*:*:*:*:*", "disjoint"),
        (ie + "8.0:*:*:*:*:*:*:*", ie + "8.*:*:*:*:*:*:*:*", "undefined"),
    ]
    for source, target, relation in pairs:
        tap.equal(tap.assay("cpe", "match", source, target).out, relation + "\n", source)
    lines = "".join(f"{source}\t{target}\n" for source, target, _ in pairs)
    tap.equal(tap.assay("cpe", "match", stdin=lines).out.split(), [r for _, _, r in pairs])
    result = tap.assay("cpe", "match", stdin=f"cpe:/q:x\tcpe:/a:x\n{lines}", status=3)
    tap.equal(result.out.split(), ["invalid"] + [r for _, _, r in pairs])
    tap.contains(result.err, "1 of 6 lines")


def test_cpe_match_refuses_a_bad_name():
    result = tap.assay("cpe", "match", "cpe:2.3:a:b:c:1.*.2:*:*:*:*:*:*:*", "cpe:/a:b", status=2)
    tap.contains(result.err, "byte 14")
    tap.equal(result.out, "")
    tap.assay("cpe", "match", "cpe:/a:b", status=2)


V31 = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
V2 = "AV:N/AC:L/Au:N/C:N/I:N/A:C/E:F/RL:OF/RC:C"
V4 = "CVSS:4.0/AV:L/AC:L/AT:P/PR:L/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"


def test_cvss():
    tap.equal(tap.assay("cvss", V31).out, "9.8 CRITICAL\n")
    tap.equal(tap.assay("cvss", V2).out, "7.8 HIGH\n")
    tap.equal(tap.assay("cvss", V4).out, "7.3 HIGH\n")
    tap.equal(tap.assay("cvss", "--all", V31 + "/E:P").out,
              "base 9.8 CRITICAL\ntemporal 9.3 CRITICAL\nenvironmental 9.3 CRITICAL\n")
    tap.equal(tap.assay("cvss", "--all", V2).out,
              "base 7.8 HIGH\ntemporal 6.4 MEDIUM\nenvironmental -\n")
    tap.equal(tap.assay("cvss", stdin=f"{V31}\n{V4}\n").out, "9.8 CRITICAL\n7.3 HIGH\n")
    result = tap.assay("cvss", "--all", stdin=f"{V2}\nnone\n{V4}\n", status=3)
    tap.equal(result.out, "7.8 HIGH\t6.4 MEDIUM\t-\ninvalid\n7.3 HIGH\t-\t-\n")
    tap.contains(result.err, "1 of 3 lines")


def test_cvss_refuses_a_bad_vector():
    result = tap.assay("cvss", V31 + "/A:H", status=2)
    tap.contains(result.err, "byte 45")
    tap.contains(result.err, "A twice")


def test_many_lines_are_quick():
    """28,000 pairs, as many as the reference tables have, take well under a second."""
    lines = "".join(f"1:2.{i}.0-1~deb12u{i % 7}\t1:2.{i}.0-1+deb12u{i % 5}\n" for i in range(28000))
    begun = time.monotonic()
    result = tap.assay("vercmp", "dpkg", stdin=lines)
    taken = time.monotonic() - begun
    tap.equal(result.out, "<\n" * 28000)
    assert taken < 5, f"{taken:.1f} s"


tap.main(globals())
