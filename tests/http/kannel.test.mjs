// Short messages through a real Kannel gateway (bearerbox, smsbox) and its fake SMSC (A10.6, A10.e1): what a phone sends and gets.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Client, eventually, parties } from '../lib/client.mjs';
import { invoiceBody } from '../lib/main_job.mjs';
import { Server, freePort } from '../lib/server.mjs';

const FAKESMSC = '/usr/lib/kannel/test/fakesmsc';
const there = ['/usr/sbin/bearerbox', '/usr/sbin/smsbox', FAKESMSC].every((p) => existsSync(p));
const skip = there ? false : 'kannel and kannel-extras are not installed';
let server, dir, ports, sold, reversed;
const boxes = [];
const ok = (r, status = 200) => { assert.equal(r.status, status, r.text); return r.body; };

/** Resolves when the port is listened on. */
async function listening(port) {
  for (let i = 0; i < 200; i++) {
    const open = await new Promise((resolve) => {
      const s = net.connect(port, '127.0.0.1', () => { s.destroy(); resolve(true); });
      s.once('error', () => resolve(false));
    });
    if (open) return;
    await new Promise((r) => setTimeout(r, 50));
  }
  throw new Error(`nobody listens on ${port}`);
}
function box(program, ...args) {
  const p = spawn(program, args, { cwd: dir, stdio: 'ignore' });
  boxes.push(p);
  return p;
}

before(async () => {
  if (skip) return;
  server = await Server.start();
  const t1 = await Client.signIn(server.url, 'T1');
  const buyer = { tax_id: parties.T3, name: '远帆纺织进出口有限公司' };
  sold = ok(await t1.post('/v1/invoices', invoiceBody({ ref: 'k1', buyer, net: '1000.00' })), 201);
  reversed = ok(await t1.post('/v1/invoices', invoiceBody({ ref: 'k2', buyer, net: '2000.00' })), 201);
  ok(await t1.post(`/v1/invoices/${reversed.number}/reversal`, { reason: 'return' }), 201);
  await eventually(() => new Client(server.url).get(`/v1/verify/invoices/${reversed.number}?total=2260.00`), (a) => a.body.verdict === 'reversed');
  dir = mkdtempSync(path.join(tmpdir(), 'etax-kannel-'));
  ports = { admin: await freePort(), smsbox: await freePort(), smsc: await freePort(), send: await freePort() };
  writeFileSync(path.join(dir, 'kannel.conf'), `
group = core
admin-port = ${ports.admin}
admin-interface = 127.0.0.1
admin-password = test
smsbox-port = ${ports.smsbox}
smsbox-interface = 127.0.0.1
log-file = ${dir}/bearerbox.log
log-level = 1
box-allow-ip = 127.0.0.1

group = smsc
smsc = fake
smsc-id = FAKE
port = ${ports.smsc}
connect-allow-ip = 127.0.0.1

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = ${ports.send}
sendsms-interface = 127.0.0.1
log-file = ${dir}/smsbox.log
log-level = 1
global-sender = 10690000

group = sms-service
keyword-regex = .*
catch-all = true
max-messages = 1
accept-x-kannel-headers = true
get-url = "${server.url}/channels/sms?from=%p&text=%a"
`);
  box('/usr/sbin/bearerbox', '-v', '4', 'kannel.conf');
  await listening(ports.admin);
  await listening(ports.smsc);
  box('/usr/sbin/smsbox', '-v', '4', 'kannel.conf');
  await listening(ports.send);
});
after(async () => {
  for (const p of boxes.reverse()) {
    const ended = new Promise((resolve) => p.once('exit', resolve));
    if (p.exitCode === null && p.signalCode === null) { p.kill('SIGTERM'); setTimeout(() => p.kill('SIGKILL'), 5000).unref(); await ended; }
  }
  await server?.close();
  if (dir) rmSync(dir, { recursive: true, force: true });
});

/** One message of a phone through the fake SMSC; what comes back. fakesmsc reads "text" and prints what it is sent. */
function phone(words) {
  return new Promise((resolve, reject) => {
    const p = spawn(FAKESMSC, ['-H', '127.0.0.1', '-r', String(ports.smsc), '-i', '0.1', '-m', '1', '-v', '0', `13800138000 106900 text ${words}`],
      { cwd: dir, stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    const hear = (c) => {
      out += c;
      if (/got message 1[\s\S]*<.*>/i.test(out)) { p.kill('SIGTERM'); }
    };
    p.stdout.on('data', hear);
    p.stderr.on('data', hear);
    const timer = setTimeout(() => { p.kill('SIGKILL'); reject(new Error(`no answer:\n${out}`)); }, 15_000);
    p.once('close', () => { clearTimeout(timer); resolve(out); });
  });
}

/** What the phone shows: UCS-2, bytes escaped as in URLs. */
function shown(output) {
  const escaped = /got message 1: <\S+ \S+ ucs-2 (.*)>/i.exec(output)[1].replaceAll('+', ' ');
  const bytes = Buffer.from(escaped.replace(/%([0-9A-F]{2})/gi, (_, hex) => String.fromCharCode(parseInt(hex, 16))), 'latin1');
  return { text: bytes.swap16().toString('utf16le'), units: bytes.length / 2 };
}

test('A10.6 A10.e1 a phone asks through the gateway and gets the verdict', { skip }, async () => {
  for (const [words, code] of [
    [`CY ${sold.number} 1130.00`, 'valid'], [`cy ${sold.number} 1130.01`, 'not-as-issued:total'],
    [`CY ${reversed.number} 2260.00`, 'reversed'], ['CY 26332009999999999999 1.00', 'unknown']]) {
    const said = shown(await phone(words));
    assert.match(said.text, /^【电子税务局】/);
    assert.ok(said.text.includes(code + ' '), said.text);
    assert.ok(said.units <= 70, said.text);
  }
});
