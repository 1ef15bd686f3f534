// The whole road by API with its exact figures (GC1). A step whose call is not served yet is skipped with its name; once
// /openapi.json lists the call, the step must pass.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { mainJob } from '../lib/main_job.mjs';
import { Server } from '../lib/server.mjs';

let server, served = new Set();
before(async () => {
  server = await Server.start();
  const answer = await fetch(server.url + '/openapi.json');
  if (answer.status !== 200) return;
  for (const [path, methods] of Object.entries((await answer.json()).paths))
    for (const method of Object.keys(methods)) served.add(`${method} ${path.startsWith('/v1') ? path : '/v1' + path}`.replace(/\{\w+\}/g, '{}'));
});
after(() => server.close());

test('the main job', async (t) => {
  let missing = null;
  for (const step of mainJob(server.url).steps) {
    if (!served.has(step.needs.replace(/\{\w+\}/g, '{}'))) missing ||= step.needs;
    await t.test(step.title, { skip: missing ? `${missing} is not served yet` : false }, () => step.run());
  }
  const fsck = await server.fsck();
  assert.equal(fsck.code, 0, fsck.output);
});
