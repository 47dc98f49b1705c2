'use strict';

// The server and its control calls, and clients for an account of a test's own.

const { spawn } = require('node:child_process');
const assert = require('node:assert/strict');
const crypto = require('node:crypto');
const fs = require('node:fs');
const net = require('node:net');
const os = require('node:os');
const path = require('node:path');
const { setTimeout: pause } = require('node:timers/promises');

const { IAMClient } = require('@aws-sdk/client-iam');
const { STSClient } = require('@aws-sdk/client-sts');

const BINARY = process.env.SESAME_BIN || path.resolve(__dirname, '../../../target/debug/sesame');

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
  return `Pw-${crypto.randomBytes(8).toString('hex')}-Xz1`;
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
    server.folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sesame-aws-node-'));
    const log = fs.openSync(path.join(server.folder, 'server.log'), 'w');
    server.process = spawn(BINARY, ['--listen', server.endpoint], { stdio: ['ignore', log, log] });
    server.guard = spawn(process.execPath, ['-e', GUARD, String(server.process.pid), server.folder], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
    });
    fs.closeSync(log);
    const deadline = Date.now() + 10_000;
    for (;;) {
      const up = await server.control('GET', '/_sesame/health').catch(() => undefined);
      if (up?.status === 200) return server;
      if (server.process.exitCode !== null || Date.now() > deadline) {
        const text = fs.readFileSync(path.join(server.folder, 'server.log'), 'utf8');
        server.stop();
        throw new Error(`the server did not come up:\n${text}`);
      }
      await pause(20);
    }
  }

  stop() {
    this.guard.kill('SIGKILL');
    this.process.kill('SIGKILL');
    fs.rmSync(this.folder, { recursive: true, force: true });
  }

  /** One call of the control surface: status and JSON. */
  async control(method, where, body) {
    const answer = await fetch(`http://${this.endpoint}${where}`, {
      method,
      headers: body === undefined ? {} : { 'Content-Type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await answer.text();
    return { status: answer.status, body: text.startsWith('{') ? JSON.parse(text) : text };
  }

  /** An account that no one has used yet: it comes into being when its number is first used as a key. */
  account() {
    return new Account(this, String(crypto.randomInt(10 ** 11, 10 ** 12)));
  }
}

class Account {
  constructor(server, id) {
    this.server = server;
    this.id = id;
  }

  settings(key = { AccessKeyId: this.id, SecretAccessKey: 'any-secret-will-do' }) {
    return {
      endpoint: `http://${this.server.endpoint}`,
      region: 'eu-west-1',
      maxAttempts: 1,
      credentials: {
        accessKeyId: key.AccessKeyId,
        secretAccessKey: key.SecretAccessKey,
        sessionToken: key.SessionToken,
      },
    };
  }

  iam(key) {
    return new IAMClient(this.settings(key));
  }

  sts(key) {
    return new STSClient(this.settings(key));
  }

  /** What a sign-in comes to: its outcome, or the reason of its refusal. */
  async outcome(user, secret, more = {}) {
    const body = { cloud: 'aws', account: this.id, user, password: secret, ...more };
    const reply = await this.server.control('POST', '/_sesame/sign-in', body);
    return reply.body.reason ?? reply.body.outcome;
  }

  delete() {
    return this.server.control('DELETE', `/_sesame/accounts/${this.id}`);
  }
}

/** The call has to be refused with an error of this class, this HTTP status and this message. */
async function refused(kind, status, message, call) {
  const error = await call.then(
    (answer) => assert.fail(`the call went through, ${kind} was expected: ${JSON.stringify(answer)}`),
    (thrown) => thrown,
  );
  if (error instanceof assert.AssertionError) throw error;
  assert.equal(error.name, kind, String(error.stack || error));
  assert.equal(error.$metadata.httpStatusCode, status);
  if (message instanceof RegExp) assert.match(error.message, message);
  else assert.equal(error.message, message);
  assert.match(error.$metadata.requestId, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  return error;
}

module.exports = { Server, password, refused };
