// ./dev demo [--once] [--listen ADDRESS]: the main job against a sandbox server of its own, step by step. Without --once the server
// stays open afterwards. Exit status 0 only if every figure was right.
import { parties } from './lib/client.mjs';
import { mainJob } from './lib/main_job.mjs';
import { Server } from './lib/server.mjs';

const once = process.argv.includes('--once');
const at = process.argv.indexOf('--listen');
const began = performance.now();
const server = await Server.start({ db: process.env.ETAX_DB || null, listen: at > 0 ? process.argv[at + 1] : undefined });
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
if (!failed) {
  const fsck = await server.fsck();
  if (fsck.code !== 0) failed = 'etaxd fsck';
  console.log(`\netaxd fsck：${fsck.code === 0 ? '一致' : '不一致\n' + fsck.output}`);
}
console.log(failed ? `\n未完成：${failed}` : `\n全部完成，用时 ${((performance.now() - began) / 1000).toFixed(1)} 秒`);
if (once) {
  await server.close();
  process.exit(failed ? 1 : 0);
}
console.log(`\n服务保持开启：${server.url}\n沙箱账号（密码 sandbox）：`);
for (const [key, account] of Object.entries(parties)) console.log(`  ${key}  ${account}`);
console.log('按 Ctrl+C 结束。');
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => server.close().then(() => process.exit(0)));
