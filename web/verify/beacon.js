// On the page of a draw: the signature of its public random number, checked here. The library comes when it is asked for.
const place = document.getElementById('beacon'), button = place.querySelector('button'), told = place.querySelector('[role="status"]');

function tell(kind, text) {
  told.className = `et-notice is-${kind} mt-2`;
  told.textContent = text;
  told.hidden = false;
}

button.hidden = false;
button.addEventListener('click', async () => {
  button.disabled = true;
  try {
    const file = await fetch(place.dataset.file), beacon = await file.json();
    if (!file.ok) throw new Error(String(file.status));
    const { checkBeacon } = await import('./bls.js');
    const outcome = checkBeacon(beacon);
    tell({ good: 'ok', forged: 'bad' }[outcome] || 'warn', place.dataset[outcome].replace('@1', String(beacon.round)));
  } catch {
    tell('warn', place.dataset.failed);
  } finally {
    button.disabled = false;
  }
});
