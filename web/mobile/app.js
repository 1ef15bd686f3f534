// The pages under /mobile/: words stand in the page itself (both languages); this file fills in figures and moves things.
import qrcode from 'qrcode-generator';
import * as core from './core.js';
import * as device from './device.js';

const $ = (id) => document.getElementById(id);
const word = (name, ...args) => args.reduce((t, a, k) => t.replaceAll(`@${k + 1}`, a), document.querySelector(`[data-w="${name}"]`)?.textContent || name);
const show = (id, on) => { if ($(id)) $(id).hidden = !on; };
const make = (tag, text, cls) => Object.assign(document.createElement(tag), { textContent: text, className: cls || '' });

/** Dark squares as one path: the policy of the page allows no inline style and no data: picture. */
function qrPicture(text, label) {
  qrcode.stringToBytes = qrcode.stringToBytesFuncs?.['UTF-8'] || ((s) => [...new TextEncoder().encode(s)]);
  const qr = qrcode(0, 'L');
  qr.addData(text, 'Byte');
  qr.make();
  const n = qr.getModuleCount(), svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const part = (name, attributes) => {
    const e = document.createElementNS('http://www.w3.org/2000/svg', name);
    for (const [k, v] of Object.entries(attributes)) e.setAttribute(k, v);
    return svg.appendChild(e);
  };
  svg.setAttribute('viewBox', `0 0 ${n + 8} ${n + 8}`);
  svg.setAttribute('class', 'et-qr');
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', label);
  part('path', { fill: '#fff', d: `M0 0h${n + 8}v${n + 8}H0z` });
  let d = '';
  for (let y = 0; y < n; y++)
    for (let x = 0, k; x < n; x = k + 1) {
      for (k = x; k < n && qr.isDark(y, k);) k++;
      if (k > x) d += `M${x + 4} ${y + 4}h${k - x}v1h${x - k}z`;
    }
  part('path', { fill: '#000', d });
  return svg;
}
function tell(kind, text) {
  $('m-told').replaceChildren();
  if (!text) return;
  const box = make('div', '', `et-notice is-${kind}`);
  box.append(make('p', text));
  $('m-told').append(box);
}

/** Name and tax id of a buyer's title QR, as programs write them in various ways. */
export function readTitle(text) {
  const id = /(?:^|[^0-9A-Z])([0-9A-HJ-NP-RT-UW-Y]{18}|[0-9A-Z]{15}|[0-9A-Z]{20})(?![0-9A-Z])/.exec(text)?.[1];
  let json = null;
  try { json = JSON.parse(text); } catch { /* a text */ }
  if (json && typeof json === 'object') return { name: json.name || json.title || json['名称'] || '', tax_id: json.tax_id || json.taxNo || json['税号'] || id || '' };
  const rest = (id ? text.replace(id, '\n') : text).replace(/(公司名称|名称|抬头|税号|纳税人识别号|Name|Tax ?ID)\s*[:：]/gi, '\n');
  return { name: rest.split(/[\n,，;；|]/).map((s) => s.trim()).find((s) => s.length > 1) || '', tax_id: id || '' };
}

// --- issuing ---
let who = null; // session, when there is a network
let reached = true; // whether the last handing over found the server

const LINES_MAX = 20, TYPED = ['m-name', 'm-code', 'm-amount'], ENTERED = [...TYPED, 'm-coal'];
let added = []; // items of this invoice that stand in the list above the fields

/** Coal says of which kind it is; nothing else does (src/services/invoice/issue/rules.c, rules_coal). */
const isCoal = (code) => /^1020(101|102|199)/.test(code);
const line = () => {
  const tax_code = $('m-code').value.trim(), of = isCoal(tax_code) && { coal: $('m-coal').value };
  return { tax_code, name: $('m-name').value.trim(), amount: $('m-amount').value.trim().replaceAll(',', ''), price_includes_tax: true, rate: $('m-rate').value, ...of };
};
/** What is on the invoice: the items added, and the one in the fields unless they are empty. */
const lines = () => (added.length && TYPED.every((id) => !$(id).value.trim()) ? added : [...added, line()]);
function showAdded() {
  $('m-lines').replaceChildren(...added.map((l, k) => {
    const row = make('li', ''), off = make('button', word('take-off'), 'btn btn-sm');
    off.type = 'button';
    off.append(make('span', ` ${l.name}`, 'visually-hidden'));
    off.onclick = () => {
      added = added.filter((_, i) => i !== k);
      showAdded();
      $('m-name').focus();
    };
    row.append(make('span', l.name), make('span', core.grouped(core.fen(l.amount)), 'et-num'), off);
    return row;
  }));
  show('m-lines', added.length > 0);
  figures();
}
function clear(ids) {
  for (const id of ids) $(id).value = '';
}
function addLine() {
  if (faults(ENTERED)) return;
  if (added.length + 1 >= LINES_MAX) return tell('warn', word('full', LINES_MAX));
  added = [...added, line()];
  clear(ENTERED);
  showAdded();
  $('m-name').focus();
}
function figures() {
  const sum = core.totals(lines()) || core.totals(added); // while an item is being typed
  show('m-coal-f', isCoal($('m-code').value.trim()));
  $('m-total').textContent = sum ? core.grouped(sum.total) : '0.00';
  $('m-tax').textContent = sum ? core.grouped(sum.tax) : '0.00';
}
/** The list under the code: what the bureau finds for the words, and the codes used before, also without a network. */
async function offer(words) {
  const r = words ? await fetch(`/v1/tax-codes?q=${encodeURIComponent(words)}`, { headers: { accept: 'application/json' } }).catch(() => null) : null;
  const found = (r?.ok ? (await r.json()).tax_codes : []).filter((t) => t.selectable), used = await device.items();
  const all = new Map([...found.map((t) => [t.code, t.name]), ...used.map((i) => [i.tax_code, i.name])]);
  const option = ([value, name]) => Object.assign(document.createElement('option'), { value, label: `${value} ${name}`, textContent: name });
  $('m-codes').replaceChildren(...[...all].slice(0, 50).map(option));
  return found;
}
let asked;
function search() {
  const words = $('m-code').value.trim();
  clearTimeout(asked);
  if (words && !/^\d{19}$/.test(words)) asked = setTimeout(() => offer(words), 200);
}
async function lookUp() {
  const name = $('m-name').value.trim();
  const known = (await device.items()).find((i) => i.name === name);
  if (known) {
    $('m-code').value = known.tax_code;
    $('m-rate').value = known.rate;
  } else if (name) {
    const [first] = await offer(name);
    if (first && !$('m-code').value) $('m-code').value = first.code;
  }
  figures();
}
function fill(invoice) {
  const l = invoice.lines.at(-1);
  added = invoice.lines.slice(0, -1);
  $('m-buyer').value = invoice.buyer.name;
  $('m-buyer-id').value = invoice.buyer.tax_id || '';
  $('m-name').value = l.name;
  $('m-code').value = l.tax_code;
  $('m-amount').value = l.amount;
  $('m-rate').value = l.rate;
  $('m-coal').value = l.coal || '';
  showAdded();
}
function faults(ids) {
  const bad = [], l = line();
  const check = (id, fine) => {
    if (!ids.includes(id)) fine = true;
    $(id).setAttribute('aria-invalid', String(!fine));
    show(`${id}-e`, !fine);
    if (!fine) bad.push(id);
  };
  check('m-buyer', $('m-buyer').value.trim().length > 0);
  check('m-name', l.name.length > 0);
  check('m-code', /^\d{19}$/.test(l.tax_code));
  check('m-amount', (core.fen(l.amount) ?? 0n) > 0n);
  check('m-coal', l.coal !== '');
  if (bad.length) $(bad[0]).focus();
  return bad.length > 0;
}
function present(i) {
  const link = `${location.origin}/verify/qr?text=${encodeURIComponent(i.qr)}`, subject = word('mail-subject', i.number);
  $('m-qr').replaceChildren(qrPicture(i.qr, word('qr-label', i.number, core.grouped(core.fen(i.total)))));
  $('m-shown-number').textContent = i.number;
  $('m-shown-total').textContent = core.grouped(core.fen(i.total));
  $('m-shown-buyer').textContent = i.buyer;
  $('m-link').href = link;
  $('m-mail').href = `mailto:?subject=${encodeURIComponent(subject)}&body=${encodeURIComponent(`${subject}\n${link}`)}`;
  show('m-share', Boolean(navigator.share));
  $('m-share').onclick = () => navigator.share({ title: subject, url: link }).catch(() => {});
  $('m-again').onclick = () => { fill(i.invoice); show('m-result', false); $('m-amount').focus(); };
  show('m-result', true);
  $('m-result').scrollIntoView();
  $('m-result-head').focus({ preventScroll: true });
}
async function list() {
  const rows = await device.invoices(), mine = await device.lane(), body = $('m-list');
  body.replaceChildren(...rows.slice(0, 100).map((i) => {
    const row = document.createElement('tr'), head = make('th', '', 'is-wide'), button = make('button', i.number, 'btn btn-sm et-num');
    head.scope = 'row';
    button.type = 'button';
    button.onclick = () => present(i);
    head.append(button);
    const total = make('td', core.grouped(core.fen(i.total)), 'et-money'), state = make('td', '');
    total.dataset.l = word('total');
    state.dataset.l = word('state');
    state.append(make('span', word(`state-${i.state}`), `et-tag is-${{ issued: 'ok', queued: 'warn', 'to-confirm': 'warn' }[i.state] || 'bad'}`));
    if (i.detail) state.append(make('span', ` ${i.detail}`, 'et-help'));
    row.append(head, total, state);
    return row;
  }));
  show('m-history', rows.length > 0);
  const waiting = rows.filter((i) => i.state === 'queued').length;
  $('m-net').textContent = !reached ? word('offline') : waiting ? word('waiting', waiting) : word('all-sent');
  if (mine) $('m-left').textContent = word('left', device.left(mine, Date.now()), mine.server.device_name);
  $('m-items').replaceChildren(...(await device.items()).map((i) => Object.assign(document.createElement('option'), { value: i.name })));
  await offer('');
}
async function handOver() {
  reached = await device.sync().catch(() => false);
  await list();
  const mine = await device.lane();
  if (mine?.stopped) {
    tell('bad', word('stopped'));
    show('m-restart', true);
  }
  return reached;
}
const refused = (e) => (e instanceof device.Refused ? word(e.message) : `${word('failed')} ${e.message}`);
async function submit(e) {
  e.preventDefault();
  const all = lines();
  if (faults(all === added ? ['m-buyer'] : ['m-buyer', ...ENTERED])) return;
  const tax_id = $('m-buyer-id').value.trim(), button = $('m-issue');
  button.disabled = true;
  try {
    const invoice = { kind: 'ordinary', buyer: { name: $('m-buyer').value.trim(), ...(tax_id && { tax_id }) }, lines: all };
    const made = await device.issue(invoice);
    tell();
    present(made);
    for (const l of all) await device.rememberItem({ name: l.name, tax_code: l.tax_code, rate: l.rate });
    added = [];
    clear(['m-buyer', 'm-buyer-id', ...ENTERED]);
    showAdded();
    await list();
    if (await handOver()) await moreIfFew();
  } catch (x) {
    tell('bad', refused(x));
  } finally {
    button.disabled = false;
  }
}
async function moreIfFew() {
  const mine = await device.lane();
  if (!mine || mine.stopped || device.left(mine, Date.now()) > device.FEW) return;
  who = await device.session();
  if (!who?.signed_in) return tell('warn', word('few'));
  await device.moreNumbers(who.csrf).then(list, (x) => tell('warn', refused(x)));
}

// --- starting ---
function rates(mine) {
  const before = $('m-rate').value, usual = mine.server.rates.filter((r) => r !== '0');
  $('m-rate').replaceChildren(...usual.map((r) => Object.assign(document.createElement('option'), { value: r, textContent: `${Number(core.units(r, 6)) / 10000}%` })));
  if (before) $('m-rate').value = before;
  else if (usual.includes('0.01')) $('m-rate').value = '0.01';
}
async function ready() {
  const mine = await device.lane();
  show('m-js', true);
  show('m-signin', !mine && !who?.signed_in);
  show('m-enrol', !mine && Boolean(who?.signed_in));
  show('m-form', Boolean(mine) && !mine.stopped);
  show('m-status', Boolean(mine));
  if (mine) rates(mine);
  if (!mine && who?.lanes?.length) $('m-others').textContent = word('others', who.lanes.map((l) => l.device_name).join('、'));
  await list();
}
/** The store was emptied, the mark was not: the key is gone for good, its lane ends, its numbers go back. */
async function wiped() {
  const lost = device.mark();
  if (!lost || (await device.lane()) || !who?.signed_in) return;
  await device.forget(who.csrf, lost, 'wiped').catch(() => {});
  tell('warn', word('wiped'));
}
async function app() {
  $('m-form').addEventListener('submit', submit);
  $('m-form').addEventListener('input', figures);
  $('m-more').addEventListener('click', addLine);
  $('m-name').addEventListener('change', lookUp);
  $('m-code').addEventListener('input', search);
  $('m-title').addEventListener('input', () => {
    const t = readTitle($('m-title').value);
    if (t.name) $('m-buyer').value = t.name;
    if (t.tax_id) $('m-buyer-id').value = t.tax_id;
  });
  $('m-enrol').addEventListener('submit', async (e) => {
    e.preventDefault();
    try {
      await device.enrol(who.csrf, $('m-device').value.trim() || word('this-phone'));
      tell('ok', word('enrolled'));
    } catch (x) {
      tell('bad', refused(x));
    }
    await ready();
  });
  $('m-restart').addEventListener('click', async () => {
    await device.restart();
    tell();
    show('m-restart', false);
    await start();
  });
  $('m-close').addEventListener('click', () => { show('m-result', false); $('m-buyer').focus(); });
  addEventListener('online', () => handOver());
  await start();
  setInterval(handOver, 20_000);
}
async function start() {
  who = await device.session();
  await wiped();
  const half = await device.recover().catch((x) => { tell('bad', refused(x)); return null; });
  await ready();
  if (half) {
    tell('warn', word('recovered', half.number));
    present(half);
  }
  if (who) await device.refresh();
  if (await device.lane()) await handOver();
  await moreIfFew();
  document.documentElement.dataset.ready = '1';
}

// --- the buyer's check ---
async function check() {
  const run = async (e) => {
    e?.preventDefault();
    await device.session();
    const key = await device.verifier(), text = $('c-text').value;
    if (!key) return verdict('warn', word('no-key'));
    const r = await core.checkQr(text, key);
    const kind = { good: 'ok', bureau: 'ok', unsigned: 'warn' }[r.outcome] || 'bad';
    verdict(kind, word(`check-${r.outcome}`), r);
  };
  const verdict = (kind, text, r = {}) => {
    $('c-result').className = `et-verdict is-${kind}`;
    $('c-head').textContent = text;
    const fact = (id, value) => {
      $(id).textContent = value || '–';
      show(`${id}-row`, Boolean(value));
    };
    fact('c-total', r.total !== undefined && core.grouped(r.total));
    fact('c-seller', r.seller_name && `${r.seller_name} ${r.seller_id}`);
    fact('c-number', r.number);
    fact('c-day', r.day);
    fact('c-until', r.until);
    show('c-result', true);
    $('c-head').focus();
  };
  $('c-form').addEventListener('submit', run);
  await device.session();
  show('m-js', true);
  document.documentElement.dataset.ready = '1';
}

/** The camera, where there is one; the reader of pictures comes only when it is asked for. */
function camera() {
  const button = $('m-scan'), video = $('m-video');
  if (!button || !navigator.mediaDevices?.getUserMedia) return;
  button.hidden = false;
  button.addEventListener('click', async () => {
    try {
      const { scan } = await import('/mobile/scan.js');
      video.hidden = false;
      const text = await scan(video);
      const into = $('m-title') || $('c-text');
      into.value = text;
      into.dispatchEvent(new Event('input'));
      if ($('c-form')) $('c-form').requestSubmit();
    } catch {
      (into => into && into.focus())($('m-title') || $('c-text'));
    } finally {
      video.hidden = true;
    }
  });
}

// The code that signs a phone in, with the address that this browser knows the site by.
const phone = document.querySelector('[data-phone]');
if (phone) $('p-code').replaceChildren(qrPicture(location.origin + phone.dataset.phone, document.querySelector('h1').textContent));
document.head.append(Object.assign(document.createElement('link'), { rel: 'manifest', href: '/mobile/manifest.webmanifest' }));
navigator.serviceWorker?.register('/mobile/sw.js', { scope: '/mobile/' }).catch(() => {});
camera();
if ($('m-form')) app();
if ($('c-form')) check();
