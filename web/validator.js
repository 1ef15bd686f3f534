// Checks invoice files in this browser: the rules are WebAssembly inside this script, the page's policy allows no connection
// (connect-src 'none'), so no file can leave. Without it the form uploads.
(async () => {
  const form = document.querySelector('[data-validator]');
  if (!form || !window.WebAssembly) return;
  const input = form.querySelector('input[type=file]'), out = document.querySelector('[data-validator-out]');
  const en = document.documentElement.lang === 'en', lang = en ? 'en' : 'zh';
  const say = (zh, english) => (en ? english : zh);
  let memory;
  const none = () => 0, refused = () => 52;
  const system = new Proxy({}, { get: (_, name) => (name === 'proc_exit' ? () => { throw new Error('exit'); } : /^(environ|args)_/.test(name) ?
    (a, b) => { const v = new DataView(memory.buffer); if (/sizes/.test(name)) { v.setUint32(a, 0, true); v.setUint32(b, 0, true); } return none(); } : refused) });
  const bytes = Uint8Array.from(atob('@wasm@'), (c) => c.charCodeAt(0));
  const start = async () => {
    const { instance } = await WebAssembly.instantiate(bytes, { wasi_snapshot_preview1: system });
    memory = instance.exports.memory;
    if (instance.exports._initialize) instance.exports._initialize();
    return instance.exports;
  };
  let rules = await start();
  async function check(content) {
    try {
      const at = rules.room(content.length);
      new Uint8Array(memory.buffer, at, content.length).set(content);
      const report = rules.check(at, content.length);
      const text = new TextDecoder().decode(new Uint8Array(memory.buffer, report, rules.length()));
      rules.done();
      return JSON.parse(text);
    } catch (e) { rules = await start(); throw e; }
  }
  const node = (name, text, cls) => { const n = document.createElement(name); if (text) n.textContent = text; if (cls) n.className = cls; return n; };
  function fault(f) {
    const li = node('li');
    li.append(node('strong', f.rule[lang]), ' ', node('code', f.pointer || '/'), ' ', node('span', `[${f.code}]`, 'et-meta'));
    li.append(node('small', f.fix[lang] + (f.law ? `  ${f.law}` : ''), 'd-block'));
    return li;
  }
  function show(name, r) {
    const good = r.verdict === 'valid', bare = r.verdict === 'unproven', section = node('section', null, `et-verdict mt-3 is-${good ? 'ok' : bare ? 'warn' : 'bad'}`);
    section.append(node('h2', good ? say('符合规范', 'Valid') : bare ? say('符合规范，但没有签名证明', 'Fits, but nothing proves it') : r.verdict === 'unreadable' ? say('读不懂', 'Unreadable') :
      say(`有 ${r.faults.length} 处不对`, `Faults: ${r.faults.length}`)));
    section.append(node('p', [name, r.format, r.number].filter(Boolean).join(' · ')));
    if (r.faults.length) { const list = node('ol'); list.append(...r.faults.map(fault)); section.append(list); }
    const hash = r.core_hash && r.core_hash['sm2-sm3'];
    if (hash) section.append(node('p', `SM3 ${hash}`, 'et-meta text-break'));
    out.append(section);
  }
  // Without a file: said at the field, as the page that comes back does where there is no script.
  function ask(missing) {
    const field = input.closest('.et-field'), id = `${input.id}-e`;
    field.querySelector('.et-error')?.remove();
    field.classList.toggle('has-error', missing);
    input.classList.toggle('is-invalid', missing);
    if (!missing) { input.removeAttribute('aria-invalid'); return; }
    const p = node('p', say('请先选发票文件', 'Choose an invoice file first'), 'et-error');
    p.id = id;
    input.before(p);
    input.setAttribute('aria-invalid', 'true');
    input.setAttribute('aria-describedby', id);
    input.focus();
  }
  async function run() {
    out.replaceChildren();
    ask(!input.files.length);
    if (!input.files.length) return;
    for (const file of input.files) {
      if (file.size > 16 << 20) show(file.name, { verdict: 'unreadable', faults: [{ rule: { zh: '文件超过 16 MB', en: 'The file exceeds 16 MB' }, fix: { zh: '', en: '' }, code: 'limit' }] });
      else show(file.name, await check(new Uint8Array(await file.arrayBuffer())));
    }
    out.focus();
  }
  input.multiple = true;
  form.addEventListener('submit', (e) => { e.preventDefault(); run(); });
  input.addEventListener('change', run);
  for (const n of document.querySelectorAll('[data-validator-here]')) n.hidden = false;
  for (const n of document.querySelectorAll('[data-validator-upload]')) n.hidden = true;
  window.etaxCheck = check;
})();
