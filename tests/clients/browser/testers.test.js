'use strict';

// The pages for testers: the clock, the journal with its reasons, accounts, the explorer and the code that it gives.

const assert = require('node:assert/strict');
const { execFileSync } = require('node:child_process');
const { describe, test } = require('node:test');

const { PASSWORD } = require('./support/account.js');
const { link } = require('./support/federation.js');
const { started } = require('./support/suite.js');

const suite = started();
const CLOUDS = ['alibaba', 'aws'];

test('the clock of an account moves, stands still and follows the world again', async (t) => {
  const account = await suite.server.account('alibaba');
  await account.consoleUser('alice');
  const visitor = await suite.visitor(t);
  await visitor.go('/console');
  await visitor.press('For testers');
  await visitor.page.getByLabel('Whose clock').selectOption(account.id);
  await visitor.press('Show');
  await visitor.says('Initial password lapses');
  const before = await account.now();
  await visitor.press('14 days');
  await visitor.says(`The clock of ${account.id} now shows`);
  assert.ok((await account.now()) - before >= 14 * 86_400);
  assert.equal((await account.signIn('alice')).reason, 'initial-password-expired');
  await visitor.fill({ 'Stand still at': '2030-01-02 03:04:05' });
  await visitor.press('Freeze');
  await visitor.says('2030-01-02 03:04:05 UTC');
  assert.equal(await account.now(), Date.UTC(2030, 0, 2, 3, 4, 5) / 1000);
  await visitor.press("Follow the world's clock");
  await visitor.says("Follows the world's clock");
});

/** What pages of the journal fetch from now on: the last part of each path. */
function journal(visitor) {
  const fetched = [];
  visitor.page.on('request', (request) => {
    const { pathname } = new URL(request.url());
    const isOfPage = pathname.startsWith('/console/testers/journal') && !request.isNavigationRequest();
    if (isOfPage) fetched.push(pathname.split('/').pop());
  });
  return fetched;
}

test('the journal renews itself once for many requests, and without a stream too', async (t) => {
  const account = await suite.server.account('aws');
  const visitor = await suite.visitor(t);
  // Only the stream may tell: nothing is due by the page's own clock.
  await visitor.page.clock.install();
  await visitor.page.clock.pauseAt(Date.now() + 60_000);
  const fetched = journal(visitor);
  const where = `/console/testers/journal?account=${account.id}&action=ListGroups`;
  const streams = visitor.page.waitForResponse((answer) => answer.url().includes('/journal/stream'));
  await visitor.go(where);
  assert.equal((await streams).headers()['content-type'], 'text/event-stream');
  await visitor.page.waitForTimeout(0);
  await visitor.says('No requests');
  for (let i = 0; i < 20; i += 1) await account.call('iam', 'ListGroups');
  await visitor.page.clock.runFor(300);
  await visitor.says('20 requests');
  const renewed = fetched.filter((name) => name === 'journal').length;
  assert.ok(renewed <= 3, `fetched ${renewed} times`);

  const old = await suite.visitor(t);
  await old.context.addInitScript(() => {
    delete window.EventSource;
  });
  await old.go(where);
  await old.says('20 requests');
  await account.call('iam', 'ListGroups');
  await old.says('21 requests');
});

for (const cloud of CLOUDS) {
  describe(cloud, () => {
    test('the journal says why a request was refused, and renews itself', async (t) => {
      const account = await suite.server.account(cloud);
      await account.user('bob');
      const key = await account.key('bob');
      const api = account.isAlibaba ? 'ram' : 'iam';
      const visitor = await suite.visitor(t);
      const fetched = journal(visitor);
      await visitor.go(`/console/testers/journal?account=${account.id}&action=ListRoles`);
      await visitor.says('No requests');
      assert.equal((await account.attempt(api, 'ListRoles', {}, key)).status, 403);
      // No reload: the page fetches itself.
      const row = visitor.page.getByRole('row').filter({ hasText: 'denied' });
      await row.waitFor();
      assert.equal(fetched.includes('stream'), true, 'the server tells of what is new');
      await visitor.leaves(() => row.getByRole('link').click());
      await visitor.isAt('ListRoles');
      await visitor.says(`Nothing permits ${api}:ListRoles`);
      await visitor.says('user/bob');
    });

    test('an account is made with a key that works, reset and dropped', async (t) => {
      const visitor = await suite.visitor(t);
      await visitor.go('/console/testers/accounts');
      await visitor.page.getByLabel('Cloud', { exact: true }).selectOption(cloud);
      await visitor.press('Make it');
      await visitor.says('The secret is shown this once.');
      const [id, secret] = await visitor.page.locator('.facts code').allInnerTexts();
      const account = await suite.server.account(cloud);
      const made = await account.attempt('sts', 'GetCallerIdentity', {}, { id, secret });
      assert.equal(made.status, 200, made.text);
      await visitor.press('To the account');
      assert.ok(!(await visitor.page.content()).includes(secret), 'shown once');
      const number = new URL(visitor.page.url()).pathname.split('/').pop();
      assert.ok(made.text.includes(number));
      await visitor.says('No users');
      await visitor.confirm('Reset the account');
      await visitor.says('is as it began');
      await visitor.confirm('Drop the account');
      await visitor.says('is gone with all that was in it');
      assert.equal(await visitor.page.getByRole('link', { name: number }).count(), 0);
    });

    test('an operation is called as a form, and its curl answers the same', async (t) => {
      const account = await suite.server.account(cloud);
      await account.user('bob');
      await account.attach('bob', 'AdministratorAccess');
      const key = await account.key('bob');
      const visitor = await suite.visitor(t);
      await visitor.go('/console/testers/explorer');
      await visitor.fill({ 'Operation holds': 'GetUser' });
      await visitor.press('Search');
      await visitor.leaves(() =>
        visitor.page.locator(`a[href$="/${account.isAlibaba ? 'alibaba-ram' : 'aws-iam'}/GetUser"]`).click(),
      );
      await visitor.page.getByLabel('Account', { exact: true }).selectOption(account.id);
      await visitor.fill({ User: 'bob' });
      await visitor.page.locator('#p-UserName').fill('bob');
      await visitor.press('Call GetUser');
      await visitor.says('Answer 200');
      await visitor.says(`Signed with ${key.id}`);
      const shown = await visitor.page.getByLabel('The answer').innerText();
      const command = await visitor.page.locator('pre[aria-label=curl]').innerText();
      assert.ok(!(await visitor.page.content()).includes(key.secret), 'no secret in the code');
      const env = { PATH: process.env.PATH, AWS_ACCESS_KEY_ID: key.id, AWS_SECRET_ACCESS_KEY: key.secret };
      const answered = execFileSync('sh', ['-c', command.replace(/^curl /, 'curl --silent ')], {
        env,
        encoding: 'utf8',
      });
      const plain = (text) => text.replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi, 'id').replace(/\s+/g, '');
      const wanted = account.isAlibaba ? plain(JSON.stringify(JSON.parse(answered))) : plain(answered);
      assert.equal(account.isAlibaba ? plain(JSON.stringify(JSON.parse(shown))) : plain(shown), wanted);
      assert.ok(wanted.includes('bob'));
      await visitor.press('why');
      await visitor.isAt('GetUser');
    });
  });
}

for (const cloud of CLOUDS) {
  test(`${cloud}: a fault that is injected fails calls until it is removed`, async (t) => {
    const account = await suite.server.account(cloud);
    const visitor = await suite.visitor(t);
    const call = () => account.attempt(account.isAlibaba ? 'ram' : 'iam', 'ListGroups');
    assert.equal((await call()).status, 200);
    await visitor.go('/console/testers/faults');
    await visitor.page.getByLabel('What it does').selectOption('status');
    await visitor.fill({ With: '503', Action: 'ListGroups', 'Account ID': account.id });
    await visitor.press('Inject it');
    await visitor.says('The fault is there.');
    assert.equal((await call()).status, 503);
    assert.equal((await account.attempt(account.isAlibaba ? 'ram' : 'iam', 'ListUsers')).status, 200);
    await visitor.go('/console/testers/faults');
    const row = visitor.page.getByRole('row').filter({ hasText: account.id });
    assert.equal(await row.locator('td[data-label=Struck]').innerText(), '1');
    await visitor.leaves(() => row.getByRole('button').click());
    await visitor.says('The fault is gone.');
    assert.equal((await call()).status, 200);
  });
}

test('the pages want the token where there is one, once', async (t) => {
  const guarded = await suite.other(t, { SESAME_CONTROL__TOKEN: 'open-sesame' });
  const visitor = await suite.visitor(t, {}, guarded);
  await visitor.go('/console/testers/journal?action=x');
  await visitor.isAt('Pages for testers');
  await visitor.fill({ 'Control token': 'wrong' });
  assert.equal((await visitor.press('Open')).status(), 403);
  await visitor.fill({ 'Control token': 'open-sesame' });
  await visitor.press('Open');
  assert.equal(visitor.page.url(), `${guarded.origin}/console/testers/journal?action=x`);
  await visitor.go('/console/testers/clock');
  const kept = (await visitor.context.cookies()).map(({ value }) => value);
  assert.ok(!kept.some((value) => value.includes('open-sesame')), 'the token itself is in no cookie');
});

test('a link of the federation endpoint opens the console as a role', async (t) => {
  const account = await suite.server.account('aws');
  await account.role('ops');
  await account.consoleUser('bob');
  await account.attach('bob', 'AdministratorAccess');
  const federated = await link(account, await account.key('bob'), 'ops');
  const visitor = await suite.visitor(t);
  await visitor.page.goto(federated('https://console.aws.amazon.com/'));
  await visitor.isAt('Overview');
  await visitor.says(`assumed-role/ops/work`);
  await visitor.go('/console/users', 403);
  await visitor.says('You need iam:ListUsers');
  await visitor.page.goto(federated('/console/settings'));
  await visitor.isAt('Settings');
  await visitor.press('Sign out');
  await visitor.signIn(account, 'bob', PASSWORD);
});
