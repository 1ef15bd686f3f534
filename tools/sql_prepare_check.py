#!/usr/bin/env python3
"""Both engines prepare every statement (docs/adr/0002): runs the contract test of kernel/db on SQLite and inside a private
PostgreSQL (tests/lib/with_postgres)."""
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
TEST = ROOT / os.environ.get('ETAX_BUILD', 'build') / 'src.kernel.db.tests.contract_test'
bad = 0
env = {k: v for k, v in os.environ.items() if k != 'ETAX_TEST_DB'}
for engine, command in (('SQLite', [str(TEST)]), ('PostgreSQL', [str(ROOT / 'tests/lib/with_postgres'), str(TEST)])):
    try:
        out = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=300)
        text, code = out.stdout + out.stderr, out.returncode
    except (OSError, subprocess.TimeoutExpired) as e:
        text, code = str(e), 1
    if code or f' statements on {engine}' not in text:
        bad = 1
        print(f'{engine}:\n{text.strip()[-3000:]}')
sys.exit(bad)
