#!/usr/bin/env python3
"""Every Chinese text that users see has its English, with the same placeholders (issue §5.6).

Texts: N_("…") in src, the parts of .menu, {{#t}}…{{/t}} in templates, and of policy/*.yaml what pages show: title, law, titles of
the forms that src/services names, title and law of the parameters in their formulas, law with article of the parameters that
src/services names, titles and law of policy/*/*.yaml. Other texts of policy may have English. English: i18n/en/*.po. Also refused: a .title, .label, .help, .law or
fault text in Chinese without N_(), Chinese in a template outside of {{#t}} and lang="zh-CN", an id twice with different English,
English that still holds Chinese.
Ids that nothing uses are told as notes. i18n_lint.py --missing: the missing ids as PO entries, to be filled in."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
CJK = re.compile(r'[\u3400-\u9fff\uff01-\uff5e\u3001-\u3011]')
STRING = r'"(?:\\.|[^"\\])*"'
# Translated, a comment, or marked as Chinese (a document as it was signed).
OUTSIDE = re.compile(r'\{\{#t\}\}.*?\{\{/t\}\}|\{\{!.*?\}\}|<(\w+)[^>]*\slang="zh-CN".*?</\1>', re.S)
ESCAPES = {'n': '\n', 't': '\t', '"': '"', '\\': '\\'}


def unquote(text):
    """The value of adjacent C or PO string literals."""
    pieces = re.findall(STRING, text)
    return ''.join(re.sub(r'\\(.)', lambda m: ESCAPES.get(m.group(1), m.group(0)), p[1:-1]) for p in pieces)


def sources():
    return sorted(p for p in (ROOT / 'src').rglob('*.[ch]') if 'tests' not in p.parts)


def templates():
    return sorted(p for pattern in ('web/layout/*.html', 'web/partials/*.html', 'src/**/pages/*.html') for p in ROOT.glob(pattern))


def place(path, text, at):
    return f'{path.relative_to(ROOT)}:{text.count(chr(10), 0, at) + 1}'


def without_comments(text):
    return re.sub(r'/\*.*?\*/', lambda m: re.sub(r'[^\n]', ' ', m.group(0)), text, flags=re.S)


def policy_entries(path):
    """The parameters and the forms of a package, each as (id, text, where it begins in the file); examples are for tests only."""
    text = path.read_text()
    cut = re.search(r'^forms:', text, re.M)
    cut = cut.start() if cut else len(text)
    starts = [m.start() for m in re.finditer(r'^  - ', text, re.M)]
    for at, end in zip(starts, starts[1:] + [len(text)]):
        entry = re.split(r'^    examples:', text[at:end], flags=re.M)[0]
        yield at > cut, re.search(r'\bid: ([\w.-]+)', entry).group(1), entry, at


def policy_texts(entry, keys):
    for m in re.finditer(rf'\b(?:{keys}): ({STRING}|[^,}}\n]+)', entry):
        yield unquote(m.group(1)) if m.group(1)[0] == '"' else m.group(1).strip(), m.start()


def citations(entry):
    """Law and article of each value of a parameter, as pages join them."""
    for m in re.finditer(r'\{from: [^}]*\}', entry):
        article = next(policy_texts(m.group(0), 'article'), ('', 0))[0]
        for law, _ in policy_texts(m.group(0), 'law'):
            yield f'{law} {article}'.strip(), m.start()


def policy():
    """{id: place} that needs English, {id: place} that may have some"""
    code = ''.join(without_comments(p.read_text()) for p in sorted((ROOT / 'src/services').rglob('*.c')))
    named, needed, other, asked = set(re.findall(r'"([\w.-]+)"', code)), {}, {}, set()
    entries = [(path, *e) for path in sorted((ROOT / 'policy').glob('*.yaml')) for e in policy_entries(path)]
    for _, form, name, entry, _ in entries:
        if form and name in named:
            asked.update(re.findall(r'[a-z_]+\.[a-z_0-9]+', entry))
    for path, form, name, entry, at in entries:
        shown = name in (named if form else asked)
        pieces = [(shown, *t) for t in policy_texts(entry, 'title|law')]
        if not form:
            pieces += [(name in named, *t) for t in citations(entry)]
        for need, text, offset in pieces:
            if CJK.search(text):
                (needed if need else other).setdefault(text, place(path, path.read_text(), at + offset))
    for path in sorted((ROOT / 'policy').glob('*/*.yaml')):  # schemes: all that pages show
        text = '\n'.join(re.sub(r'^#.*', '', line) for line in path.read_text().split('\n'))
        for words, at in policy_texts(text, 'title|region_title|trades_title|law'):
            if CJK.search(words):
                needed.setdefault(words, place(path, text, at))
    return needed, other


def built():
    """What macros put together around an argument ("第 " #n " 栏"), as one pattern."""
    texts = (without_comments(p.read_text()) for p in sources())
    found = {re.escape(unquote(a)) + '.+' + re.escape(unquote(b))
             for text in texts for a, b in re.findall(rf'({STRING}) #\w+ ({STRING})', text) if CJK.search(a + b)}
    return re.compile('|'.join(sorted(found)) or '(?!)')


def used():
    """{id: first place}, faults"""
    ids, faults = {}, []
    for path in sources():
        text = without_comments(path.read_text())
        for m in re.finditer(r'\bN_\(\s*((?:' + STRING + r'\s*)+)\)', text):
            ids.setdefault(unquote(m.group(1)), place(path, text, m.start()))
        for m in re.finditer(r'\.menu\s*=\s*((?:' + STRING + r'\s*)+)', text):
            for part in unquote(m.group(1)).split('/'):
                ids.setdefault(part, place(path, text, m.start()))
        for m in re.finditer(r'\.(title|label|help|law)\s*=\s*(' + STRING + ')', text):
            if CJK.search(m.group(2)):
                faults.append(f'{place(path, text, m.start())}: .{m.group(1)} without N_()')
        for m in re.finditer(r'struct fault_def \w+ = \{([^;]*)\};', text):
            bare = re.sub(r'\bN_\(\s*(?:' + STRING + r'\s*)+\)', '', m.group(1))
            if any(CJK.search(s) for s in re.findall(STRING, bare)):
                faults.append(f'{place(path, text, m.start())}: a fault text without N_()')
    for path in templates():
        text = path.read_text()
        for m in re.finditer(r'\{\{#t\}\}(.*?)\{\{/t\}\}', text, re.S):
            ids.setdefault(m.group(1), place(path, text, m.start()))
        for m in CJK.finditer(OUTSIDE.sub(lambda m: re.sub(r'[^\n]', ' ', m.group(0)), text)):
            faults.append(f'{place(path, text, m.start())}: “{m.group(0)}” outside of {{{{#t}}}}')
    ids.pop('', None)
    return ids, faults


def english():
    """{id: (text, place)}, faults"""
    found, faults = {}, []
    for path in sorted((ROOT / 'i18n/en').glob('*.po')):
        text = path.read_text()
        for m in re.finditer(r'^msgid ((?:' + STRING + r'\s*)+)^msgstr ((?:' + STRING + r'\s*)+)', text, re.M):
            name, words, at = unquote(m.group(1)), unquote(m.group(2)), place(path, text, m.start())
            if name in found and found[name][0] != words:
                faults.append(f'{at}: “{name}” has another English in {found[name][1]}')
            found.setdefault(name, (words, at))
    found.pop('', None)
    return found, faults


def placeholders(text):
    return sorted(re.findall(r'\{\{\{?[^{}]*\}?\}\}|\{[1-4]\}', text))


def main():
    ids, faults = used()
    needed, other = policy()
    ids = {**needed, **ids}
    po, more = english()
    macros = built()
    faults += more
    missing = {name: at for name, at in ids.items() if not po.get(name, ('',))[0]}
    if '--missing' in sys.argv:
        for name, at in missing.items():
            quoted = name.replace('\\', '\\\\').replace('"', '\\"').replace('\n', '\\n')
            print(f'#: {at}\nmsgid "{quoted}"\nmsgstr ""\n')
        return 0
    faults += [f'{at}: no English for “{name}”' for name, at in missing.items()]
    for name, (words, at) in po.items():
        if name not in ids and name not in other and not macros.fullmatch(name):
            print(f'note: {at}: nothing uses “{name}”')
        elif placeholders(name) != placeholders(words):
            faults.append(f'{at}: placeholders differ: “{name}” / “{words}”')
        # The name of the other language, codes and letters of law may stay as they are.
        elif CJK.search(words) and name != words and not re.fullmatch(r'[^\u3400-\u9fff]*', words):
            faults.append(f'{at}: Chinese in the English “{words}”')
    for line in sorted(faults):
        print(line)
    return 1 if faults else 0


if __name__ == '__main__':
    sys.exit(main())
