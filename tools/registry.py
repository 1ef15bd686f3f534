#!/usr/bin/env python3
"""Writes registry.c: the table of services, one for each folder src/services/BOARD/NAME that holds NAME.c, and the table of
statement lists, one for each queries.sql."""
import pathlib
import sys

root, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
names = sorted(p.parent.name for p in (root / 'src/services').glob('*/*/*.c') if p.stem == p.parent.name)
lines = ['/* Made by tools/registry.py from the folders of src/services. */', '#include "kernel/operation/service.h"', '']
lines += [f'extern const struct service {n}_service;' for n in names]
lines += ['', 'const struct service *const services[] = {'] + [f'\t&{n}_service,' for n in names] + ['\tNULL,', '};']
lines += [f'const size_t n_services = {len(names)};', '']

folders = sorted(p.parent.name for p in (root / 'src').rglob('queries.sql'))
lines[2:2] = ['#include "kernel/db/store.h"'] + [f'#include "{f}_sql.h"' for f in folders]
lines += ['const struct db_statement *const *const statement_lists[] = {'] + [f'\t{f}_statements,' for f in folders] + ['\tNULL,', '};', '']
out.write_text('\n'.join(lines))
