#!/usr/bin/env python3
"""House rules (ARCHITECTURE.md). house_check.py [--build DIR] [--fix] [name…]: runs the named checks, or all.

Each check prints its findings and then one line, `ok NAME` or `FAIL NAME (n)`; ./dev test counts these lines.
Other checks of the tree are found by name: tools/*_lint.py and tools/*_check.py run without arguments, exit 0 is good."""
import argparse
import concurrent.futures
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
SRC = ROOT / 'src'
ORDER = {'base': 0, 'kernel': 1, 'services': 2, 'main': 3}
# Third-party headers and the one kernel room that may include them; SQLite is a database in one and a word index in the other.
THIRD = {'microhttpd.h': 'http', 'sqlite3.h': 'db search', 'libpq-fe.h': 'db', 'jansson.h': 'value', 'openssl/': 'crypto',
         'argon2.h': 'crypto', 'yaml.h': 'policy', 'lmdb.h': 'plane', 'cairo': 'pdf', 'pango/': 'pdf',
         'fontconfig/': 'pdf', 'qrencode.h': 'qr', 'expat.h': 'xml', 'zip.h': 'sheet', 'zlib.h': 'sheet',
         'curl/': 'fetch'}
LIBC = set('''assert ctype errno fcntl inttypes limits math pthread signal stdarg stdatomic stdbool stddef stdint stdio
    stdlib string strings threads time unistd endian poll sched locale getopt dirent setjmp'''.split())
BANNED = re.compile(r'\b(strcpy|strcat|sprintf|vsprintf|gets|strtok|atoi|atol|atoll|atof|system|popen|alloca|rand|srand|'
                    r'exec[lv]p?e?|tmpnam|mktemp|localtime|gmtime|asctime|ctime)\s*\(')
FLOATS = re.compile(r'\b(float|double)\b')
FILE_LINES, FUNCTION_LINES = 600, 70
args = None


def files(pattern, under=SRC):
    return sorted(under.rglob(pattern))


def rel(path):
    return str(path.relative_to(ROOT))


def room(path):
    """('kernel', 'http'), ('services', 'tax/filing'), ('base', '')"""
    parts = path.relative_to(SRC).parts
    if parts[0] == 'services':
        return 'services', '/'.join(parts[1:3])
    return parts[0], parts[1] if parts[0] == 'kernel' and len(parts) > 2 else ''


def code(path):
    """Text without comments, string and character literals; lines stay where they are."""
    def blank(m):
        return '""' if m.group(0)[0] == '"' else '\n' * m.group(0).count('\n')
    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', blank, path.read_text(), flags=re.S)


def includes(path):
    for n, line in enumerate(path.read_text().splitlines(), 1):
        m = re.match(r'\s*#\s*include\s*([<"])([^>"]+)[>"]', line)
        if m:
            yield n, m.group(1), m.group(2)


def sources():
    return files('*.c') + files('*.h')


def check_layers():
    """includes go down only: base < kernel < services < main; base includes libc only"""
    for path in sources():
        layer, _ = room(path)
        test = 'tests' in path.parts
        for n, kind, name in includes(path):
            target = name.split('/')[0]
            if kind == '"' and target in ORDER and ORDER[target] > ORDER[layer]:
                yield f'{rel(path)}:{n}: {layer} includes {name}'
            if layer == 'base' and kind == '<' and not test:
                stem = name[:-2]
                if stem not in LIBC and not name.startswith('sys/'):
                    yield f'{rel(path)}:{n}: base includes <{name}>, which is not libc'


def check_third_party():
    """a library's headers are included in one kernel room only, and are not seen through its headers"""
    inner = set()
    for path in sources():
        for n, kind, name in includes(path):
            owner = next((r for h, r in THIRD.items() if name == h or (h[-1] != 'h' and name.startswith(h))), None)
            if owner is None:
                continue
            if room(path)[0] != 'kernel' or room(path)[1] not in owner.split():
                yield f'{rel(path)}:{n}: <{name}> belongs to kernel/{owner}'
            elif path.suffix == '.h':
                inner.add(str(path.relative_to(SRC)))
    # A header that shows the library is an inner one: only its own room may include it.
    for path in sources():
        for n, kind, name in includes(path):
            if name in inner and '/'.join(path.relative_to(SRC).parts[:2]) != '/'.join(name.split('/')[:2]):
                yield f'{rel(path)}:{n}: {name} makes a third-party library visible outside its room'


def check_services():
    """a service is entered through NAME.h only, by those that declare it in .uses; no cycles"""
    uses = {}
    services = {p.parent.name: p for p in files('*.c') if room(p)[0] == 'services' and p.stem == p.parent.name}
    for name, path in services.items():
        m = re.search(r'\.uses\s*=\s*((?:"[^"]*"\s*)+)', path.read_text())
        uses[name] = set(' '.join(re.findall(r'"([^"]*)"', m.group(1))).split()) if m else set()
        for other in uses[name] - set(services):
            yield f'{rel(path)}: .uses names {other}, which is no service'
    for path in sources():
        layer, here = room(path)
        if layer != 'services':
            continue
        mine = here.split('/')[-1]
        for n, kind, name in includes(path):
            m = re.match(r'services/[^/]+/([^/]+)/(.+)', name)
            other, header = (m.group(1), m.group(2)) if m else (None, None)
            if kind == '"' and not m and name.endswith('_sql.h') and name[:-6] in services and name[:-6] != mine:
                yield f'{rel(path)}:{n}: statements of {name[:-6]} are its own'
            if other is None or other == mine:
                continue
            if header != other + '.h':
                yield f'{rel(path)}:{n}: {other} is entered by {other}.h only'
            elif other not in uses.get(mine, set()) and 'tests' not in path.parts:
                yield f'{rel(path)}:{n}: {mine} does not declare .uses {other}'
    done = set()

    def walk(name, trail):
        if name in trail:
            return [' -> '.join(trail[trail.index(name):] + [name])]
        if name in done:
            return []
        found = [c for other in sorted(uses.get(name, ())) for c in walk(other, trail + [name])]
        done.add(name)
        return found
    for name in sorted(uses):
        yield from (f'cycle: {c}' for c in walk(name, []))


def check_globals():
    """no mutable file-scope objects in base and services"""
    objects = [o for o in (ROOT / args.build / 'libetax.a.p').glob('*.o')
               if re.match(r'src_(base|services)_', o.name)]
    for o in sorted(objects):
        out = subprocess.run(['objdump', '-t', str(o)], capture_output=True, text=True).stdout
        for line in out.splitlines():
            m = re.match(r'[0-9a-f]+ (.{7}) (\.data|\.bss|\.tbss|\.tdata|\*COM\*)(\S*)\s+[0-9a-f]+\s+(?:\.hidden )?(\S+)$', line)
            if m and 'O' in m.group(1) and not m.group(3).startswith('.rel.ro') and '__PRETTY' not in m.group(4):
                yield f'{o.name}: {m.group(4)} in {m.group(2)}{m.group(3)}'


def check_banned():
    """functions that are never called; no floating point in base and services"""
    for path in files('*.c') + files('*.h'):
        if 'tests' in path.parts:
            continue
        layer = room(path)[0]
        raw = path.read_text().splitlines()
        for n, line in enumerate(code(path).splitlines(), 1):
            m = BANNED.search(line)
            if m and '.' + m.group(1) not in line and '->' + m.group(1) not in line:
                yield f'{rel(path)}:{n}: {m.group(1)}()'
            if layer in ('base', 'services') and FLOATS.search(line) and 'not money' not in raw[n - 1]:
                yield f'{rel(path)}:{n}: floating point (a line that needs it says "not money")'


def check_sizes():
    """files and functions that grew too long (a list to look at; only twice the limit fails)"""
    for path in files('*.c'):
        lines = code(path).splitlines()
        if len(lines) > FILE_LINES:
            print(f'  note: {rel(path)}: {len(lines)} lines')
            if len(lines) > 2 * FILE_LINES:
                yield f'{rel(path)}: {len(lines)} lines'
        start = None
        for n, line in enumerate(lines, 1):
            if line == '{':
                start = n
            elif line == '}' and start:
                if n - start - 1 > FUNCTION_LINES:
                    print(f'  note: {rel(path)}:{start}: function of {n - start - 1} lines')
                    if n - start - 1 > 2 * FUNCTION_LINES:
                        yield f'{rel(path)}:{start}: function of {n - start - 1} lines'
                start = None


def operations():
    """(path, id, initialiser text) of every operation in the tables"""
    for path in files('*.c'):
        if 'tests' in path.parts:
            continue
        text = path.read_text()
        for m in re.finditer(r'\{\s*\.id\s*=\s*"([^"]+)"', text):
            depth, i, quoted = 0, m.start(), False
            while i < len(text):
                ch = text[i]
                if quoted:
                    if ch == '\\':
                        i += 1
                    elif ch == '"':
                        quoted = False
                elif ch == '"':
                    quoted = True
                elif ch in '{}':
                    depth += 1 if ch == '{' else -1
                    if depth == 0:
                        break
                i += 1
            body = text[m.start():i + 1]
            if '.method' in body or '.path' in body:
                yield path, m.group(1), body


def check_requirements():
    """every operation names the requirement ids it fulfils"""
    for path, name, body in operations():
        m = re.search(r'\.requirements\s*=\s*"([^"]*)"', body)
        if not m or not m.group(1).strip():
            yield f'{rel(path)}: {name} has no .requirements'
        else:
            for wrong in (w for w in m.group(1).split() if not re.fullmatch(r'[AG]\d\d(\.\d+)?', w)):
                yield f'{rel(path)}: {name}: {wrong} is no requirement id'


def check_coverage():
    """docs/coverage.md says what the tables say"""
    command = [sys.executable, str(ROOT / 'tools/coverage.py')]
    out = subprocess.run(command if args.fix else command + ['--check'], capture_output=True, text=True)
    if out.returncode:
        yield (out.stdout + out.stderr).strip() or 'stale: run tools/coverage.py'


def check_paths():
    """no machine paths and no registry hosts in tracked files"""
    pattern = r'(^|[^[:alnum:]_.-])/(work|farm|root|home/[a-z]+)/|"resolved": *"http|registry *= *http'
    out = subprocess.run(['git', 'grep', '-nIE', pattern, '--', '.', ':!tools/house_check.py'], cwd=ROOT,
                         capture_output=True, text=True)
    yield from out.stdout.splitlines()


def check_format():
    """clang-format decides form (of .c files; headers are set by hand as tables)"""
    todo = [str(p) for p in files('*.c') + files('*.c', ROOT / 'fuzz') + files('*.c', ROOT / 'bench')]
    if args.fix:
        subprocess.run(['clang-format', '-i'] + todo, check=True)
        return
    chunks = [todo[i::8] for i in range(8) if todo[i::8]]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for out in pool.map(lambda c: subprocess.run(['clang-format', '--dry-run', '-Werror'] + c, capture_output=True,
                                                     text=True).stderr, chunks):
            yield from sorted({m.group(1) for m in re.finditer(r'^(?:.*?)((?:src|fuzz|bench)/\S+?):\d+:\d+: error', out, re.M)})


def check_tidy():
    """clang-tidy with the checks of .clang-tidy (results are kept until a file or a header changes)"""
    database = ROOT / args.build / 'compile_commands.json'
    entries = {e['file']: e for e in json.loads(database.read_text())}
    todo = []
    import hashlib
    headers = hashlib.sha256(b''.join(p.read_bytes() for p in files('*.h') + [ROOT / '.clang-tidy'])).hexdigest()
    cache = ROOT / '.cache/tidy'
    cache.mkdir(parents=True, exist_ok=True)
    for name in entries:
        path = (ROOT / args.build / name).resolve()
        if SRC not in path.parents or 'tests' in path.parts:
            continue
        key = hashlib.sha256(headers.encode() + rel(path).encode() + path.read_bytes()).hexdigest()
        if not (cache / key).exists():
            todo.append((path, key))
    # The compiler of the build is gcc; clang-tidy gets its arguments without those that only gcc knows.
    extra = ['--extra-arg=-Wno-unknown-warning-option', '--extra-arg=-Wno-error',
             '--extra-arg=-ftrivial-auto-var-init=uninitialized']

    def one(item):
        path, key = item
        out = subprocess.run(['clang-tidy', '--quiet', '-p', args.build, *extra, str(path)], cwd=ROOT, capture_output=True, text=True)
        found = [line.replace(str(ROOT) + '/', '') for line in out.stdout.splitlines() if re.search(r': (warning|error): ', line)]
        if not found and out.returncode == 0:
            (cache / key).touch()
        elif not found:
            found = [f'{rel(path)}: {out.stderr.strip()[-300:]}']
        return found
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for found in pool.map(one, todo):
            yield from found


def check_cppcheck():
    """cppcheck: warnings and portability"""
    cache = ROOT / '.cache/cppcheck'
    cache.mkdir(parents=True, exist_ok=True)
    out = subprocess.run(['cppcheck', '--enable=warning,portability', '--std=c17', '--language=c', '--quiet', '-j', str(os.cpu_count()),
                          '--inline-suppr', '--suppress=missingInclude', '--suppress=normalCheckLevelMaxBranches',
                          '--suppress=checkersReport', '--suppress=varFuncNullUB',
                          # wrong in 2.10: a cast before a comparison, a structure filled through its member
                          '--suppress=arrayIndexOutOfBoundsCond', '--suppress=ctuuninitvar', '--suppress=internalAstError', '--suppress=syntaxError', '--max-configs=1',
                          '-D_GNU_SOURCE', '-Isrc', f'--cppcheck-build-dir={cache}', '--template={file}:{line}: {id}: {message}',
                          'src'], cwd=ROOT, capture_output=True, text=True)
    yield from (line for line in out.stderr.splitlines() if re.match(r'\S+:\d+: ', line))


def beside():
    """tools/*_lint.*, tools/*_check.*: checks with a file of their own"""
    for path in sorted(ROOT.glob('tools/*')):
        if re.fullmatch(r'.*_(lint|check)\.(py|mjs)', path.name) and path.name != 'house_check.py':
            def run(path=path):
                runner = 'node' if path.suffix == '.mjs' else sys.executable
                out = subprocess.run([runner, str(path)], cwd=ROOT, capture_output=True, text=True,
                                     env=dict(os.environ, ETAX_BUILD=args.build))
                if out.returncode:
                    lines = ((out.stdout + out.stderr).strip() or f'exit {out.returncode}').splitlines()
                    yield from (line for line in lines if not line.startswith('note: '))
            yield path.stem, run


def main():
    global args
    parser = argparse.ArgumentParser()
    parser.add_argument('--build', default='build')
    parser.add_argument('--fix', action='store_true', help='format and regenerate what can be')
    parser.add_argument('names', nargs='*')
    args = parser.parse_args()
    checks = {n[6:]: f for n, f in globals().items() if n.startswith('check_')}
    checks.update(beside())
    for name in args.names:
        if name not in checks:
            sys.exit(f'no check called {name}; there are: ' + ' '.join(checks))
    bad = 0
    for name, check in checks.items():
        if args.names and name not in args.names:
            continue
        tool = {'format': 'clang-format', 'tidy': 'clang-tidy', 'cppcheck': 'cppcheck'}.get(name)
        found = [f'{tool} is not installed: ./dev install'] if tool and not shutil.which(tool) else list(check())
        for line in found[:60]:
            print(f'  {line}')
        if len(found) > 60:
            print(f'  … and {len(found) - 60} more')
        print(f'FAIL {name} ({len(found)})' if found else f'ok {name}', flush=True)
        bad += bool(found)
    sys.exit(1 if bad else 0)


if __name__ == '__main__':
    main()
