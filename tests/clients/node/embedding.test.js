'use strict';

// The example of docs/embedding.md runs as it stands there.

const { test } = require('node:test');
const { spawnSync } = require('node:child_process');
const assert = require('node:assert/strict');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { BINARY } = require('./support');

const PAGE = path.resolve(__dirname, '../../../docs/embedding.md');

test('the example for the test runner runs', (context) => {
  const [, example] = fs.readFileSync(PAGE, 'utf8').match(/```js\n(.*?)```/s);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sesame-embedding-'));
  context.after(() => fs.rmSync(folder, { recursive: true, force: true }));
  fs.writeFileSync(path.join(folder, 'example.test.js'), example);
  fs.symlinkSync(fs.realpathSync(BINARY), path.join(folder, 'sesame'));
  const environment = { ...process.env, PATH: `${folder}${path.delimiter}${process.env.PATH}` };
  // Otherwise it would take itself for a part of this run.
  delete environment.NODE_TEST_CONTEXT;
  const options = { cwd: folder, env: environment, encoding: 'utf8', timeout: 60_000 };
  const ran = spawnSync(process.execPath, ['--test', 'example.test.js'], options);
  assert.equal(ran.status, 0, ran.stdout + ran.stderr);
  assert.match(ran.stdout, /pass 1\b/);
});
