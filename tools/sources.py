#!/usr/bin/env python3
"""Lists the project's sources by kind, one path a line, relative to the root: meson asks at configure time."""
import pathlib
import sys

root = pathlib.Path(__file__).resolve().parent.parent


def rel(paths):
    return sorted(str(p.relative_to(root)) for p in paths)


KINDS = {
    'library': lambda: [p for p in rel((root / 'src').rglob('*.c')) if '/tests/' not in p and p != 'src/main/etaxd.c'],
    'tests': lambda: rel((root / 'src').rglob('tests/*_test.c')),
    'fuzz': lambda: rel((root / 'fuzz').glob('*_fuzz.c')),
    'bench': lambda: rel((root / 'bench').glob('*_bench.c')),
    'sql': lambda: rel((root / 'src').rglob('queries.sql')),
}

if __name__ == '__main__':
    print('\n'.join(KINDS[sys.argv[1]]()))
