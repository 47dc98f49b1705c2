'use strict';

// Command lines that send people to a page: what each asks for, and a device authorization of CloudSSO's.

const assert = require('node:assert/strict');
const crypto = require('node:crypto');

const VERIFIER = 'v'.repeat(64);
const CHALLENGE = crypto.createHash('sha256').update(VERIFIER).digest('base64url');
const CLOUD_SSO = 'app-vaz16tltdxs96audqf35';

/** One that waits until somebody says yes or no in a browser. */
class CommandLine {
  static async begin(server) {
    const line = new CommandLine();
    line.server = server;
    const answer = await line.post('/device-authorization', {
      PortalUrl: `${server.origin}/start/login`,
      CodeChallenge: CHALLENGE,
      CodeChallengeMethod: 'S256',
      ClientId: CLOUD_SSO,
    });
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    line.device = answer.body.DeviceCode;
    line.code = answer.body.UserCode;
    line.page = new URL(answer.body.VerificationUriComplete).href.replace(server.origin, '');
    return line;
  }

  async post(where, body) {
    const headers = { 'Content-Type': 'application/json', Accept: 'application/json' };
    const answer = await fetch(`${this.server.origin}${where}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    });
    return { status: answer.status, body: await answer.json() };
  }

  /** Asks whether somebody said yes. */
  token() {
    return this.post('/token', {
      CodeVerifier: VERIFIER,
      ClientId: CLOUD_SSO,
      DeviceCode: this.device,
      GrantType: 'urn:ietf:params:oauth:grant-type:device_code',
    });
  }
}

/** Where `aws login` sends people; `client` is how it gets its code back. */
function awsLogin(server, client = 'same') {
  const confirmation = `${server.origin}/v1/sessions/confirmation`;
  const asked = new URLSearchParams({
    response_type: 'code',
    client_id: `arn:aws:signin:::devtools/${client}-device`,
    state: crypto.randomUUID(),
    code_challenge_method: 'SHA-256',
    scope: 'openid',
    redirect_uri: client === 'same' ? 'http://127.0.0.1:43210/oauth/callback' : confirmation,
    code_challenge: CHALLENGE,
  });
  return `/v1/authorize?${asked}`;
}

/** Where Alibaba Cloud's command line sends people. */
function alibabaOAuth() {
  const asked = new URLSearchParams({
    response_type: 'code',
    client_id: '4103531455503354461',
    redirect_uri: 'http://127.0.0.1:12345/cli/callback',
    state: 'state',
    code_challenge: CHALLENGE,
    code_challenge_method: 'S256',
  });
  return `/oauth2/v1/auth?${asked}`;
}

module.exports = { CommandLine, alibabaOAuth, awsLogin };
