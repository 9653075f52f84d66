#!/usr/bin/env python3
"""Writes the style sheet and the scripts as C, with their hashes for the Content-Security-Policy.

usage: embed.py OUTPUT STYLE START SCRIPT
"""
import base64
import hashlib
import sys


def main():
    output, style, start, script = sys.argv[1:]
    with open(output, "w", encoding="ascii") as out:
        out.write('#include "report/html.h"\n')
        for name, path in (("style", style), ("start", start), ("script", script)):
            with open(path, "rb") as source:
                data = source.read()
            digest = base64.b64encode(hashlib.sha256(data).digest()).decode()
            out.write(f"\nstatic const char {name}_bytes[] = {{")
            for i in range(0, len(data), 24):
                out.write("\n    " + ", ".join(str(byte) for byte in data[i:i + 24]) + ",")
            out.write(f"\n}};\nconst struct str html_{name} = "
                      f"{{{name}_bytes, sizeof {name}_bytes}};\n")
            out.write(f'const char html_{name}_hash[] = "sha256-{digest}";\n')


main()
