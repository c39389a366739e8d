#!/usr/bin/env python3
"""Makes a program of a page of documentation: extract.py PAGE PROGRAM.

A block that begins with ```cpp holds statements. They run in the order of the page. Behind `cpp` may stand a word:

    global    definitions, which come before all statements of the page
    excerpt   lines that stand in a source file too, which has tests of its own

Blocks inside HTML comments are code of the page as well: they make what the others use, and browsers do not show
them. Each of them begins a new scope for statements, and so does a heading of level 2. Compilers' messages name the line
of the page.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SOURCES = ("autograd", "io", "nn", "datasets", "pictures", "onnx", "distributed", "tests", "examples")

PROGRAM = """#include <fmt/format.h>

#include <xtape/xtape.hpp>

using namespace xtape;

{definitions}
int main() try {{
  {{
{statements}
  }}
}} catch (const std::exception& error) {{
  fmt::print(stderr, "{{}}\\n", error.what());
  return 1;
}}
"""
NEW_SCOPE = "  }\n  {\n"

# A block, with its language, its word and its lines; or a heading.
PARTS = re.compile(r"^(?P<hidden><!--\n)?```(?P<language>\w*) ?(?P<word>.*)\n(?P<code>(?:.*\n)*?)```$|^## ",
                   re.MULTILINE)


def stands_in_sources(code):
    files = (file for folder in SOURCES for file in (ROOT / folder).glob("**/*.?pp"))
    return any(code in file.read_text() for file in files)


def main():
    page, program = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2])
    text = page.read_text()
    definitions, statements = [], []
    for part in PARTS.finditer(text):
        if part[0] == "## ":
            statements.append(NEW_SCOPE)
        if part["language"] != "cpp":
            continue
        line = text.count("\n", 0, part.start("code")) + 1
        code = f'#line {line} "{page}"\n{part["code"]}'
        if part["word"] == "global":
            definitions.append(code)
        elif part["word"] == "":
            statements.append(NEW_SCOPE * bool(part["hidden"]) + code)
        elif part["word"] != "excerpt":
            sys.exit(f'{page}:{line}: "{part["word"]}" stands behind cpp; expected global, excerpt or nothing')
        elif not stands_in_sources(part["code"]):
            sys.exit(f"{page}:{line}: no source file holds these lines")
    program.write_text(PROGRAM.format(definitions="".join(definitions), statements="".join(statements)))


if __name__ == "__main__":
    main()
