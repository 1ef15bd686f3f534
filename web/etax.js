// Conveniences only: every page works without this file (design language §6, §12).
document.addEventListener('keydown', (e) => {
  if (e.key !== 'Escape') return;
  const open = document.querySelector('details.et-menu[open]');
  if (open) {
    open.open = false;
    open.querySelector('summary').focus();
  }
});
// One menu at a time.
document.addEventListener('click', (e) => {
  for (const menu of document.querySelectorAll('details.et-menu[open]')) if (!menu.contains(e.target)) menu.open = false;
});
// A refused form: the list of faults is read out first.
document.getElementById('errors')?.focus();
// A second click sends nothing twice (the key of the form would make it harmless, but the wait should be seen).
document.addEventListener('submit', (e) => {
  const form = e.target;
  if (form.method !== 'post') return;
  if (form.dataset.sent) {
    e.preventDefault();
    return;
  }
  form.dataset.sent = '1';
  // The way back from what comes next leads to the page of the form, not to "confirm resubmission" of a post before.
  if (form.dataset.back && location.pathname !== form.dataset.back) history.replaceState(null, '', form.dataset.back);
  const button = e.submitter;
  if (button) button.setAttribute('aria-busy', 'true');
  setTimeout(() => { delete form.dataset.sent; button?.removeAttribute('aria-busy'); }, 8000);
});
// The way back from another page shows the form as it is now on the server.
addEventListener('pageshow', (e) => {
  if (e.persisted) location.reload();
});
for (const button of document.querySelectorAll('[data-print]')) {
  button.hidden = false;
  button.addEventListener('click', () => print());
}
// A page that waits for a result (beside its link) looks again by itself.
const waits = document.querySelector('[data-reload]');
if (waits) setTimeout(() => location.reload(), 1000 * waits.dataset.reload);
// Forms with figures (data-live): while typing, the server works the form out again, and only what it says is shown anew.
for (const form of document.querySelectorAll('form[data-live]')) {
  let timer, asked = 0;
  const rows = (root) => [...root.querySelectorAll('[data-row]')];
  const filled = (row) => [...row.querySelectorAll('input:not([type=checkbox])')].some((i) => i.value.trim());
  const parts = (root, inRow) => [...root.querySelectorAll('[data-part]')].filter((p) => inRow || !p.closest('[data-row]'));
  const take = (to, from, inRow) => {
    const said = new Map(parts(from, inRow).map((p) => [p.dataset.part, p.innerHTML]));
    for (const part of parts(to, inRow)) {
      const html = said.get(part.dataset.part);
      if (html !== undefined && html !== part.innerHTML && !part.contains(document.activeElement)) part.innerHTML = html;
    }
  };
  const refresh = async () => {
    const mine = ++asked, body = new URLSearchParams(new FormData(form));
    body.set('_again', 'live');
    const answer = await fetch(form.action, { method: 'POST', body }).catch(() => null);
    if (!answer?.ok || mine !== asked) return;
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    if (mine !== asked) return;
    take(form, page, false);
    // The server leaves empty rows out.
    const theirs = rows(page);
    rows(form).filter(filled).forEach((row, i) => theirs[i] && take(row, theirs[i], true));
    for (const box of form.querySelectorAll('[data-fill]')) {
      const control = box.querySelector('input'), said = page.getElementById(control.id)?.value;
      if (said && control !== document.activeElement) control.value = said;
    }
  };
  const soon = () => {
    clearTimeout(timer);
    asked++;
    timer = setTimeout(refresh, 500);
  };
  form.addEventListener('input', soon);
  form.addEventListener('change', soon);
  // "set lines.0.tax_code 109…": no way to the server and back is needed to fill a control in.
  form.addEventListener('click', (e) => {
    const button = e.target.closest('button[name=_again]'), set = /^set (\S+) (.*)$/.exec(button?.value || '');
    const row = button?.closest('[data-row]');
    const control = set && (row ? row.querySelector(`[name$=".${set[1].split('.').pop()}"]`) : form.elements[set[1]]);
    if (!control) return;
    e.preventDefault();
    control.value = set[2];
    control.focus();
    clearTimeout(timer);
    refresh();
  });
  // Enter leads on, as in a spreadsheet; with Ctrl it adds a row.
  form.addEventListener('keydown', (e) => {
    if (e.key !== 'Enter' || !e.target.matches('input, select')) return;
    e.preventDefault();
    if (e.ctrlKey) {
      form.querySelector('[data-add]')?.click();
      return;
    }
    const all = [...form.querySelectorAll('input, select, textarea, button.btn-primary')].filter((x) => x.type !== 'hidden' && x.offsetParent);
    all[all.indexOf(e.target) + 1]?.focus();
  });
  for (const hint of form.querySelectorAll('[data-js]')) hint.hidden = false;
}
// What was typed and not sent is there again when one comes back to its form in the same tab; signing out or in, and acting for another, forget it.
document.addEventListener('submit', (e) => {
  const form = e.target, sends = e.submitter?.name !== '_again' && !e.submitter?.formAction.endsWith('/preview');
  if (['/logout', '/identity'].includes(form.getAttribute('action'))) sessionStorage.clear();
  // Whether it was taken in shows on the next page: one that was refused is this form again, with its faults.
  if (form.dataset.back && sends) sessionStorage.removeItem(form.dataset.back);
});
if (document.querySelector('form[action="/login"]')) sessionStorage.clear();
for (const form of document.querySelectorAll('form[data-live][data-back]')) {
  const name = form.dataset.back, told = form.querySelector('[data-kept]'), path = location.pathname + location.search;
  const own = () => new URLSearchParams([...new FormData(form)].filter(([k]) => !k.startsWith('_'))).toString();
  const empty = own(), keep = () => sessionStorage.setItem(name, own());
  form.addEventListener('input', keep);
  form.addEventListener('change', keep);
  if (document.getElementById('errors')) keep();
  const kept = sessionStorage.getItem(name);
  if (!kept || kept === empty || path !== name) continue;
  const body = new URLSearchParams(kept);
  for (const [k, v] of new FormData(form)) if (k.startsWith('_')) body.set(k, v);
  body.set('_again', 'live');
  fetch(form.action, { method: 'POST', body }).then(async (answer) => {
    const page = answer.ok && new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector('form[data-live]');
    if (!page || own() !== empty) return; // typed on meanwhile
    const said = told.textContent;
    form.innerHTML = page.innerHTML;
    for (const hint of form.querySelectorAll('[data-js]')) hint.hidden = false;
    const again = form.querySelector('[data-kept]');
    again.hidden = !said;
    again.querySelector('button').addEventListener('click', () => { sessionStorage.removeItem(name); location.reload(); });
  }).catch(() => {});
}
// Sum of what is ticked: the server says the same with the button that is hidden here.
const fen = (text) => Math.round(Number(text.replaceAll(',', '')) * 100);
for (const form of document.querySelectorAll('form[data-sum]')) {
  const boxes = [...form.querySelectorAll('[data-amount]')];
  const show = () => {
    const on = boxes.filter((box) => box.checked);
    const sum = on.reduce((all, box) => all + fen(box.dataset.amount), 0);
    form.querySelector('[data-sum-count]').textContent = on.length;
    form.querySelector('[data-sum-total]').textContent = (sum / 100).toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  };
  for (const button of form.querySelectorAll('[data-sum-hide]')) button.hidden = true;
  if (form.querySelector('[data-sum-total]')) form.addEventListener('change', show);
}
