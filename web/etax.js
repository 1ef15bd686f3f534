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
