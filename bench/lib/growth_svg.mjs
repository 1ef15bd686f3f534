// The curve of bench growth: one panel a figure, the store's size to the right (each step ten times as far), values from nought, so
// that what halves looks halved.
const WIDE = 900, COLUMN = 300, ROW = 210, LEFT = 52, RIGHT = 18, TOP = 40, BOTTOM = 34;

const short = (n) => (n >= 1e6 ? `${n / 1e6} M` : n >= 1000 ? `${n / 1000} k` : String(n));
const panels = [
  ['Single invoices a second', (r) => r.issued.per_second], ['Batch: invoices a second', (r) => r.batched], ['Verifications a second', (r) => r.verified.per_second],
  ['Home page, p99 in ms', (r) => r.page.p99_us / 1000], ['Single invoices, p99 in ms', (r) => r.issued.p99_us / 1000], ['Start to ready in ms', (r) => r.start_ms],
  ['Idle memory in MB', (r) => r.idle_mb], ['core.db, bytes an invoice', (r) => r.bytes && r.bytes.core / r.size], ['projection.db, bytes an invoice', (r) => r.bytes && r.bytes.lists / r.size],
];

/** A round number at or above v. */
function ceiling(v) {
  const power = 10 ** Math.floor(Math.log10(v || 1));
  return [1, 1.5, 2, 3, 4, 5, 6, 8, 10].map((m) => m * power).find((c) => c >= v);
}

function panel([title, of], results, at) {
  const values = results.map(of);
  if (values.some((v) => v === null || v === undefined)) return '';
  const top = ceiling(Math.max(...values)), wide = COLUMN - LEFT - RIGHT, high = ROW - TOP - BOTTOM;
  const low = Math.log10(results[0].size), span = Math.log10(results.at(-1).size) - low || 1;
  const x = (r) => LEFT + (wide * (Math.log10(r.size) - low)) / span, y = (v) => TOP + high * (1 - v / top);
  const lines = [0, 0.5, 1].map((part) => `<line x1="${LEFT}" x2="${COLUMN - RIGHT}" y1="${y(top * part)}" y2="${y(top * part)}" class="g"/><text x="${LEFT - 6}" y="${y(top * part) + 4}" text-anchor="end">${short(Number((top * part).toPrecision(3)))}</text>`);
  const points = results.map((r, i) => `<circle cx="${x(r).toFixed(1)}" cy="${y(values[i]).toFixed(1)}" r="3.5"/><text x="${x(r).toFixed(1)}" y="${(y(values[i]) - 8).toFixed(1)}" text-anchor="middle" class="v">${Number(values[i].toPrecision(3)).toLocaleString('en')}</text><text x="${x(r).toFixed(1)}" y="${ROW - 14}" text-anchor="middle">${short(r.size)}</text>`);
  const line = results.map((r, i) => `${x(r).toFixed(1)},${y(values[i]).toFixed(1)}`).join(' ');
  return `<g transform="translate(${at.x} ${at.y})"><text x="${LEFT}" y="18" class="t">${title}</text>${lines.join('')}<polyline points="${line}"/>${points.join('')}</g>`;
}

export function drawGrowth(results) {
  const drawn = panels.map((p, i) => panel(p, results, { x: (i % 3) * COLUMN, y: Math.floor(i / 3) * ROW })), rows = Math.ceil(panels.length / 3);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDE} ${rows * ROW}" role="img" aria-label="Figures of a store of ${results.map((r) => short(r.size)).join(', ')} invoices">
<style>text{font:11px sans-serif;fill:#52606d}.t{font-size:13px;fill:#1f2933}.v{fill:#1f2933}.g{stroke:#d9e2ec}polyline{fill:none;stroke:#1c64b4;stroke-width:2}circle{fill:#1c64b4}</style>
<rect width="100%" height="100%" fill="#fff"/>
${drawn.join('\n')}
</svg>
`;
}
