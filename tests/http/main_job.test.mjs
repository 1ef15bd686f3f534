// The whole road by API with its exact figures (GC1). From the first call on that is not served at all, steps are skipped
// by name; a call that is served must be right.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Client } from '../lib/client.mjs';
import { mainJob } from '../lib/main_job.mjs';
import { Server } from '../lib/server.mjs';

let server;
before(async () => { server = await Server.start(); });
after(() => server.close());

/** Without an account a call that is there says 401 or finds fault with its input; one that is not there is plainly not found. */
async function served(needs) {
  const [method, path] = needs.split(' ');
  const answer = await new Client(server.url).call(method.toUpperCase(), path.replace(/\{\w+\}/g, '0'), method === 'post' ? {} : undefined);
  return !(answer.status === 405 || (answer.status === 404 && answer.body?.code === 'not-found'));
}

test('the main job', async (t) => {
  let missing = null;
  for (const step of mainJob(server.url).steps) {
    if (!missing && !(await served(step.needs))) missing = step.needs;
    await t.test(step.title, { skip: missing ? `${missing} is not served yet` : false }, () => step.run());
  }
  const fsck = await server.fsck();
  assert.equal(fsck.code, 0, fsck.output);
});
