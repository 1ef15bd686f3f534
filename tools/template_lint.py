#!/usr/bin/env python3
"""Refuses in templates what the content security policy or the escaping could not hold (design/house §4)."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
RULES = [
    (re.compile(r'<[a-zA-Z][^<>]*\s[\w-]+=(?!["\'])', re.S), 'attribute without quotes'),
    (re.compile(r'<[a-zA-Z][^<>]*\son[a-z-]+\s*=', re.I | re.S), 'on… handler'),
    (re.compile(r'<[a-zA-Z][^<>]*\shx-on', re.I | re.S), 'hx-on compiles code at run time'),
    (re.compile(r'<script(?![^>]*\ssrc=)', re.I), 'inline script'),
    (re.compile(r'<style', re.I), 'inline style'),
    (re.compile(r'<[a-zA-Z][^<>]*\sstyle\s*=', re.I | re.S), 'style attribute'),
    (re.compile(r'javascript:', re.I), 'javascript: address'),
    (re.compile(r'<a(?=[^>]*\starget=)(?![^>]*\srel=)', re.I), 'target without rel'),
    (re.compile(r'\{\{\{(?!\s*[\w.-]+_(?:svg|html)\s*\}\}\})'), 'raw output of a name without _svg or _html'),
    (re.compile(r'\{\{&(?!\s*[\w.-]+_(?:svg|html)\s*\}\})'), 'raw output of a name without _svg or _html'),
    (re.compile(r'\{\{='), 'change of delimiters'),
]


def faults(text):
    bare = re.sub(r'"[^"<>]*"', lambda m: '"' + 'x' * (len(m.group()) - 2) + '"', text)  # what stands in quotes is no attribute
    for hit in RULES[0][0].finditer(bare):
        yield text.count('\n', 0, hit.start()) + 1, RULES[0][1]
    for rule, why in RULES[1:]:
        for hit in rule.finditer(text):
            yield text.count('\n', 0, hit.start()) + 1, why


def main(names):
    paths = [pathlib.Path(n) for n in names] or sorted(
        p for pattern in ('web/layout/*.html', 'web/partials/*.html', 'src/**/pages/*.html') for p in ROOT.glob(pattern))
    found = 0
    for path in paths:
        for line, why in sorted(faults(path.read_text(encoding='utf-8'))):
            print(f'{path}:{line}: {why}')
            found += 1
    return 1 if found else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
