# The vectors themselves; read by tools/invoice_vectors.py. Rules are cited by their code in docs/spec/invoice/rules.md.
# ruff: noqa: F821

# --- 60 that must be accepted ---
good('the plain case: one line, 13 %, quantity and price', invoice())
good('ordinary invoice to a buyer without a number', invoice(kind='ordinary', buyer={'name': '张三'}))
good('ordinary invoice to a natural person with number', invoice(kind='ordinary', buyer={'name': '周海川', 'tax_id': PERSON}))
for r in ('0.13', '0.09', '0.06', '0.05', '0.03'):
    good(f'general payer, rate {r} (usable in 2026)', invoice(line(SOFTWARE, amount='1000.00', rate=r)))
for r in ('0.05', '0.03', '0.01'):
    good(f'small-scale payer, levy rate {r} in 2026', invoice(line(MEAL, amount='1000.00', rate=r), general=False, seller=SMALL))
good('levy rate 0.03 in 2028, when the relief to 1 % has ended', invoice(line(MEAL, amount='1000.00', rate='0.03'), general=False, seller=SMALL,
     issued='2028-03-01T09:00:00.000+08:00'))
good('exempt line on an ordinary invoice', invoice(line(FRUIT, amount='500.00', rate='0', treatment='exempt'), kind='ordinary'))
good('zero-rated line', invoice(line(BUS, amount='500.00', rate='0', treatment='zero'), kind='ordinary'))
good('prepaid card: section 6, not taxed', invoice(line(CARD, amount='1000.00', rate='0', treatment='not_taxed'), kind='ordinary'))
good('taxed and exempt lines together', invoice(line(amount='10.00'), line(FRUIT, amount='5.00', rate='0', treatment='exempt'), kind='ordinary'))
for t in ('13.06', '12.94', '13.00', '13.01'):
    good(f'tolerance of the tax of a line: 100.00 at 13 % with {t}', invoice(line(amount='100.00', tax=t)))
for q, p, a in (('3', '33.3333333333333', '100.00'), ('3', '33.33', '100.00'), ('0.5', '0.01', '0.01'), ('1000000', '0.0000001', '0.10')):
    good(f'quantity {q} times price {p} with amount {a}: at most 0.01 apart', invoice(line(quantity=q, price=p, amount=a)))
good('sum of deviations exactly 1.26', invoice(*[line(amount='100.00', tax='13.06') for _ in range(21)]))
first = line(amount='200.00')
off = line(amount='-20.00', discount=True)
good('discount line behind its line', invoice(first, off))
good('discount as high as the line, beside another line', invoice(first, line(amount='-200.00', discount=True), line(SOFTWARE, amount='1.00', rate='0.06')))
good('two lines, each with its discount', invoice(first, off, line(SOFTWARE, amount='10.00', rate='0.06'), line(SOFTWARE, amount='-1.00', rate='0.06', discount=True)))
RED = {'original': '26332000000000000009', 'slip': '33012611000000000001', 'reason': '02'}
good('red letter, whole', invoice(line(quantity='-1', price='1000', unit='台', line=1), red=RED))
good('red letter of an amount only', invoice(line(amount='-50.00', line=2), red=RED | {'reason': '04'}))
good('red letter of two lines', invoice(line(amount='-50.00', line=1), line(SOFTWARE, amount='-5.00', rate='0.06', line=2), red=RED))
good('red letter without line numbers', invoice(line(amount='-50.00'), red=RED | {'reason': '01'}))
for total, why in (('0.01', 'smallest amount'), ('0.88', 'only 角 and 分'), ('9.00', 'only 圆'), ('100005000.00', '零 between groups'), ('10000000000.10', 'ten thousand million')):
    good(f'total in words: {why}', invoice(line(amount=total)))
good('2000 lines', invoice(*[line(amount='1.00') for _ in range(2000)], kind='ordinary'))
good('names of the full length (150 characters)', invoice(seller=T1, buyer={'name': '名' * 150, 'tax_id': T3}))
good('item name of 600 characters', invoice(line(name='件' * (600 - 4), amount='1.00')))
good('remark of two lines with marks', invoice(remark='合同 <甲> & "乙"\n第二行'))
good('remark of 450 characters', invoice(remark='备' * 450))
good("the seller's own reference", invoice(seller_ref='ERP-2026-000017'))
good('first day of digital invoices', invoice(issued='2021-12-01T00:00:00.000+08:00'))
good('last millisecond of a year in China', invoice(issued='2025-12-31T23:59:59.999+08:00'))
good('number of a city with a plan of its own (95)', invoice(number='26952000000000000001'))
good('no drawer', {k: v for k, v in invoice().items() if k != 'drawer'} and finish({k: v for k, v in invoice().items() if k != 'drawer'}))
good('price with 13 decimals', invoice(line(quantity='3', price='0.3333333333333', amount='1.00')))
put(positive, 'the core inside the JSON form, without proof', 'json', '{"core":' + text(invoice()) + ',"format":"etax-invoice/1"}')
put(positive, 'members in another order, with blanks and line feeds: the canonical bytes are the same', 'json', envelope(invoice(), indent=1).replace('"proof": ', '"proof":'))
put(positive, 'EInvoice XML', 'xml', xml(invoice()))
put(positive, 'XML: rate with six decimals', 'xml', xml(invoice(), rate=lambda r: f'{D(r):.6f}'))
put(positive, 'XML: rate as 13%', 'xml', xml(invoice(), rate=lambda r: f'{D(r) * 100:.0f}%'))
put(positive, 'XML: amounts with six decimals', 'xml', xml(invoice(), money=lambda m: m + '0000'))
put(positive, 'XML: unknown elements are skipped', 'xml', xml(invoice(), extra='<ptbh>1</ptbh>', item_extra='<Other/>'))
put(positive, 'XML: words with 元 and 正', 'xml', xml(invoice(), words_as=words('1130.00').replace('圆', '元').replace('整', '正')))
put(positive, 'XML: date without a time', 'xml', xml(invoice(issued='2026-11-24T00:00:00.000+08:00'), issued='2026-11-24'))
put(positive, 'XML: a negative line without quantity is the discount of the line before', 'xml', xml(invoice(first, off)))
put(positive, 'the dialect of initials', 'xml', pinyin(invoice(line(amount='1000.00'))))
put(positive, 'OFD without a seal: the data file inside', 'ofd', ofd(invoice()))

# special businesses, differential taxation, dwellings let by individuals (domain rules §3.7, §4.4)
WORKS, DISPATCH, DWELLING, CROP = '3050100000000000000', '3040803010000000000', '3040502020102000000', '1010112010000000000'
SITE = {'business': 'construction', 'special': [{'place': '杭州市西湖区', 'project': '湖滨改造'}]}
VOUCHER = {'kind': '01', 'voucher_no': '26332000000000000011', 'amount': '212.00'}
SHARE = {'differential': {'form': 'difference', 'deduction': '212.00', 'proofs': [VOUCHER]}}
shared = lambda tax='48.00': invoice(line(SOFTWARE, amount=fen(D('1060.00') - D(tax)), tax=tax, rate='0.06', treatment='difference'), **SHARE)
let = lambda tax='45.00': invoice(line(DWELLING, amount=fen(D('3150.00') - D(tax)), tax=tax, rate='0.05', treatment='reduced'), kind='ordinary', buyer={'name': '张三'}, general=False, seller=SMALL)
good('construction with place and project', invoice(line(WORKS, amount='100.00', rate='0.09'), **SITE))
good('difference form: 1060.00 less 212.00 at 6 %', shared())
good('full form: the usual face, and what was deducted', invoice(line(SOFTWARE, amount='1000.00', rate='0.06'), differential={'form': 'full', 'deduction': '212.00'}))
good('dwelling let: 5 % reduced to 1.5 %', let())
good('farm produce bought: the buyer issues', {k: v for k, v in finish(invoice(line(CROP, amount='500.00', rate='0', treatment='exempt'), kind='ordinary', general=False,
     seller=PERSON, buyer={'name': '海川精密机械有限公司', 'tax_id': T1, 'general': True}, business='produce_purchase')).items()})
good('a preference of a line', invoice(line(amount='100.00', rate='0.03', policy='simple_3')))

# later ones stand behind, so that the earlier keep their ids
good('red letter of a line with its discount', invoice(line(quantity='-2', price='100', line=1), line(amount='20.00', discount=True, line=1), red=RED))
good('red letter of two lines, each with its discount, one of them the whole of it', invoice(line(amount='-200.00', line=1), line(amount='20.00', discount=True, line=1),
     line(SOFTWARE, amount='-10.00', rate='0.06', line=3), line(SOFTWARE, amount='10.00', rate='0.06', discount=True, line=3), red=RED))
good('red letter of an exempt line with its discount', invoice(line(FRUIT, amount='-500.00', rate='0', treatment='exempt', line=1),
     line(FRUIT, amount='50.00', rate='0', treatment='exempt', discount=True, line=1), kind='ordinary', red=RED))
put(positive, 'XML: on a red letter a positive line without quantity is the discount of the line before', 'xml', xml(invoice(line(amount='-200.00'), line(amount='20.00', discount=True), red=RED)).replace('</AdditionalInformation>', '<EtaxCore><RedReason>02</RedReason></EtaxCore></AdditionalInformation>'))
put(positive, 'the core alone', 'json', text(invoice()))
suites = sign.proof(text(invoice()).encode(), invoice()['number'])
for suite in suites:
    put(positive, f'the proof under {suite} alone: either is enough', 'json', envelope(invoice(), proof={suite: suites[suite]}))
assert len(positive) == 73, len(positive)


# --- 240 that must be refused: one rule each, unless the reason says more ---
def drop(*names):
    def f(v):
        at = v
        for n in names[:-1]:
            at = at[n]
        del at[names[-1]]
    return f


def setv(value, *names):
    def f(v):
        at = v
        for n in names[:-1]:
            at = at[n]
        at[names[-1]] = value
    return f


def pointer(names):
    return ''.join(f'/{n}' for n in names)


# a required member is not there (missing)
for names in [('amount',), ('buyer',), ('issued_at',), ('kind',), ('lines',), ('number',), ('qr',), ('seller',), ('tax',), ('total',),
              ('total_in_words',), ('seller', 'name'), ('seller', 'tax_id'), ('buyer', 'name'), ('lines', 0, 'amount'), ('lines', 0, 'name'),
              ('lines', 0, 'rate'), ('lines', 0, 'tax'), ('lines', 0, 'tax_code')]:
    bad(f'{pointer(names)} is not there', drop(*names), ('missing', pointer(names)))
for name in ('original', 'slip', 'reason'):
    bad(f'/red/{name} is not there', drop('red', name), ('missing', f'/red/{name}'), core=invoice(line(amount='-50.00'), red=RED))

# another type than laid down (type)
for names in [('amount',), ('tax',), ('total',), ('kind',), ('number',), ('qr',), ('issued_at',), ('remark',), ('drawer',), ('seller_ref',),
              ('total_in_words',), ('seller', 'name'), ('seller', 'tax_id'), ('buyer', 'name'), ('buyer', 'tax_id'), ('lines', 0, 'amount'), ('lines', 0, 'name'),
              ('lines', 0, 'rate'), ('lines', 0, 'tax'), ('lines', 0, 'tax_code'), ('lines', 0, 'unit'), ('lines', 0, 'spec')]:
    more = [('buyer-tax-id', '/buyer/tax_id')] if False else []
    base = invoice()
    # a buyer's number that is no text is there, but no number: a special invoice lacks it, so the ordinary kind is taken
    if names == ('buyer', 'tax_id'):
        base = invoice(kind='ordinary')
    bad(f'{pointer(names)} is a number, not a text', setv(1, *names), ('type', pointer(names)), *more, core=base)
for names in [('seller',), ('buyer',), ('lines',)]:
    bad(f'{pointer(names)} is a text', setv('x', *names), ('type', pointer(names)), core=invoice(kind='ordinary'))
bad('general: false is written by leaving it out', setv(False, 'seller', 'general'), ('type', '/seller/general'),
    core=invoice(line(amount='100.00', rate='0.03')))
bad('a line that is no object', setv('x', 'lines', 0), ('type', '/lines/0'))
bad('discount: false is written by leaving it out', setv(False, 'lines', 0, 'discount'), ('type', '/lines/0/discount'))
for n in (0, -1, 2001):
    bad(f'line number {n} is out of range', setv(n, 'lines', 0, 'line'), ('type', '/lines/0/line'),
        *([('line-reference', '/lines/0/line')] if False else []), core=invoice(line(amount='-50.00', line=1), red=RED))

# members that nobody knows (member-unknown)
for names in [('Amount',), ('currency',), ('seller', 'address'), ('buyer', 'grade'), ('lines', 0, 'vat'), ('lines', 0, 'taxcode')]:
    bad(f'{pointer(names)} is not in the specification', setv('x', *names), ('member-unknown', pointer(names)))

# texts
for names in [('remark',), ('drawer',), ('seller_ref',), ('buyer', 'name'), ('seller', 'name'), ('lines', 0, 'unit'), ('lines', 0, 'spec')]:
    bad(f'{pointer(names)} is empty', setv('', *names), ('text-empty', pointer(names)))
    bad(f'{pointer(names)} begins with a blank', setv(' 甲', *names), ('text-blanks', pointer(names)))
    bad(f'{pointer(names)} holds a tab', setv('甲\t乙', *names), ('text-control', pointer(names)))
for n, *names in [(451, 'remark'), (301, 'drawer'), (65, 'seller_ref'), (151, 'buyer', 'name'), (151, 'seller', 'name'), (301, 'lines', 0, 'unit'),
                  (151, 'lines', 0, 'spec')]:
    bad(f'{pointer(names)} has {n} characters', setv('字' * n, *names), ('text-long', pointer(names)))
bad('item name of 601 characters', lambda v: None, ('text-long', '/lines/0/name'), core=invoice(line(name='件' * 597, amount='1.00')))

# amounts, numbers, rates, times in another writing; what is wrong by itself takes part in no further rule
for value in ('1000', '1000.0', '1,000.00', '+1000.00', '1000.000', '1e3', '', '¥1000.00', '01000.00', '-0.00'):
    bad(f'/amount written "{value}"', setv(value, 'amount'), ('money', '/amount'), *([('sum-amount', '/amount'), ('total-differs', '/total')] if value == '-0.00' else []))
for value in ('113', '0.13 ', '一百三十'):
    bad(f'/lines/0/tax written "{value}"', setv(value, 'lines', 0, 'tax'), ('money', '/lines/0/tax'), *([('tax-tolerance', '/lines/0/tax'), ('sum-tax', '/tax')] if value == '113' else []))
for value in ('1.0', '1,000', 'one', '1e0', '', '00001', '0.12345678901234'):
    fit = {'1.0', '00001'}
    bad(f'quantity written "{value}"', setv(value, 'lines', 0, 'quantity'), ('decimal', '/lines/0/quantity'))
for value in ('13%', '0.130', '13', '.13', '-0.13', ''):
    bad(f'rate written "{value}"', setv(value, 'lines', 0, 'rate'), ('rate-form', '/lines/0/rate'))
for value in ('2026-11-24', '2026-11-24 10:21:05', '2026-11-24T10:21:05+08:00', '2026-11-24T02:21:05.123Z', '2026-02-30T10:21:05.123+08:00', '24.11.2026', ''):
    bad(f'time written "{value}"', setv(value, 'issued_at'), ('instant', '/issued_at'))

# number
for value in ('2633200000000000001', '263320000000000000011', '2633200000000000000X', ''):
    bad(f'number "{value}"', setv(value, 'number'), ('digits', '/number'))
bad('year of the number is not that of the date', lambda v: None, ('number-year', '/number'), core=invoice(number='25332000000000000001'))
for region in ('00', '16', '38', '71', '99'):
    bad(f'region {region} does not exist', lambda v: None, ('number-region', '/number'), core=invoice(number=f'26{region}2000000000000001'))
bad('before digital invoices existed', lambda v: None, ('issued-early', '/issued_at'), core=invoice(issued='2021-11-30T23:59:59.000+08:00'))
for value in ('paper', 'Special', '01'):
    bad(f'kind "{value}"', setv(value, 'kind'), ('choice', '/kind'))

# parties
for value, why in (('91330100MA2H000143', 'wrong check character'), ('91330100MA2H00014I', 'letter I is not in the alphabet'), ('9133010', 'too short'),
                   ('91330100MA2H0001424', '19 characters'), ('91330100ma2h000142', 'small letters')):
    bad(f"seller's number: {why}", setv(value, 'seller', 'tax_id'), ('tax-id', '/seller/tax_id'))
    bad(f"buyer's number: {why}", setv(value, 'buyer', 'tax_id'), ('tax-id', '/buyer/tax_id'))
bad('special invoice without the number of the buyer', drop('buyer', 'tax_id'), ('buyer-tax-id', '/buyer/tax_id'))
bad('special invoice to a natural person', setv(PERSON, 'buyer', 'tax_id'), ('buyer-person', '/buyer/tax_id'))

# lines
empty = invoice() | {'lines': []}
bad('no lines', lambda v: None, ('lines-empty', '/lines'), core=empty)
bad('2001 lines', lambda v: None, ('lines-many', '/lines'), core=invoice(*[line(amount='1.00') for _ in range(2001)], kind='ordinary'))
for code in ('109010503000000000', '10901050300000000000', '7090105030000000000', '0090105030000000000', '1090005030000000000', '109010503000000000A', ''):
    faults = [('tax-code-form', '/lines/0/tax_code')] if code else [('text-empty', '/lines/0/tax_code')]
    if len(code) > 19:
        faults.append(('text-long', '/lines/0/tax_code'))
    bad(f'tax code "{code}"', setv(code, 'lines', 0, 'tax_code'), *faults)
bad('a code that is not in the table', setv('1999999999900000000', 'lines', 0, 'tax_code'), ('tax-code-unknown', '/lines/0/tax_code'))
for name in ('车床', '*车床', '**车床', '*信息技术服务*车床', '机床*车床'):
    bad(f'name "{name}" does not bring the short name of its code', setv(name, 'lines', 0, 'name'), ('short-name', '/lines/0/name'))
for r, general, seller, day in (('0.17', True, T1, '2026'), ('0.16', True, T1, '2026'), ('0.01', True, T1, '2026'), ('0.13', False, SMALL, '2026'),
                                ('0.09', False, SMALL, '2026'), ('0.02', True, T1, '2026'), ('0.01', False, SMALL, '2028')):
    bad(f"rate {r} in {day} for a {'general' if general else 'small-scale'} payer", lambda v: None, ('rate', '/lines/0/rate'),
        core=invoice(line(amount='100.00', rate=r), general=general, seller=seller, issued=f'{day}-11-24T10:00:00.000+08:00'))
for t in ('exempt', 'zero'):
    bad(f'{t} with a rate', setv(t, 'lines', 0, 'treatment'), ('treatment-rate', '/lines/0/rate'))
bad('rate 0 without a treatment', lambda v: None, ('treatment-missing', '/lines/0/treatment'), core=invoice(line(FRUIT, amount='5.00', rate='0'), kind='ordinary'))
for t in ('exempt', 'zero'):
    bad(f'section 6 as {t}', lambda v: None, ('treatment-code', '/lines/0/treatment'), core=invoice(line(CARD, amount='5.00', rate='0', treatment=t), kind='ordinary'))
bad('section 6 with a rate', lambda v: None, ('treatment-code', '/lines/0/treatment'), core=invoice(line(CARD, amount='5.00', rate='0.06'), kind='ordinary'))
bad('goods as not taxed', lambda v: None, ('treatment-not-taxed', '/lines/0/treatment'), core=invoice(line(FRUIT, amount='5.00', rate='0', treatment='not_taxed'), kind='ordinary'))
for t, code in (('exempt', FRUIT), ('zero', BUS), ('not_taxed', CARD)):
    bad(f'{t} on a special invoice', lambda v: None, ('special-exempt', '/lines/0/rate'), core=invoice(line(code, amount='5.00', rate='0', treatment=t)))
for value in ('taxed', 'free', 'Exempt'):
    bad(f'treatment "{value}"', setv(value, 'lines', 0, 'treatment'), ('choice', '/lines/0/treatment'))
bad('quantity without price', drop('lines', 0, 'price'), ('quantity-price', '/lines/0/price'))
bad('price without quantity', drop('lines', 0, 'quantity'), ('quantity-price', '/lines/0/quantity'))
bad('price 0', setv('0', 'lines', 0, 'price'), ('not-positive', '/lines/0/price'))
bad('price below 0', setv('-1000', 'lines', 0, 'price'), ('not-positive', '/lines/0/price'))
bad('quantity 0', setv('0', 'lines', 0, 'quantity'), ('not-positive', '/lines/0/quantity'))
for p in ('999.98', '1000.02', '1', '10000'):
    bad(f'1 times {p} is not 1000.00', setv(p, 'lines', 0, 'price'), ('amount-product', '/lines/0/amount'))
for t in ('13.07', '12.93', '0.00', '17.00', '26.00'):
    bad(f'tax of 100.00 at 13 % is not {t}', lambda v: None, ('tax-tolerance', '/lines/0/tax'), core=invoice(line(amount='100.00', tax=t)))
bad('negative tax of a positive amount', lambda v: None, ('tax-sign', '/lines/0/tax'), core=invoice(line(amount='100.00', tax='-13.00')))
bad('sum of deviations 1.32', lambda v: None, ('tax-tolerance-sum', '/lines'), core=invoice(*[line(amount='100.00', tax='13.06') for _ in range(22)]))
bad('a negative line that is no discount', lambda v: None, ('amount-sign', '/lines/1/amount'), core=invoice(line(amount='100.00'), line(SOFTWARE, amount='-5.00', rate='0.06')))
bad('a line of nothing', lambda v: None, ('amount-sign', '/lines/1/amount'), core=invoice(line(amount='100.00'), line(SOFTWARE, amount='0.00', rate='0.06')))
bad('a discount line at the top', lambda v: None, ('discount-place', '/lines/0/discount'), core=invoice(off, line(amount='200.00')))
bad('two discount lines in a row', lambda v: None, ('discount-place', '/lines/2/discount'), core=invoice(first, off, off))
bad('discount under another name', lambda v: None, ('discount-differs', '/lines/1'), core=invoice(first, off | {'name': '*机床*别的'}))
bad('discount at another rate', lambda v: None, ('discount-differs', '/lines/1'), core=invoice(first, line(amount='-20.00', rate='0.06', discount=True)))
bad('discount with a unit', lambda v: None, ('discount-quantity', '/lines/1'), core=invoice(first, off | {'unit': '台'}))
bad('discount with quantity and price', lambda v: None, ('discount-quantity', '/lines/1'), core=invoice(first, off | {'quantity': '-1', 'price': '20'}))
bad('discount above the line', lambda v: None, ('discount', '/lines/1/amount'), core=invoice(first, line(amount='-200.01', discount=True), line(amount='50.00')))
bad('a discount that adds', lambda v: None, ('amount-sign', '/lines/1/amount'), core=invoice(first, line(amount='20.00', discount=True)))
bad('a blue line that refers to a line', setv(1, 'lines', 0, 'line'), ('line-reference', '/lines/0/line'))
bad('two red lines of one blue line', lambda v: None, ('line-reference', '/lines/1/line'), core=invoice(line(amount='-1.00', line=1), line(amount='-2.00', line=1), red=RED))

# sums
bad('amount is not the sum of the lines', lambda v: v | {'amount': '1000.01', 'total': '1130.01', 'total_in_words': words('1130.01'), 'qr': qr(v | {'total': '1130.01'})}, ('sum-amount', '/amount'))
bad('tax is not the sum of the lines', lambda v: v | {'tax': '130.01', 'total': '1130.01', 'total_in_words': words('1130.01'), 'qr': qr(v | {'total': '1130.01'})}, ('sum-tax', '/tax'))
bad('total is one fen off', lambda v: v | {'total': '1130.01', 'total_in_words': words('1130.01'), 'qr': qr(v | {'total': '1130.01'})}, ('total-differs', '/total'))
for w in ('壹仟壹佰叁拾圆', '壹仟壹佰叁拾元整', '壹仟壹佰叁拾壹圆整', '一千一百三十圆整'):
    bad(f'total in words "{w}"', setv(w, 'total_in_words'), ('total-words', '/total_in_words'))

# red letters
bad('negative without naming what is reversed', drop('red'), ('red-missing', '/red'), core=invoice(line(amount='-50.00'), red=RED))
bad('red letter with positive lines', lambda v: None, ('amount-sign', '/lines/0/amount'), ('total-not-negative', '/total'), core=invoice(line(amount='50.00'), red=RED))
bad('a red letter that reverses itself', lambda v: None, ('red-self', '/red/original'), core=invoice(line(amount='-50.00'), red=RED | {'original': '26332000000000000001'}))
for value in ('00', '05', 'return'):
    bad(f'reason "{value}"', lambda v: None, ('choice', '/red/reason'), core=invoice(line(amount='-50.00'), red=RED | {'reason': value}))
bad('blue number of 19 digits', lambda v: None, ('digits', '/red/original'), core=invoice(line(amount='-50.00'), red=RED | {'original': '2633200000000000009'}))
bad('slip with letters', lambda v: None, ('digits', '/red/slip'), core=invoice(line(amount='-50.00'), red=RED | {'slip': '3301261100000000000A'}))
bad('positive quantity on a red letter', lambda v: None, ('amount-sign', '/lines/0/quantity'), core=invoice(line(amount='-50.00') | {'quantity': '1', 'price': '50'}, red=RED))
takes_back = line(amount='-200.00', line=1)
gives_back = line(amount='20.00', discount=True, line=1)
bad('a negative discount line on a red letter', lambda v: None, ('amount-sign', '/lines/1/amount'), core=invoice(takes_back, gives_back | {'amount': '-20.00', 'tax': '-2.60'}, red=RED))

# special businesses and differential taxation
bad('construction without its project', lambda v: v['special'][0].pop('project') and None, ('special-missing', '/special/0/project'), core=invoice(line(WORKS, amount='100.00', rate='0.09'), **SITE))
bad('construction without its details', lambda v: v.pop('special') and None, ('special-missing', '/special'), core=invoice(line(WORKS, amount='100.00', rate='0.09'), **SITE))
bad('construction with a field of others', lambda v: v['special'][0].update(vin='LSVAA49J132047371'), ('special-unknown', '/special/0/vin'), core=invoice(line(WORKS, amount='100.00', rate='0.09'), **SITE))
bad('details without a business', lambda v: v.pop('business') and None, ('special-unknown', '/special/0/place'), ('special-unknown', '/special/0/project'), core=invoice(line(WORKS, amount='100.00', rate='0.09'), **SITE))
bad('a business that does not exist', setv('space_travel', 'business'), ('choice', '/business'))
bad('difference form with the tax of the whole', lambda v: None, ('tax-tolerance', '/lines/0/tax'), core=shared('60.00'))
bad('starred rate without differential taxation', lambda v: v.pop('differential') and None, ('treatment-rate', '/lines/0/treatment'), core=shared())
bad('dwelling let with the tax of 5 %', lambda v: None, ('tax-tolerance', '/lines/0/tax'), core=let('150.00'))
bad('differential taxation in a form of its own', setv('half', 'differential', 'form'), ('choice', '/differential/form'), core=invoice(line(SOFTWARE, amount='1000.00', rate='0.06'), differential={'form': 'full', 'deduction': '212.00'}))
bad('a preference that does not exist', setv('free', 'lines', 0, 'policy'), ('choice', '/lines/0/policy'))

# QR text
bad('QR text of another total', lambda v: v | {'qr': qr(v | {'total': '1130.01'})}, ('qr', '/qr'))
bad('QR text with a wrong check', lambda v: v | {'qr': v['qr'][:-4] + '0000' if v['qr'][-4:] != '0000' else '1111'}, ('qr', '/qr'))
bad('QR text of the other kind', lambda v: v | {'qr': qr(v | {'kind': 'ordinary'})}, ('qr', '/qr'))

# seven faults in one file, all told
def seven(v):
    v['seller']['tax_id'] = '91330100MA2H000143'
    v['remark'] = ''
    v['lines'][0] |= {'tax': '131.00', 'name': '*别的*车床', 'unit': ' 台'}
    v['tax'] = '130.50'
    v['currency'] = 'CNY'
bad('seven faults at once', seven, ('tax-id', '/seller/tax_id'), ('text-empty', '/remark'), ('tax-tolerance', '/lines/0/tax'),
    ('short-name', '/lines/0/name'), ('text-blanks', '/lines/0/unit'), ('sum-tax', '/tax'), ('total-differs', '/total'), ('member-unknown', '/currency'))

# files that are none
N = lambda why, form, file, *faults: put(negative, why, form, file, faults, 'unreadable')
N('an empty file', 'json', '', ('file-empty', ''))
N('blanks only', 'json', ' \n', ('file-empty', ''))
N('plain text', 'json', 'hello', ('file-format', ''))
N('JSON that ends early', 'json', text(invoice())[:-1], ('json', ''))
N('a member twice', 'json', '{"number":"1","number":"2"}', ('json', ''))
N('an array', 'json', '[]', ('type', ''))
N('a number with decimals: amounts are texts', 'json', '{"amount":1130.00}', ('json', ''))
put(negative, 'a core whose hash is another, well signed', 'json', envelope(invoice(), proof=sign.proof(b'', invoice()['number'], {'sm2-sm3': '0' * 64, 'ed25519-sha256': '0' * 64})),
    [('core-hash', '')])
N('XML with a DTD', 'xml', '<!DOCTYPE EInvoice [<!ENTITY a "b">]><EInvoice>&a;</EInvoice>', ('xml', ''))
N('entity expansion', 'xml', '<!DOCTYPE l [<!ENTITY a "1"><!ENTITY b "&a;&a;&a;&a;">]><l>&b;</l>', ('xml', ''))
N('XML that ends early', 'xml', xml(invoice())[:-12], ('xml', ''))
N('another root', 'xml', '<?xml version="1.0"?><Invoice/>', ('xml-dialect', ''))
N('41 elements deep', 'xml', '<a>' * 41 + '</a>' * 41, ('xml', ''))
bad_xml = lambda why, file, *faults: put(negative, why, 'xml', file, faults)
bad_xml('XML: total one fen off', xml(invoice()).replace('<TotalTax-includedAmount>1130.00', '<TotalTax-includedAmount>1130.01'), ('total-differs', '/total'), ('total-words', '/total_in_words'))
bad_xml('XML: tax with six decimals that mean something', xml(invoice()).replace('<ComTaxAm>130.00', '<ComTaxAm>130.000001'), ('money', '/lines/0/tax'))
bad_xml('XML: words of another amount', xml(invoice(), words_as='壹圆整'), ('total-words', '/total_in_words'))
bad_xml('XML: no tax code', xml(invoice()).replace(f'<TaxClassificationCode>{LATHE}</TaxClassificationCode>', '<TaxClassificationCode/>'), ('missing', '/lines/0/tax_code'))
N('PDF without a data file', 'pdf', b'%PDF-1.5\n%%EOF\n', ('pdf-attachment', ''))
N('a ZIP that is no OFD', 'ofd', package([('a.txt', 'a')]), ('ofd', ''))
N('OFD whose data file leads outside', 'ofd', ofd(invoice(), attach='../../../etc/passwd.xml'), ('ofd', ''))
N('OFD with a path that leads outside', 'ofd', ofd(invoice(), more=[('../evil.xml', '<a/>')]), ('limit', ''))
N('OFD that unpacks to 12 MB of nothing', 'ofd', ofd(invoice(), more=[('bomb.xml', ' ' * (12 << 20))]), ('limit', ''))
N('OFD without its document', 'ofd', ofd(invoice(), root='Doc_9/Document.xml'), ('ofd', ''))
N('OFD cut off', 'ofd', ofd(invoice())[:-10], ('zip', ''))
put(negative, 'OFD whose metadata name another number', 'ofd', ofd(invoice(), custom='<ofd:CustomData Name="发票号码">26332000000000000002</ofd:CustomData>'), [('ofd-data', '')])
put(negative, 'OFD whose data file has faults', 'ofd', ofd(invoice(), data=xml(invoice()).replace('<ComTaxAm>130.00', '<ComTaxAm>131.00')), [('tax-tolerance', '/lines/0/tax'), ('sum-tax', '/tax')])

# later ones stand behind, so that the earlier keep their ids
bad('red discount of another line', lambda v: None, ('line-reference', '/lines/1/line'), core=invoice(takes_back, gives_back | {'line': 2}, red=RED))
bad('red discount without the line that it belongs to', lambda v: None, ('line-reference', '/lines/1/line'), core=invoice(takes_back, line(amount='20.00', discount=True), red=RED))
bad('red discount at the top', lambda v: None, ('discount-place', '/lines/0/discount'), core=invoice(gives_back, takes_back, red=RED))
bad('red discount above its line', lambda v: None, ('discount', '/lines/1/amount'), core=invoice(takes_back, gives_back | {'amount': '200.01', 'tax': '26.00'}, line(SOFTWARE, amount='-9.00', rate='0.06', line=3), red=RED))
bad('a positive line on a red letter that is no discount', lambda v: None, ('amount-sign', '/lines/1/amount'), core=invoice(takes_back, line(amount='20.00', line=2), red=RED))
bad_json = lambda why, *faults, **more: put(negative, why, 'json', envelope(invoice(), **more), faults)
bad_json('the envelope of another version', ('choice', ''), format='etax-invoice/2')
bad_json('the envelope without its format', ('missing', ''), format=None)
bad_json('the format is no text', ('type', ''), format=1)
bad_json('a member of the envelope that nobody knows', ('member-unknown', ''), total_override='1.00')
bad_json('the proof misspelt', ('member-unknown', ''), proof=None, prof=suites)
bad_json('the proof is a text', ('type', ''), proof='x')
bad_json('a proof without a suite', ('missing', ''), proof={})
bad_json('a suite that nobody knows', ('member-unknown', ''), proof=suites | {'rsa-md5': {}})
bad_json('a suite without its signature', ('missing', ''), proof=suites | {'sm2-sm3': {k: v for k, v in suites['sm2-sm3'].items() if k != 'signature'}})
bad_json('a suite with something more', ('member-unknown', ''), proof=suites | {'sm2-sm3': suites['sm2-sm3'] | {'by': 'x'}})
bad_json('the hash of one suite is another', ('core-hash', ''), proof=suites | {'sm2-sm3': sign.proof(b'', invoice()['number'], {'sm2-sm3': '0' * 64, 'ed25519-sha256': '0' * 64})['sm2-sm3']})
plain = ofd(invoice())
N('OFD with bytes behind its end', 'ofd', plain + b'x', ('zip', ''))
N('OFD with bytes before its first part', 'ofd', b'PK' + plain, ('zip', ''))
N('OFD with a comment', 'ofd', plain[:-2] + b'\x01\0x', ('zip', ''))
N('OFD whose two headers tell other times', 'ofd', plain[:10] + b'\0\0' + plain[12:], ('zip', ''))
