'use strict';

// What a sign-in offers after the password and may be left out, and the sign-in of a command line by a code.

const assert = require('node:assert/strict');
const { test } = require('node:test');

const { PASSWORD } = require('./support/account.js');
const { CommandLine } = require('./support/command-line.js');
const { codeAt } = require('./support/totp.js');
const { started } = require('./support/suite.js');

const OTHER = 'Battery-Staple-2';
/** It is on lists of well-known passwords, and the policy that accounts begin with allows it. */
const WEAK = 'password123';
const suite = started();

async function withAlice(t, password) {
  const account = await suite.server.account('alibaba');
  await account.consoleUser('alice', {}, password);
  return { account, visitor: await suite.visitor(t) };
}

test('a device that is offered is turned down, and offered again at the next sign-in', async (t) => {
  const { account, visitor } = await withAlice(t);
  for (let turn = 0; turn < 2; turn += 1) {
    await visitor.givePasswordAlone(account, 'alice', PASSWORD);
    await visitor.isAt('Bind an MFA device');
    await visitor.says('You have no second factor yet.');
    await visitor.press('Not now');
    await visitor.isAt('Overview');
    await visitor.page.locator('.badge', { hasText: /^Not shown$/ }).waitFor();
  }
});

test('a device that is offered is bound, and asked for at the next sign-in', async (t) => {
  const { account, visitor } = await withAlice(t);
  await account.freeze();
  await visitor.givePasswordAlone(account, 'alice', PASSWORD);
  const seed = await visitor.page.locator('details code').textContent();
  const now = await account.now();
  await visitor.fill({ 'First code': codeAt(seed, now - 30), 'The code after it': codeAt(seed, now) });
  await visitor.press('Bind and sign in');
  await visitor.isAt('Overview');
  await visitor.page.locator('.badge', { hasText: /^Shown$/ }).waitFor();
  await account.advance('PT1M');
  await visitor.givePasswordAlone(account, 'alice', PASSWORD);
  await visitor.isAt('Code of your MFA device');
  await visitor.fill({ Code: codeAt(seed, await account.now()) });
  await visitor.press('Sign in');
  await visitor.isAt('Overview');
});

test('no device is offered where users may not manage theirs', async (t) => {
  const { account, visitor } = await withAlice(t);
  await account.call('ims', 'SetSecurityPreference', { AllowUserToManageMFADevices: false });
  await visitor.givePasswordAlone(account, 'alice', PASSWORD);
  await visitor.isAt('Overview');
});

test('a browser that is remembered is asked for no code for seven days', async (t) => {
  const { account, visitor } = await withAlice(t);
  await account.call('ims', 'SetSecurityPreference', { EnableSaveMFATicket: true });
  await account.freeze();
  const seed = await account.device('alice');
  await account.advance('PT5M');
  await visitor.givePassword(account, 'alice', PASSWORD);
  await visitor.fill({ Code: codeAt(seed, await account.now()) });
  await visitor.page.getByLabel('Ask for no code in this browser for 7 days').check();
  await visitor.press('Sign in');
  await visitor.isAt('Overview');
  await visitor.press('Sign out');
  await visitor.signIn(account, 'alice', PASSWORD);
  // Another browser is.
  const other = await suite.visitor(t);
  await other.givePassword(account, 'alice', PASSWORD);
  await other.isAt('Code of your MFA device');
  await account.advance('P8D');
  await visitor.givePassword(account, 'alice', PASSWORD);
  await visitor.isAt('Code of your MFA device');
});

test('a well-known password is advised against, and changed or kept', async (t) => {
  const { account, visitor } = await withAlice(t, WEAK);
  await visitor.givePassword(account, 'alice', WEAK);
  await visitor.isAt('Your password is well known');
  await visitor.press('Go on without');
  await visitor.isAt('Overview');
  await visitor.press('Sign out');
  await visitor.givePassword(account, 'alice', WEAK);
  const change = async (old, password, again = password) => {
    await visitor.fill({ 'Current password': old, 'New password': password, 'New password again': again });
    return (await visitor.press('Change password')).status();
  };
  assert.equal(await change(WEAK, OTHER, PASSWORD), 422);
  await visitor.says('The two are not the same.');
  assert.equal(await change('Wrong-Horse-1', OTHER), 422);
  await visitor.says('This is not your password.');
  assert.equal(await change(WEAK, 'letmein123'), 422);
  await visitor.page.getByRole('alert').waitFor();
  assert.equal(await change(WEAK, OTHER), 200);
  await visitor.says('Your password is changed');
  assert.deepEqual(
    (await account.sessions('alice')).map(({ state }) => state).filter((state) => state === 'active'),
    [],
  );
  await visitor.signIn(account, 'alice', OTHER);
});

for (const [answer, comes] of [
  ['Approve', 'The command line has signed in'],
  ['Deny', 'The command line was turned away'],
]) {
  test(`a command line that waits with a code: ${answer}`, async (t) => {
    const { account, visitor } = await withAlice(t);
    await account.role('ops');
    await account.attach('alice', 'AliyunSTSAssumeRoleAccess');
    const line = await CommandLine.begin(suite.server);
    await visitor.go(line.page);
    assert.match(visitor.page.url(), /\/console\/login\?next=/);
    await visitor.fill({ 'Logon name': account.logonName('alice') });
    await visitor.press('Next');
    await visitor.fill({ Password: PASSWORD });
    await visitor.decline(await visitor.press('Sign in'));
    assert.equal(await visitor.page.locator('output').innerText(), line.code);
    await visitor.says(`acs:ram::${account.id}:user/alice`);
    assert.notEqual((await line.token()).status, 200);
    await visitor.press(answer);
    await visitor.isAt(comes);
    await account.advance('PT1M');
    assert.equal((await line.token()).status, answer === 'Approve' ? 200 : 400);
  });
}
