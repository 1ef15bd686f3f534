// ./dev demo [--once] [--listen ADDRESS]: the main job against a sandbox server of its own, step by step. Without --once the server
// stays open afterwards. Exit status 0 only if every figure was right.
import { mainJob } from './lib/main_job.mjs';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { Client, eventually, parties } from './lib/client.mjs';
import { runEtaxd, Server } from './lib/server.mjs';
import { Witness } from './lib/witness.mjs';

const once = process.argv.includes('--once');
const at = process.argv.indexOf('--listen');
const began = performance.now();
const server = await Server.start({ db: process.env.ETAX_DB || null, listen: at > 0 ? process.argv[at + 1] : undefined });
// Two witnesses of the log, processes of their own that know its public key alone; the server is told of them and starts again.
const keys = await (await fetch(`${server.url}/log/key`)).text();
const witnesses = [await Witness.start('witness.example/a', keys), await Witness.start('witness.example/b', keys)];
const files = { log: path.join(server.data, 'log.key'), witnesses: path.join(server.data, 'witnesses'), proof: path.join(server.data, 'receipt.tlog-proof') };
writeFileSync(files.log, keys);
writeFileSync(files.witnesses, witnesses.map((w) => w.line).join(''));
await server.stop();
server.options.args = ['--witnesses', files.witnesses];
await server.launch();
console.log(`etaxd 已就绪：${server.url}（沙箱，${server.database ? 'PostgreSQL' : '内嵌 SQLite'}，${Math.round(performance.now() - began)} 毫秒）\n`);
const { steps } = mainJob(server.url);
let failed = null;
for (const [i, step] of steps.entries()) {
  const start = performance.now();
  try {
    const line = await step.run();
    console.log(`[${String(i + 1).padStart(2)}/${steps.length}] ✓ ${step.title}（${Math.round(performance.now() - start)} 毫秒）\n        ${line}`);
  } catch (e) {
    console.log(`[${String(i + 1).padStart(2)}/${steps.length}] ✗ ${step.title}\n        ${e.message}`);
    failed = step.title;
    break; // later steps stand on this one
  }
}
/** The newest receipt of the firm, cosigned by both, checked without the server. */
async function witnessedReceipt() {
  const t1 = await Client.signIn(server.url, 'T1'), { id, title } = (await t1.get('/v1/receipts')).body.receipts[0];
  await eventually(() => t1.get(`/v1/receipts/${id}`), (r) => r.body.witnesses === 2, 20_000);
  writeFileSync(files.proof, (await t1.get(`/v1/receipts/${id}.tlog-proof`)).text);
  const r = await runEtaxd(['receipt', 'verify', files.proof, '--key', files.log, ...witnesses.flatMap((w) => ['--witness', w.key])]);
  console.log(`\n回执“${title}”离线验证：${r.stdout.split('\n')[0]}`);
  return r.code === 0 && /witnessed by 2$/m.test(r.stdout);
}
if (!failed && !(await witnessedReceipt().catch((e) => console.log(e.message)))) failed = 'etaxd receipt verify --witness';
if (!failed) {
  const fsck = await server.fsck();
  if (fsck.code !== 0) failed = 'etaxd fsck';
  console.log(`\netaxd fsck：${fsck.code === 0 ? '一致' : '不一致\n' + fsck.output}`);
}
console.log(failed ? `\n未完成：${failed}` : `\n全部完成，用时 ${((performance.now() - began) / 1000).toFixed(1)} 秒`);
const end = async () => { await server.close(); await Promise.all(witnesses.map((w) => w.close())); };
if (once) {
  await end();
  process.exit(failed ? 1 : 0);
}
console.log(`\n服务保持开启：${server.url}\n沙箱账号（密码 sandbox）：`);
for (const [key, account] of Object.entries(parties)) console.log(`  ${key}  ${account}`);
console.log('按 Ctrl+C 结束。');
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => end().then(() => process.exit(0)));
