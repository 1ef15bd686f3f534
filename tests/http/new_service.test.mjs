// ./dev new-service: the skeleton, made in a copy of the sources, passes the house checks and compiles with the build's own flags.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { etaxd, root } from '../lib/server.mjs';

const build = path.dirname(etaxd), name = 'sample_service', folder = `src/services/smart/${name}`;
let copy;
before(() => {
  copy = mkdtempSync(path.join(tmpdir(), 'etax-new-'));
  const skip = new Set(['node_modules', 'build', 'build-san', '.cache', '.git'].map((n) => path.join(root, n)));
  cpSync(root, copy, { recursive: true, filter: (from) => !skip.has(from) });
});
after(() => rmSync(copy, { recursive: true, force: true }));

const run = (command, ...args) => {
  const r = spawnSync(command, args, { cwd: copy, encoding: 'utf8' });
  return { code: r.status, output: r.stdout + r.stderr };
};
const python = (...args) => run('python3', ...args);

test('the skeleton is made once, and only where it belongs', () => {
  const made = run('./dev', 'new-service', `smart/${name}`);
  assert.equal(made.code, 0, made.output);
  for (const file of [`${name}.c`, `${name}.h`, 'README.md', `tests/${name}_test.c`]) assert.ok(existsSync(path.join(copy, folder, file)), file);
  for (const bad of [`smart/${name}`, `tax/${name}`, 'nowhere/other', 'smart/Other', 'other', '../other']) assert.notEqual(python('tools/new_service.py', bad).code, 0, bad);
});

test('it passes the house checks', () => {
  for (const check of [['tools/house_check.py', '--build', build, 'layers', 'third_party', 'services', 'globals', 'banned', 'sizes', 'requirements', 'paths', 'format'], ['tools/template_lint.py'], ['tools/i18n_lint.py']]) {
    const r = python(...check);
    assert.equal(r.code, 0, `${check.join(' ')}\n${r.output}`);
  }
});

test('service and test compile with the flags of this build', () => {
  const commands = JSON.parse(readFileSync(path.join(build, 'compile_commands.json'), 'utf8'));
  const flags = (like) => {
    const { command } = commands.find((c) => like.test(c.file));
    return command.split(' ').filter((w) => /^-(W|std|O|D|I|f|pthread)/.test(w) && !/^-I(\.|\.\.|\.\.\/src)$/.test(w));
  };
  const rooms = [`-I${copy}/src`, `-I${build}`, `-I${build}/libetax.a.p`];
  for (const [file, like] of [[`${name}.c`, /services\/tax\/payment\/payment\.c$/], [`tests/${name}_test.c`, /services\/tax\/payment\/tests\/[a-z]+_test\.c$/]])
    execFileSync('cc', [...flags(like), ...rooms, '-fsyntax-only', path.join(copy, folder, file)], { stdio: 'pipe' });
});
