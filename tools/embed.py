#!/usr/bin/env python3
"""Writes assets.c: every file that etaxd needs at run time, inside the binary (.incbin).

Path in the binary = path in the tree: policy/, data/, i18n/, web/ (built pieces under web/dist), templates
(src/**/pages), migrations (src/**/schema). The list is sorted, so that look-ups are a binary search."""
import pathlib
import sys

root, out, dep = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
PATTERNS = ['policy/**/*.yaml', 'data/**/*', 'i18n/**/*.po', 'web/dist/**/*', 'web/layout/*.html', 'web/partials/*.html',
            'src/**/pages/*.html', 'docs/api/answers/*.json', 'docs/spec/invoice/*.json', 'tests/vectors/invoice/*.jsonl', 'src/**/schema/*.sql']
found = sorted({p for pattern in PATTERNS for p in root.glob(pattern) if p.is_file()},
               key=lambda p: str(p.relative_to(root)).encode())
lines = ['/* Made by tools/embed.py. */', '#include "kernel/assets/assets.h"', '']
for i, path in enumerate(found):
    lines.append(f'__asm__(".section .rodata\\n.balign 16\\nasset_{i}: .incbin \\"{path}\\"\\nasset_{i}_end: .byte 0\\n.previous");')
    lines.append(f'extern const unsigned char asset_{i}[], asset_{i}_end[];')
lines += ['', 'const struct asset assets[] = {']
lines += [f'\t{{ "{p.relative_to(root)}", asset_{i}, asset_{i}_end }},' for i, p in enumerate(found)]
lines += ['\t{ 0 },', '};', f'const size_t n_assets = {len(found)};', '']
out.write_text('\n'.join(lines))
# Every folder counts, so that a new file or folder anywhere makes the list anew.
dirs = sorted(d for top in ('src', 'policy', 'data', 'i18n', 'web', 'docs', 'tests/vectors') for d in [root / top, *(root / top).rglob('*')]
              if d.is_dir() and 'node_modules' not in d.parts)
dep.write_text(f'{out}: ' + ' '.join(str(p).replace(' ', '\\ ') for p in found + dirs) + '\n')
