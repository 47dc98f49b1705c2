'use strict';

// What the tests are written with: the server, its control calls and the callers.

const { spawn } = require('node:child_process');
const assert = require('node:assert/strict');
const fs = require('node:fs');
const net = require('node:net');
const os = require('node:os');
const path = require('node:path');
const crypto = require('node:crypto');
const { setTimeout: pause } = require('node:timers/promises');

const Ims = require('@alicloud/ims20190815');
const { $OpenApiUtil } = require('@alicloud/openapi-core');
const { RPCClient } = require('@alicloud/pop-core');

const BINARY = process.env.SESAME_BIN || path.resolve(__dirname, '../../../target/debug/sesame');
const secrets = new Set();
let serial = 0;

// However this suite ends, the other end of the guard's input is closed then: the server must not outlive it.
const GUARD = `
  const [, pid, folder] = process.argv;
  process.stdin.resume().on('end', () => {
    require('node:fs').rmSync(folder, { recursive: true, force: true });
    process.kill(Number(pid), 'SIGKILL');
  });
`;

/** A password that no other test uses. */
function password() {
  serial += 1;
  return remember(`Pw-${crypto.randomBytes(6).toString('hex')}-Xz${serial}`);
}

function remember(secret) {
  secrets.add(secret);
  return secret;
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = net.createServer();
    probe.on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

class Server {
  static async start() {
    assert.ok(fs.existsSync(BINARY), `there is no server to test at ${BINARY}: build it, or name it in SESAME_BIN`);
    const server = new Server();
    server.endpoint = `127.0.0.1:${await freePort()}`;
    server.folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sesame-node-'));
    server.logPath = path.join(server.folder, 'server.log');
    const log = fs.openSync(server.logPath, 'w');
    server.process = spawn(BINARY, ['--listen', server.endpoint], {
      stdio: ['ignore', log, log],
      env: { RUST_LOG: 'debug', ...process.env },
    });
    server.guard = spawn(process.execPath, ['-e', GUARD, String(server.process.pid), server.folder], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
    });
    fs.closeSync(log);
    const deadline = Date.now() + 10_000;
    for (;;) {
      try {
        if ((await server.control('GET', '/_sesame/health')).status === 200) return server;
      } catch (error) {
        if (error instanceof assert.AssertionError) throw error;
      }
      if (server.process.exitCode !== null || Date.now() > deadline) {
        const text = server.log();
        server.stop();
        throw new Error(`the server did not come up:\n${text}`);
      }
      await pause(20);
    }
  }

  log() {
    return fs.readFileSync(this.logPath, 'utf8');
  }

  stop() {
    this.guard.kill('SIGKILL');
    this.process.kill('SIGKILL');
    fs.rmSync(this.folder, { recursive: true, force: true });
  }

  /** One call of the control surface, whatever its status. */
  async control(method, where, body) {
    const answer = await fetch(`http://${this.endpoint}${where}`, {
      method,
      headers: body === undefined ? {} : { 'Content-Type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await answer.text();
    let parsed = null;
    try {
      parsed = JSON.parse(text);
    } catch {
      // some answers are empty
    }
    return { status: answer.status, body: parsed, text };
  }

  /** A control call that has to succeed; its JSON. */
  async ask(method, where, body) {
    const reply = await this.control(method, where, body);
    assert.ok(reply.status >= 200 && reply.status < 300, `${method} ${where} -> ${reply.status} ${reply.text}`);
    return reply.body;
  }

  async account() {
    return new Account(this, await this.ask('POST', '/_sesame/accounts', { cloud: 'alibaba' }));
  }
}

class Account {
  constructor(server, made) {
    this.server = server;
    this.id = made.id;
    this.domain = made.domain;
    this.root = { id: made.root.access_key_id, secret: remember(made.root.access_key_secret) };
  }

  upn(name) {
    return `${name}@${this.domain}`;
  }

  /** The current SDK. */
  ims(key = this.root) {
    return new Ims.default(
      new $OpenApiUtil.Config({
        accessKeyId: key.id,
        accessKeySecret: key.secret,
        endpoint: this.server.endpoint,
        protocol: 'http',
      }),
    );
  }

  /** pop-core: `call(action, parameters)`, by GET or POST. */
  pop(apiVersion, method, key = this.root) {
    const client = new RPCClient({
      accessKeyId: key.id,
      accessKeySecret: key.secret,
      endpoint: `http://${this.server.endpoint}`,
      apiVersion,
    });
    return (action, parameters = {}) => client.request(action, parameters, { method });
  }

  advance(seconds) {
    return this.server.ask('POST', `/_sesame/clock/advance?account=${this.id}`, { seconds });
  }

  signIn(user, secret, more = {}) {
    remember(secret);
    return this.server.control('POST', '/_sesame/sign-in', {
      cloud: 'alibaba',
      account: this.id,
      user,
      password: secret,
      ...more,
    });
  }

  async signsIn(user, secret, more) {
    const reply = await this.signIn(user, secret, more);
    assert.equal(reply.status, 200, reply.text);
    assert.equal(reply.body.outcome, 'signed-in', reply.text);
    return reply.body.session;
  }

  async isRefused(reason, user, secret, more) {
    const reply = await this.signIn(user, secret, more);
    assert.equal(reply.status, 403, reply.text);
    assert.equal(reply.body.outcome, 'refused', reply.text);
    assert.equal(reply.body.reason, reason, reply.text);
  }

  session(id) {
    return this.server.ask('GET', `/_sesame/sessions/${id}`);
  }

  delete() {
    return this.server.ask('DELETE', `/_sesame/accounts/${this.id}`);
  }
}

/** The call has to be refused with this code; and, where given, this HTTP status and message. */
async function refused(code, call, { status, message } = {}) {
  const error = await call().then(
    (answer) => assert.fail(`the call went through, ${code} was expected: ${JSON.stringify(answer.body || answer)}`),
    (thrown) => thrown,
  );
  if (error instanceof assert.AssertionError) throw error;
  assert.equal(error.code, code, String(error.stack || error));
  if (status !== undefined) assert.equal(error.statusCode ?? error.data.statusCode, status, String(error));
  if (message !== undefined) assert.equal(error.data.Message, message);
  assert.match(error.data.RequestId, /^[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$/);
  assert.ok(error.data.HostId && error.data.Recommend, JSON.stringify(error.data));
  return error;
}

module.exports = { BINARY, Ims, Server, password, refused, remember, secrets };
