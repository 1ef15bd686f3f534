#!/usr/bin/env python3
"""docs/coverage.md from the code: which requirement ids have operations, and which of them a test names.

Operations carry .requirements = "A05.1 A05.8"; a test names the ids it proves anywhere in its file ("A05.e" counts for
the acceptance scenario of A05). --check compares and says whether the page is stale."""
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import house_check  # noqa: E402

ROOT = house_check.ROOT
SECTIONS = [
    ('A01', 'crowdsourced mutual help 众包互助', 14), ('A02', 'creative space 创意空间', 12), ('A03', 'app plaza and toolbox 应用广场', 19),
    ('A04', 'online acceptance 在线受理', 20), ('A05', 'filing and payment 申报缴税', 20), ('A06', 'convenient refund 便捷退税', 10),
    ('A07', 'self-service invoices and certificates 自助申领', 12), ('A08', 'mobile invoicing 移动开票', 6),
    ('A09', 'electronic invoices 电子发票', 13), ('A10', 'invoice verification 发票查验', 10), ('A11', 'invoice lottery 发票摇奖', 13),
    ('A12', 'supervision and rights 监督维权', 19), ('A13', 'information disclosure 信息公开', 21), ('A14', 'data sharing 数据共享', 23),
    ('A15', 'tailored information 信息定制', 11), ('A16', 'intelligent consultation 智能咨询', 14), ('A17', 'tax school 税务学堂', 16),
    ('A18', 'mobile office 移动办公', 26), ('A19', 'tax big data 涉税大数据', 20), ('A20', 'tax cloud services 涉税云服务', 15),
    ('G01', 'identity 统一身份认证', 8), ('G02', 'interfaces 标准接口', 10), ('G03', 'security 安全接入', 11),
    ('G04', 'natural persons 自然人数据库', 4), ('G05', 'archive 纳税人档案', 6), ('G06', 'portal 统一门户', 8),
    ('G07', 'law library 法规库', 6), ('G08', '12366', 8), ('G09', 'business rules 业务管理', 26), ('G10', 'infrastructure 基础平台', 8),
    ('G11', 'social forces 社会力量', 7), ('G12', 'goals and organisation 组织实施', 16)]


def key(name):
    section, _, number = name.partition('.')
    return section, int(number) if number.isdigit() else 0


def text():
    done, proved = {}, {}
    for _, name, body in house_check.operations():
        m = re.search(r'\.requirements\s*=\s*"([^"]*)"', body)
        for wanted in (m.group(1).split() if m else []):
            done.setdefault(wanted, []).append(name)
    tests = [p for p in (ROOT / 'src').rglob('*') if 'tests' in p.parts and p.suffix == '.c']
    tests += [p for p in (ROOT / 'tests').rglob('*.mjs')]
    for path in tests:
        for wanted in set(re.findall(r'\b[AG]\d\d\.(?:\d+|e)\b', path.read_text())):
            proved.setdefault(wanted, set()).add(path.name.replace('.test.mjs', '').replace('.mjs', '').replace('.c', ''))
    out = ['# Coverage of the requirements', '', '<!-- made by tools/coverage.py from the operation tables and the tests -->', '',
           'An id counts as served when an operation carries it, and as proved when a test names it. Served does not mean finished:',
           'the acceptance scenario of the section (`.e`) is the measure.', '',
           '| section | ids | served | proved | scenario |', '|---|---|---|---|---|']
    sums = [0, 0, 0]
    for section, title, count in SECTIONS:
        served = {i for i in done if key(i)[0] == section and '.' in i}
        shown = {i for i in proved if i in served}
        sums = [sums[0] + count, sums[1] + len(served), sums[2] + len(shown)]
        scenario = ', '.join(sorted(proved.get(section + '.e', ()))) or '–'
        out.append(f'| {section} {title} | {count} | {len(served)} | {len(shown)} | {scenario} |')
    out += [f'| all | {sums[0]} | {sums[1]} | {sums[2]} | |', '', '| id | operations | tests |', '|---|---|---|']
    for wanted in sorted((i for i in done if '.' in i), key=key):
        out.append(f'| {wanted} | {", ".join(sorted(set(done[wanted])))} | {", ".join(sorted(proved.get(wanted, ()))) or "–"} |')
    return '\n'.join(out) + '\n'


if __name__ == '__main__':
    page, wanted = ROOT / 'docs/coverage.md', text()
    if '--check' in sys.argv:
        sys.exit(0 if page.exists() and page.read_text() == wanted else 'docs/coverage.md is stale: ./dev check --fix coverage')
    page.write_text(wanted)
