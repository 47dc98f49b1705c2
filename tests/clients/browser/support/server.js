'use strict';

// The server: started on a free port of loopback, gone with the suite however that ends; its control calls.

const { spawn } = require('node:child_process');
const assert = require('node:assert/strict');
const fs = require('node:fs');
const net = require('node:net');
const os = require('node:os');
const path = require('node:path');
const { setTimeout: pause } = require('node:timers/promises');

const { Account } = require('./account.js');

const BINARY = process.env.SESAME_BIN || path.resolve(__dirname, '../../../../target/debug/sesame');

// However this suite ends, the other end of the guard's input is closed then: the server must not outlive it.
const GUARD = `
  const [, pid, folder] = process.argv;
  process.stdin.resume().on('end', () => {
    require('node:fs').rmSync(folder, { recursive: true, force: true });
    process.kill(Number(pid), 'SIGKILL');
  });
`;

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
  /** A server with these settings, as `{ SESAME_CONTROL__TOKEN: '..' }`. */
  static async start(settings = {}) {
    assert.ok(fs.existsSync(BINARY), `there is no server to test at ${BINARY}: build it, or name it in SESAME_BIN`);
    const server = new Server();
    server.port = await freePort();
    server.endpoint = `127.0.0.1:${server.port}`;
    server.origin = `http://${server.endpoint}`;
    server.token = settings.SESAME_CONTROL__TOKEN;
    server.folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sesame-browser-'));
    const log = fs.openSync(path.join(server.folder, 'server.log'), 'w');
    server.process = spawn(BINARY, ['--listen', server.endpoint], {
      stdio: ['ignore', log, log],
      env: { ...process.env, ...settings },
    });
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

  /** One call of the control surface, whatever its status. */
  async control(method, where, body) {
    const headers = body === undefined ? {} : { 'Content-Type': 'application/json' };
    if (this.token) headers.Authorization = `Bearer ${this.token}`;
    const text = body === undefined ? undefined : JSON.stringify(body);
    const answer = await fetch(`${this.origin}${where}`, { method, headers, body: text });
    const told = await answer.text();
    return { status: answer.status, body: /^[{[]/.test(told) ? JSON.parse(told) : told };
  }

  /** A control call that has to succeed; its JSON. */
  async ask(method, where, body) {
    const reply = await this.control(method, where, body);
    const fine = reply.status >= 200 && reply.status < 300;
    assert.ok(fine, `${method} ${where} -> ${reply.status} ${JSON.stringify(reply.body)}`);
    return reply.body;
  }

  /** A new account of a cloud. */
  async account(cloud) {
    return new Account(this, await this.ask('POST', '/_sesame/accounts', { cloud }));
  }
}

module.exports = { Server, freePort };
