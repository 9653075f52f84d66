"""assay identify: a line of JSON a line, with and without knowledge."""
import json

import tap

MEMBERS = ["cpe", "lifecycle", "category", "subcategory", "security", "patch", "supplier",
           "confidence", "rule", "candidates"]


def ask(lines, system="windows", status=3, env=None):
    """Without knowledge the status is 3."""
    result = tap.assay("identify", "--os", system, stdin="".join(line + "\n" for line in lines),
                       status=status, env=env)
    answers = [json.loads(line) for line in result.out.splitlines()]
    tap.equal(len(answers), len(lines), "a line of JSON a line")
    return answers, result


def test_answers_have_all_members():
    answers, result = ask(["7-Zip 23.01 (x64)\tIgor Pavlov\t23.01",
                           "Java 8 Update 201 (64-bit)\tOracle Corporation\t8.0.2010.9",
                           "Python 3.11.4 (64-bit)\tPython Software Foundation\t3.11.4150.0",
                           "Something Nobody Knows\t\t"])
    for answer in answers:
        tap.equal(list(answer), MEMBERS)
    tap.equal([answer["cpe"] for answer in answers],
              ["cpe:2.3:a:7-zip:7-zip:23.01:*:*:*:*:*:*:*",
               "cpe:2.3:a:oracle:jre:1.8.0:update201:*:*:*:*:*:*",
               "cpe:2.3:a:python:python:3.11.4:*:*:*:*:*:*:*", None])
    tap.equal([answer["confidence"] for answer in answers], ["certain"] * 3 + ["none"])
    tap.contains(result.err, "there is no knowledge")


def test_linux_versions_by_manager():
    answers, _ = ask(["nodejs\tNodeSource\t18.17.0-1nodesource1",
                      "openssl-libs\tAlmaLinux\t1:3.0.7-27.el9", "curl\t\t8.1.2-r0"], "linux")
    tap.equal([answer["cpe"].split(":")[3:6] for answer in answers],
              [["nodejs", "node.js", "18.17.0"], ["openssl", "openssl", "3.0.7"],
               ["haxx", "curl", "8.1.2"]])


def test_a_distribution_has_its_own_packages():
    answers, _ = ask(["nginx\tDebian Nginx Maintainers\t1.22.1-9",
                      "nginx\tNginx packaging <nginx-packaging@f5.com>\t1.24.0-1~bookworm"],
                     "debian:12")
    tap.equal([answer["supplier"] for answer in answers], ["distribution", "maker"])


def test_wrong_lines_are_answered():
    result = tap.assay("identify", "--os", "windows", status=3,
                       stdin=b"no tab\n\tnobody\t1\na\tb\tc\td\n\xff\t\t\n7-Zip\t\t23.01\n")
    answers = [json.loads(line) for line in result.out.splitlines()]
    tap.equal(["error" in answer for answer in answers], [True] * 4 + [False])
    tap.contains(result.err, "4 of 5 lines")


def test_wrong_use():
    tap.contains(tap.assay("identify", status=2).err, "--os")
    tap.contains(tap.assay("identify", "--os", "beos", status=2).err, "windows, linux")


if __name__ == "__main__":
    tap.main(globals())
