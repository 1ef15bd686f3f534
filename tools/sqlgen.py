#!/usr/bin/env python3
"""Writes one typed C function for each statement of a queries.sql (contract: src/kernel/db/db.h), and refuses what does
not run alike on SQLite and PostgreSQL."""
import pathlib
import re
import sys

TYPES = {  # SQL type -> (C member, parameter, db_type, how to bind, how to read)
    'int': ('int64_t', 'DB_INT', '.i = {0}', '{v}.i'),
    'bool': ('bool', 'DB_INT', '.i = {0}', '{v}.i != 0'),
    'money': ('struct money', 'DB_INT', '.i = {0}.fen', 'FEN({v}.i)'),
    'instant': ('instant_us', 'DB_INT', '.i = {0}', '{v}.i'),
    'text': ('struct str', 'DB_TEXT', '.s = {0}', '{v}.s'),
    'bytes': ('struct str', 'DB_BYTES', '.s = {0}', '{v}.s'),
    'date': ('struct date', 'DB_TEXT', '.s = date_format(c->arena, {0})', 'db_date({v})'),
}
NULL_TEST = {'int': '{0} == DB_NULL', 'money': '{0}.fen == DB_NULL', 'instant': '{0} == DB_NULL',
             'text': '!{0}.p', 'bytes': '!{0}.p', 'date': '{0}.year == 0'}
BANNED = [(r'::', 'cast with ::'), (r'\bINSERT OR\b', 'INSERT OR'), (r'\bILIKE\b', 'ILIKE'), (r'\bGLOB\b', 'GLOB'),
          (r'\bFOR UPDATE\b', 'FOR UPDATE'), (r'\bSERIAL\b', 'SERIAL'), (r'\bAUTOINCREMENT\b', 'AUTOINCREMENT'),
          (r'\bavg\(', 'avg()'), (r'\bround\(', 'round()'), (r'\bnow\(', 'now()'), (r'\bgroup_concat\b', 'group_concat'),
          (r'\bstring_agg\b', 'string_agg'), (r'\bLATERAL\b', 'LATERAL'), (r'\bTRUNCATE\b', 'TRUNCATE'), (r'\?\d*(?!\w)', '? parameter')]


def fail(source, name, why):
    sys.exit(f'{source}: {name}: {why}')


def columns(text, source, name):
    out = []
    for piece in filter(None, (p.strip() for p in text.split(','))):
        column, kind = piece.rsplit(None, 1)
        nullable = kind.endswith('?')
        kind = kind.rstrip('?')
        if kind not in TYPES or (nullable and kind == 'bool'):
            fail(source, name, f'unknown type {kind}')
        out.append((column, kind, nullable))
    return out


def statements(source):
    for block in re.split(r'(?m)^-- :name ', source.read_text())[1:]:
        head, *lines = block.splitlines()
        name, kind = head.split()
        tags = {m[1]: m[2] for m in (re.match(r'-- :(\w+) ?(.*)', line) for line in lines) if m}
        sql = ' '.join(line.strip() for line in lines if line.strip() and not line.startswith('--')).rstrip(';')
        yield name, kind.lstrip(':'), tags, sql


def lint(source, name, kind, tags, sql, n_in):
    seen = []
    for number in re.findall(r'\$(\d+)', sql):
        if int(number) not in seen:
            seen.append(int(number))
    if seen != list(range(1, n_in + 1)):
        fail(source, name, f'parameters appear as {seen}, :in declares {n_in}; first appearances must be in order')
    for pattern, what in BANNED:
        if re.search(pattern, sql):
            fail(source, name, f'{what} does not run on both databases')
    if kind == 'many' and 'max' not in tags:
        fail(source, name, ':many needs :max')
    if kind not in ('one', 'many', 'exec'):
        fail(source, name, f'unknown kind {kind}')


def bind(column, kind, nullable):
    value = TYPES[kind][2].format(column)
    null = f', .null = {NULL_TEST[kind].format(column)}' if nullable else ''
    return f'{{ {value}{null} }}'


def read(index, kind, nullable):
    value = TYPES[kind][3].format(v=f'v[{index}]')
    if not nullable:
        return value
    empty = {'int': 'DB_NULL', 'money': 'FEN(DB_NULL)', 'instant': 'DB_NULL', 'text': 'STR_NONE', 'bytes': 'STR_NONE',
             'date': '(struct date){ 0 }'}[kind]
    return f'v[{index}].null ? {empty} : {value}'


def rows_function(full, folder, name, tags, sql, ins, times):
    """`-- :rows 25`: FULL_rows(c, rows, n) inserts many with one statement of 25 groups of VALUES and the single one."""
    m = re.search(r'VALUES \((.*?)\)(.*)$', sql)
    if not m or len(ins) * times > 255:
        fail(folder, name, ':rows needs one VALUES group and at most 255 parameters')
    shifted = lambda k: re.sub(r'\$(\d+)', lambda p: f'${int(p[1]) + k * len(ins)}', m[1])
    many = sql[:m.start()] + 'VALUES ' + ', '.join(f'({shifted(k)})' for k in range(times)) + m[2]
    quoted = many.replace('\\', '\\\\').replace('"', '\\"')
    row = f'struct {full}_in_row'
    h = [f'{row} {{'] + [f'\t{TYPES[k][0]} {n};' for n, k, _ in ins] + ['};',
         f'MUST_USE err_t {full}_rows(struct ctx *c, const {row} *rows, size_t n);', '']
    bound = ', '.join(bind(f'r->{n}', k, q) for n, k, q in ins)
    args = ', '.join(f'r->{n}' for n, _, _ in ins)
    c = [f'static int {full}_rows_slot;',
         f'static const uint8_t {full}_rows_in[] = {{ ' + ', '.join([TYPES[k][1] for _, k, _ in ins] * times) + ' };',
         f'static const struct db_statement {full}_rows_statement = {{ "{folder}.{name}_rows", "{quoted}", {full}_rows_in, {full}_out, '
         f'{len(ins) * times}, 0, {int(tags.get("on", "") == "projection")}, 1, &{full}_rows_slot }};',
         f'err_t {full}_rows(struct ctx *c, const {row} *rows, size_t n)', '{', '\tsize_t done = 0;',
         f'\tfor (; n - done >= {times}; done += {times}) {{', f'\t\tstruct db_value in[{len(ins) * times}];',
         f'\t\tfor (size_t i = 0; i < {times}; i++) {{', f'\t\t\tconst {row} *r = &rows[done + i];',
         f'\t\t\tconst struct db_value one[] = {{ {bound} }};',
         f'\t\t\tfor (size_t k = 0; k < {len(ins)}; k++) in[i * {len(ins)} + k] = one[k];', '\t\t}',
         f'\t\tTRY(db_run(c, &{full}_rows_statement, in, NULL, NULL, 0, NULL));', '\t}',
         '\tfor (; done < n; done++) {', f'\t\tconst {row} *r = &rows[done];', f'\t\tTRY({full}(c, {args}, NULL));', '\t}',
         '\treturn OK;', '}', '']
    return h, c


def generate(source, header, code):
    folder = source.parent.name
    h = [f'/* Made by tools/sqlgen.py from {folder}/queries.sql. */', f'#ifndef {folder.upper()}_SQL_H', f'#define {folder.upper()}_SQL_H',
         '#include "kernel/db/db.h"', '#include "base/money.h"', '']
    c = [f'/* Made by tools/sqlgen.py from {folder}/queries.sql. */', f'#include "{header.name}"', '#include "kernel/db/generated.h"', '']
    names = []
    for name, kind, tags, sql in statements(source):
        full = f'{folder}_{name}'
        ins, outs = columns(tags.get('in', ''), source, name), columns(tags.get('out', ''), source, name)
        lint(source, name, kind, tags, sql, len(ins))
        names.append(full)
        row = f'struct {full}_row'
        params = ', '.join(['struct ctx *c'] + [f'{TYPES[k][0]} {n}' for n, k, _ in ins])
        tail = {'one': f', {row} *row, bool *found', 'many': f', {row} **rows, size_t *n', 'exec': ', int64_t *affected'}[kind]
        if outs:
            h += [f'{row} {{'] + [f'\t{TYPES[k][0]} {n};' for n, k, _ in outs] + ['};']
        h += [f'MUST_USE err_t {full}({params}{tail});', '']
        c += [f'static int {full}_slot;']
        c += [f'static const uint8_t {full}_in[] = {{ ' + ', '.join([TYPES[k][1] for _, k, _ in ins] or ['0']) + ' };']
        c += [f'static const uint8_t {full}_out[] = {{ ' + ', '.join([TYPES[k][1] for _, k, _ in outs] or ['0']) + ' };']
        quoted = sql.replace('\\', '\\\\').replace('"', '\\"')
        writes = int(bool(re.match(r'\s*(INSERT|UPDATE|DELETE)', sql)))
        c += [f'static const struct db_statement {full}_statement = {{ "{folder}.{name}", "{quoted}", {full}_in, {full}_out, '
              f'{len(ins)}, {len(outs)}, {int(tags.get("on", "") == "projection")}, {writes}, &{full}_slot }};']
        c += [f'err_t {full}({params}{tail})', '{']
        if ins:
            c += ['\tconst struct db_value in[] = { ' + ', '.join(bind(*column) for column in ins) + ' };']
        given = 'in' if ins else 'NULL'
        if kind == 'exec':
            c += [f'\treturn db_run(c, &{full}_statement, {given}, NULL, NULL, 0, affected);', '}', '']
            if 'rows' in tags:
                more_h, more_c = rows_function(full, folder, name, tags, sql, ins, int(tags['rows']))
                h += more_h
                c += more_c
                names.append(f'{full}_rows')
            continue
        most = tags['max'] if kind == 'many' else 1
        c += ['\tstruct db_value *v;', '\tsize_t found_rows;',
              f'\tTRY(db_run(c, &{full}_statement, {given}, &v, &found_rows, {most}, NULL));']
        fields = ', '.join(f'.{n} = {read(i, k, q)}' for i, (n, k, q) in enumerate(outs))
        if kind == 'one':
            c += ['\t*found = found_rows > 0;', f'\tif (*found) *row = ({row}){{ {fields} }};']
        else:
            c += ['\t*n = found_rows;', '\t*rows = arena_array(c->arena, found_rows + 1, sizeof **rows);',
                  f'\tfor (size_t i = 0; i < found_rows; i++, v += {len(outs)}) (*rows)[i] = ({row}){{ {fields} }};']
        c += ['\treturn OK;', '}', '']
    h += [f'extern const struct db_statement *const {folder}_statements[]; /* NULL-terminated */', '', '#endif', '']
    c += [f'const struct db_statement *const {folder}_statements[] = {{ ' + ', '.join([f'&{n}_statement' for n in names] + ['NULL']) + ' };', '']
    header.write_text('\n'.join(h))
    code.write_text('\n'.join(c))


if __name__ == '__main__':
    generate(*map(pathlib.Path, sys.argv[1:4]))
