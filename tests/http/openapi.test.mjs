// /openapi.json is valid for two independent tools, and every operation in it says what a client must know.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Client } from '../lib/client.mjs';
import { Server } from '../lib/server.mjs';

let server, text = null, document;
before(async () => {
  server = await Server.start();
  const answer = await fetch(server.url + '/openapi.json');
  if (answer.status === 200) document = JSON.parse(text = await answer.text());
});
after(() => server.close());

const whenServed = (name, run) => test(name, (t) => (text ? run(t) : t.skip('/openapi.json is not served yet')));

whenServed('valid by @seriousme/openapi-schema-validator', async () => {
  const result = await new Validator().validate(structuredClone(document));
  assert.ok(result.valid, JSON.stringify(result.errors)?.slice(0, 3000));
});

whenServed('valid by @redocly/openapi-core', async () => {
  const config = await createConfig({ extends: ['minimal'], rules: { struct: 'error', 'operation-operationId-unique': 'error',
    'path-parameters-defined': 'error', 'no-ambiguous-paths': 'off', 'no-unresolved-refs': 'error', 'no-identical-paths': 'error' } });
  const problems = (await lintFromString({ source: text, config })).filter((p) => p.severity === 'error' && !p.ignored);
  assert.deepEqual(problems.map((p) => `${p.ruleId}: ${p.message} ${p.location[0]?.pointer}`), []);
});

whenServed('it is OpenAPI 3.1; every operation has an id, a summary and limits on what it takes', () => {
  assert.match(document.openapi, /^3\.1\./);
  const faults = [];
  for (const [path, methods] of Object.entries(document.paths))
    for (const [method, op] of Object.entries(methods)) {
      if (!op.operationId || !op.summary) faults.push(`${method} ${path}: operationId and summary`);
      for (const p of op.parameters || []) {
        const s = p.schema || {};
        if (s.type === 'string' && s.maxLength === undefined && !s.enum && !s.format && !s.pattern && p.in !== 'header')
          faults.push(`${method} ${path}: ${p.name} has no limit`);
      }
    }
  assert.deepEqual(faults, []);
});

test('what pages show before a form is filled in is answered to programs, too', async () => {
  const open = new Client(server.url), t3 = await Client.signIn(server.url, 'T3');
  for (const [who, path, member] of [[open, '/v1/login', null], [open, '/v1/public/taxpayers?uscc=91330100MA2H000142', 'answer'],
    [t3, '/v1/certificates/new', 'periods'], [t3, '/v1/payments/new', 'payable']]) {
    const r = await who.get(path);
    assert.equal(r.status, 200, `${path}: ${r.text}`);
    assert.equal(typeof r.body, 'object');
    if (member) assert.ok(member in r.body, `${path}: ${r.text.slice(0, 300)}`);
  }
});
