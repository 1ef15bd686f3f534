#!/usr/bin/env python3
"""Writes tests/vectors/invoice/{positive,negative}.jsonl. What each vector must lead to is reasoned here, from docs/spec/invoice
(rules.md, error-codes.md), and never taken from the validator: this file computes sums, words and the QR text itself.

A line: {id, why, form, file (text, or base64 with "base64": true), verdict, faults: [[code, pointer]…]}. The verdict of a file without fault
is valid where it carries a proof, else unproven."""
import base64
import copy
import csv
import io
import json
import pathlib
import zipfile
from decimal import Decimal as D, ROUND_HALF_UP

import invoice_vectors_sign as sign

ROOT = pathlib.Path(__file__).resolve().parent.parent
OUT = ROOT / 'tests/vectors/invoice'
SHORT = {r[0]: r[2] for r in csv.reader(open(ROOT / 'data/tax-codes.csv')) if len(r) > 2}
LATHE, SOFTWARE, MEAL, CARD, FRUIT, BUS = ('1090105030000000000', '3040201010000000000', '3070401000000000000', '6010000000000000000',
                                           '1010115000000000000', '3010101020203000000')
T1, T3, SMALL, PERSON = '91330100MA2H000142', '91330200MA2H00030W', '92330106MA2H00022G', '330106199003070014'
CENT = D('0.01')


def fen(d):
    return str(d.quantize(CENT, ROUND_HALF_UP) + 0)  # never -0.00


def words(text):
    """domain rule §4.5"""
    digits, units = '零壹贰叁肆伍陆柒捌玖', ['', '拾', '佰', '仟']
    value = abs(int(D(text) * 100))
    whole, jiao, f = value // 100, value // 10 % 10, value % 10
    groups, out, gap = [], '', False
    while whole:
        groups.append(whole % 10000)
        whole //= 10000
    for i in range(len(groups) - 1, -1, -1):
        g = groups[i]
        if not g:
            gap = gap or bool(out)
            continue
        if out and (gap or g < 1000):
            out += '零'
        part, zero = '', False
        for p in range(3, -1, -1):
            d = g // 10 ** p % 10
            if d:
                part += ('零' if zero and part else '') + digits[d] + units[p]
                zero = False
            else:
                zero = True
        out += part + ['', '万', '亿', '万亿'][i]
        gap = False
    out += '圆' if out else ''
    if not jiao and not f:
        out += '整' if out else '零圆整'
    elif not f:
        out += digits[jiao] + '角整'
    else:
        out += (digits[jiao] + '角' if jiao else '零' if out else '') + digits[f] + '分'
    return ('（负数）' if D(text) < 0 else '') + out


def crc(text):
    c = 0
    for b in text.encode():
        c ^= b << 8
        for _ in range(8):
            c = (c << 1 ^ 0x8005 if c & 0x8000 else c << 1) & 0xffff
    return f'{c:04X}'


def qr(core):
    head = f"01,{'31' if core['kind'] == 'special' else '32'},,{core['number']},{core['total']},{core['issued_at'][:10].replace('-', '')},,"
    return head + crc(head)


def line(code=LATHE, name=None, amount=None, rate='0.13', quantity=None, price=None, tax=None, **more):
    v = {'tax_code': code, 'name': f'*{SHORT[code]}*{name or "货物"}', 'rate': rate}
    if quantity is not None:
        v |= {'quantity': quantity, 'price': price}
        amount = amount or fen(D(quantity) * D(price))
    v['amount'] = amount
    v['tax'] = tax if tax is not None else fen(D(amount) * D(rate))
    return v | more


def finish(core):
    """Sums, words and QR text of what the lines say."""
    core['amount'] = fen(sum((D(l['amount']) for l in core['lines']), D(0)))
    core['tax'] = fen(sum((D(l['tax']) for l in core['lines']), D(0)))
    core['total'] = fen(D(core['amount']) + D(core['tax']))
    core['total_in_words'] = words(core['total'])
    core['qr'] = qr(core)
    return core


def invoice(*lines, kind='special', general=True, issued='2026-11-24T10:21:05.123+08:00', number=None, seller=None, buyer=None, **more):
    core = {'kind': kind, 'number': number or issued[2:4] + '332000000000000001', 'issued_at': issued,
            'seller': {'name': '海川精密机械有限公司', 'tax_id': seller or T1} | ({'general': True} if general else {}),
            'buyer': buyer or {'name': '远帆纺织进出口有限公司', 'tax_id': T3}, 'drawer': '周海川',
            'lines': list(lines) or [line(quantity='1', price='1000', unit='台', spec='CK6140')]} | more
    return finish(core)


positive, negative = [], []


def put(to, why, form, file, faults=(), verdict=None):
    entry = {'id': f"{'P' if to is positive else 'N'}{len(to) + 1:03d}", 'why': why, 'form': form}
    if isinstance(file, bytes):
        entry |= {'base64': True, 'file': base64.b64encode(file).decode()}
    else:
        entry['file'] = file
    entry |= {'verdict': verdict or ('invalid' if faults else 'valid' if '"proof":' in str(file) else 'unproven'), 'faults': [list(f) for f in faults]}
    to.append(entry)


def text(core):
    return json.dumps(core, ensure_ascii=False, sort_keys=True, separators=(',', ':'))


def envelope(core, indent=None, **more):
    """The JSON form, signed with the keys of the vectors; more: members that are otherwise (None: not there)."""
    v = {'core': core, 'format': 'etax-invoice/1', 'proof': sign.proof(text(core).encode(), core['number'])} | more
    v = {k: x for k, x in v.items() if x is not None}
    return text(v) if indent is None else json.dumps(v, ensure_ascii=False, indent=indent)


def good(why, core):
    put(positive, why, 'json', envelope(core))


def bad(why, change, *faults, core=None):
    v = copy.deepcopy(core if core is not None else invoice())
    got = change(v)
    put(negative, why, 'json', text(v if got is None else got), faults)


# --- XML as other programs write it ---

def xml(core, rate=lambda r: r, money=lambda m: m, extra='', issued=None, root='EInvoice', words_as=None, item_extra=''):
    esc = lambda s: s.replace('&', '&amp;').replace('<', '&lt;').replace('>', '&gt;')
    tag = lambda n, s: f'<{n}>{esc(s)}</{n}>' if s is not None else f'<{n}/>'
    red = core.get('red')
    when = issued or core['issued_at'][:10] + ' ' + core['issued_at'][11:19]
    items = ''.join('<IssuItemInformation>' + ''.join([tag('ItemName', l['name']), tag('SpecMod', l.get('spec')), tag('MeaUnits', l.get('unit')),
        tag('Quantity', l.get('quantity')), tag('UnPrice', l.get('price')), tag('Amount', money(l['amount'])), tag('TaxRate', rate(l['rate'])),
        tag('ComTaxAm', money(l['tax'])), tag('TotaltaxIncludedAmount', fen(D(l['amount']) + D(l['tax']))), tag('TaxClassificationCode', l['tax_code'])])
        + item_extra + '</IssuItemInformation>' for l in core['lines'])
    label = lambda n, c, s: f'<{n}><LabelCode>{c}</LabelCode><LabelName>{s}</LabelName></{n}>'
    return ('<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<' + root + '><Header>' + tag('EIid', core['number']) +
            '<EInvoiceTag>SWEI3300</EInvoiceTag><Version>0.2</Version><InherentLabel>' +
            (label('InIssuType', 'N', '红字') if red else label('InIssuType', 'Y', '蓝字')) + label('EInvoiceType', '01', '电子发票') +
            label('GeneralOrSpecialVAT', '01' if core['kind'] == 'special' else '02', '') +
            label('TaxpayerType', '1' if core['seller'].get('general') else '2', '') +
            '</InherentLabel><UndefinedLabel/></Header><EInvoiceData><SellerInformation>' + tag('SellerIdNum', core['seller']['tax_id']) +
            tag('SellerName', core['seller']['name']) + '</SellerInformation><BuyerInformation>' + tag('BuyerIdNum', core['buyer'].get('tax_id')) +
            tag('BuyerName', core['buyer']['name']) + '</BuyerInformation><BasicInformation>' + tag('TotalAmWithoutTax', money(core['amount'])) +
            tag('TotalTaxAm', money(core['tax'])) + tag('TotalTax-includedAmount', money(core['total'])) +
            tag('TotalTax-includedAmountInChinese', words_as or core['total_in_words']) + tag('Drawer', core.get('drawer')) +
            tag('RequestTime', when) + '</BasicInformation>' + items + '<SpecificInformation>' +
            (f"<RedEInvoice>{tag('OriginalInvoiceCode', red['original'])}{tag('CreditNoteNumber', red['slip'])}</RedEInvoice>" if red else '') +
            '</SpecificInformation><AdditionalInformation>' + tag('Remark', core.get('remark')) + '</AdditionalInformation></EInvoiceData>' + extra +
            '<SellerAuthentication><AuthenticationMethods>01</AuthenticationMethods></SellerAuthentication><TaxSupervisionInfo>' +
            tag('InvoiceNumber', core['number']) + tag('IssueTime', when) + '<TaxBureauCode>13300000000</TaxBureauCode>'
            '<TaxBureauName>国家税务总局浙江省税务局</TaxBureauName></TaxSupervisionInfo></' + root + '>\n')


def pinyin(core):
    items = ''.join(f"<MX><XMMC>{l['name']}</XMMC><JE>{l['amount']}</JE><SLV>{l['rate']}</SLV><SE>{l['tax']}</SE>"
                    f"<SPHFWSSFLHBBM>{l['tax_code']}</SPHFWSSFLHBBM></MX>" for l in core['lines'])
    return (f"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<DZFP><FPHM>{core['number']}</FPHM><FPPZDM>{'01' if core['kind'] == 'special' else '02'}</FPPZDM>"
            f"<KPRQ>{core['issued_at'][:10]}</KPRQ><NSRLX>1</NSRLX><XSFMC>{core['seller']['name']}</XSFMC><XSFNSRSBH>{core['seller']['tax_id']}</XSFNSRSBH>"
            f"<GMFMC>{core['buyer']['name']}</GMFMC><GMFNSRSBH>{core['buyer']['tax_id']}</GMFNSRSBH><HJJE>{core['amount']}</HJJE><HJSE>{core['tax']}</HJSE>"
            f"<JSHJ>{core['total']}</JSHJ><JSHJDX>{core['total_in_words']}</JSHJDX><MXS>{items}</MXS></DZFP>\n")


def package(parts):
    b = io.BytesIO()
    with zipfile.ZipFile(b, 'w', zipfile.ZIP_DEFLATED) as z:
        for name, data in parts:
            z.writestr(zipfile.ZipInfo(name, (2026, 11, 24, 10, 0, 0)), data, zipfile.ZIP_DEFLATED)
    return b.getvalue()


NS = 'xmlns:ofd="http://www.ofdspec.org/2016"'


def ofd(core, data=None, custom='', attach='original_invoice.xml', root='Doc_0/Document.xml', more=()):
    return package([
        ('OFD.xml', f'<?xml version="1.0" encoding="UTF-8"?><ofd:OFD {NS} DocType="OFD" Version="1.1"><ofd:DocBody><ofd:DocInfo><ofd:CustomDatas>'
         f'<ofd:CustomData Name="发票号码">{core["number"]}</ofd:CustomData><ofd:CustomData Name="合计金额">{core["amount"]}</ofd:CustomData>{custom}'
         f'</ofd:CustomDatas></ofd:DocInfo><ofd:DocRoot>{root}</ofd:DocRoot></ofd:DocBody></ofd:OFD>'),
        ('Doc_0/Document.xml', f'<ofd:Document {NS}><ofd:Attachments>Attachs/Attachments.xml</ofd:Attachments></ofd:Document>'),
        ('Doc_0/Attachs/Attachments.xml', f'<ofd:Attachments {NS}><ofd:Attachment Name="x"><ofd:FileLoc>{attach}</ofd:FileLoc></ofd:Attachment></ofd:Attachments>'),
        ('Doc_0/Attachs/original_invoice.xml', data if data is not None else xml(core))] + list(more))


exec(open(ROOT / 'tools/invoice_vectors_list.py').read())
OUT.mkdir(parents=True, exist_ok=True)
for name, entries in (('positive', positive), ('negative', negative)):
    (OUT / f'{name}.jsonl').write_text(''.join(json.dumps(e, ensure_ascii=False, separators=(',', ':')) + '\n' for e in entries))
print(len(positive), 'positive,', len(negative), 'negative')
