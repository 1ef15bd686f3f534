#!/usr/bin/env python3
"""SQL lint: what is known to fail or to differ between SQLite and PostgreSQL (docs/adr/0002). Static; that both engines
prepare every statement is shown by the contract test of kernel/db.

sql_lint.py [file…]: queries.sql and schema/*.sql of all rooms when none is named."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
EVERYWHERE = [
    (r'\bAUTOINCREMENT\b|\bSERIAL\b|\bIDENTITY\b', 'ids are made by the application (db_new_id, db_counter)'),
    (r'\bBLOB\b', 'BYTEA is the common name'), (r'\bSTRICT\b', 'STRICT is SQLite only'),
    (r'\b(NUMERIC|DECIMAL|REAL|FLOAT|DOUBLE)\b', 'money is BIGINT fen; no floats'),
    (r'\bBOOLEAN\b|\bTRUE\b(?! *ON CONFLICT)|\bFALSE\b', 'truth values are SMALLINT 0/1'),
    (r'\bTIMESTAMPTZ?\b|\bDATETIME\b|\bnow *\(|\bCURRENT_(?:TIMESTAMP|DATE|TIME)\b|\bstrftime\b', 'times are BIGINT microseconds given by the program'),
    (r'\bVARCHAR\b|\bCHAR *\(', 'TEXT with a CHECK on its length'),
    (r'::', 'CAST(x AS type), not x::type'), (r'\bI?LIKE\b(?![^;]*ESCAPE)', 'LIKE differs: lower(x) LIKE $n ESCAPE \'!\''),
    (r'\bILIKE\b|\bGLOB\b|\bREGEXP\b', 'only one engine has it'),
    (r'\bINSERT +OR\b|\bREPLACE +INTO\b', 'ON CONFLICT … is common'), (r'\bFOR +UPDATE\b', 'SQLite has no row locks'),
    (r'\b(group_concat|string_agg|instr|strpos|greatest|least|ifnull|nvl|hex|encode|json_extract|jsonb?_\w+|random|avg|round)\s*\(', 'not common to both engines'),
    (r'\bANY *\(|\bLATERAL\b|\bFETCH +FIRST\b|\bDELETE\b[^;]*\b(USING|LIMIT)\b', 'not common to both engines'),
    (r"\bx'[0-9a-f]*'", 'bind bytes, no literals'), (r'\bCOLLATE\b', 'collation names differ'),
    (r'(?:\bSELECT|,)\s+(?:COALESCE *\()?sum *\(', 'sum is NUMERIC on PostgreSQL: CAST(sum(x) AS BIGINT)'),
]
SCHEMA = [(r'\bTRUNCATE\b|\bCOMMENT +ON\b|\bTRIGGER\b|\bADD +CONSTRAINT\b|\bALTER +TYPE\b|\bOR +REPLACE\b', 'not in the common subset of migrations'),
          (r'"', 'no quoted names')]
QUERIES = [(r'\?', 'parameters are $1, $2 …'), (r'\bSELECT +\*', 'name the columns')]


def blank(text):
    """Without comments; string literals keep their quotes only."""
    text = re.sub(r'--[^\n]*', '', text)
    return re.sub(r"'(?:''|[^'])*'", lambda m: "'" + '\n' * m.group(0).count('\n') + "'", text)


def find(path):
    raw = path.read_text()
    text = blank(raw)
    rules = EVERYWHERE + (QUERIES if path.name == 'queries.sql' else SCHEMA)
    for pattern, why in rules:
        for m in re.finditer(pattern, text if "x'" not in pattern else re.sub(r'--[^\n]*', '', raw), re.I):
            yield text[:m.start()].count('\n') + 1, f'{m.group(0).split()[0]}: {why}'
    if path.name != 'queries.sql':
        return
    names = set()
    for piece in re.split(r'(?m)^-- :name ', raw)[1:]:
        line = raw[:raw.find('-- :name ' + piece[:40])].count('\n') + 1
        head = piece.split(None, 2)
        name, kind = head[0], head[1] if len(head) > 1 else ''
        if name in names:
            yield line, f'{name} is there twice'
        names.add(name)
        if kind not in (':one', ':many', ':exec'):
            yield line, f'{name}: :one, :many or :exec'
        if kind == ':many' and not re.search(r'(?m)^-- :max \d+', piece):
            yield line, f'{name}: :many needs -- :max'
        seen = []
        for p in re.findall(r'\$(\d+)', blank(piece)):
            if int(p) not in seen:
                seen.append(int(p))
        if seen != list(range(1, len(seen) + 1)):
            yield line, f'{name}: parameters first appear in the order $1, $2 … (SQLite numbers them so), not {seen}'


def main():
    paths = [pathlib.Path(p) for p in sys.argv[1:]]
    paths = paths or sorted((ROOT / 'src').rglob('queries.sql')) + sorted((ROOT / 'src').rglob('schema/*.sql'))
    bad = 0
    for path in paths:
        for line, what in sorted(set(find(path))):
            print(f'{path.relative_to(ROOT) if path.is_absolute() and ROOT in path.parents else path}:{line}: {what}')
            bad += 1
    sys.exit(1 if bad else 0)


if __name__ == '__main__':
    main()
