#!/usr/bin/env python3
"""Writes registry.c: the table of services, one for each folder src/services/BOARD/NAME that holds NAME.c."""
import pathlib
import sys

root, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
names = sorted(p.parent.name for p in (root / 'src/services').glob('*/*/*.c') if p.stem == p.parent.name)
lines = ['/* Made by tools/registry.py from the folders of src/services. */', '#include "kernel/operation/service.h"', '']
lines += [f'extern const struct service {n}_service;' for n in names]
lines += ['', 'const struct service *const services[] = {'] + [f'\t&{n}_service,' for n in names] + ['\tNULL,', '};']
lines += [f'const size_t n_services = {len(names)};', '']
out.write_text('\n'.join(lines))
