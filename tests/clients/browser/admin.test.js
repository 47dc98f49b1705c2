'use strict';

// What administrators do in the console, on both clouds; what comes of it is looked at through the clouds' APIs.

const assert = require('node:assert/strict');
const { describe, test } = require('node:test');

const { PASSWORD } = require('./support/account.js');
const { started } = require('./support/suite.js');

const suite = started();
const BOB = '/console/users/bob';

async function withAdmin(t, cloud, options) {
  const account = await suite.server.account(cloud);
  await account.admin();
  const visitor = await suite.visitor(t, options);
  await visitor.signIn(account, 'admin', PASSWORD);
  return { account, visitor };
}

/** Sets the form of console logon. */
async function logon(visitor, password, more = async () => {}) {
  await visitor.go(`${BOB}/logon`);
  await visitor.page.getByLabel('Password', { exact: true }).selectOption(password ? 'own' : 'generated');
  if (password) await visitor.fill({ 'Own password': password });
  await more();
  const save = visitor.page.locator('main').getByRole('button', { name: /^(Save|Enable console logon)$/ });
  return visitor.leaves(() => save.click());
}

/** Clicks the button that copies; what it copied. */
async function copied(visitor, name) {
  await visitor.context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const button = visitor.page.getByRole('button', { name, exact: true });
  await button.click();
  await button.and(visitor.page.locator('.copy-button', { hasText: 'Copied' })).waitFor();
  return visitor.page.evaluate(() => navigator.clipboard.readText());
}

const ofKind = (account) => (account.isAlibaba ? 'RAM user' : 'IAM user');
const noReset = (visitor) => () => visitor.page.getByLabel('The next sign-in must set a new password').uncheck();

for (const cloud of ['alibaba', 'aws']) {
  describe(cloud, () => {
    test('a user is made, gets a password that is shown once, loses it again', async (t) => {
      const { account, visitor } = await withAdmin(t, cloud);
      await visitor.press('Users');
      await visitor.press('Create user');
      await visitor.isAt(`Create ${ofKind(account)}`);
      await visitor.fill({ 'User name': 'bob' });
      await visitor.press('Create user', visitor.page.locator('main form'));
      await visitor.says('The user bob is made.');
      await visitor.press('Enable console logon');
      await visitor.press('Enable console logon', visitor.page.locator('main form'));
      await visitor.isAt('The new password');
      const password = await copied(visitor, 'Copy the password');
      assert.equal(await visitor.page.locator('.facts code').innerText(), password);
      await visitor.press('I have copied it');
      assert.ok(!(await visitor.page.content()).includes(password), 'shown once');
      assert.equal((await account.signIn('bob', password)).outcome, 'password-reset-required');

      await logon(visitor, 'short');
      await visitor.page.locator('.field.wrong', { hasText: 'It is too short.' }).waitFor();
      await logon(visitor, 'Battery-Staple-2', noReset(visitor));
      assert.equal((await account.signIn('bob', password)).reason, 'invalid-credentials');
      assert.equal((await account.signIn('bob', 'Battery-Staple-2')).outcome, 'signed-in');
      await visitor.go(BOB);
      await visitor.confirm('Clear console logon');
      await visitor.says('Console logon is not enabled');
      assert.notEqual((await account.signIn('bob', 'Battery-Staple-2')).outcome, 'signed-in');
      await visitor.confirm('Delete this user');
      await visitor.says('The user bob is deleted.');
      assert.notEqual(
        (await account.attempt(account.isAlibaba ? 'ram' : 'iam', 'GetUser', { UserName: 'bob' })).status,
        200,
      );
    });

    test('a key is made with its secret shown once, used, switched off and deleted', async (t) => {
      const { account, visitor } = await withAdmin(t, cloud);
      await account.user('bob');
      await visitor.go(BOB);
      await visitor.press('Create access key');
      await visitor.isAt('The new access key');
      const key = { id: await copied(visitor, 'Copy the key id'), secret: await copied(visitor, 'Copy the secret') };
      const who = () => account.attempt('sts', 'GetCallerIdentity', {}, key);
      assert.match((await who()).text, /user\/bob/);
      await visitor.press('I have copied it');
      const panel = visitor.page.locator('#keys');
      assert.ok(!(await visitor.page.content()).includes(key.secret), 'shown once');
      await visitor.leaves(() => panel.getByRole('button', { name: 'Deactivate' }).click());
      assert.notEqual((await who()).status, 200);
      await visitor.leaves(() => panel.getByRole('button', { name: 'Activate' }).click());
      assert.equal((await who()).status, 200);
      await visitor.confirm('Delete', panel);
      await visitor.says('No access keys');
      assert.notEqual((await who()).status, 200);
    });

    test('a group gives its members a policy', async (t) => {
      const { account, visitor } = await withAdmin(t, cloud);
      await account.consoleUser('bob');
      const policy = account.isAlibaba ? 'AliyunRAMReadOnlyAccess' : 'IAMReadOnlyAccess';
      await visitor.press('Groups');
      await visitor.press('Create group');
      await visitor.fill({ 'Group name': 'devs' });
      await visitor.press('Create group', visitor.page.locator('main form'));
      await visitor.says('The group devs is made.');
      await visitor.go('/console/groups/devs/members?search=bob');
      await visitor.leaves(() =>
        visitor.page.locator('main form').getByRole('button', { name: 'Add' }).first().click(),
      );
      await visitor.says('bob is in devs now.');
      await visitor.go(`/console/groups/devs/policies?search=${policy}`);
      await visitor.leaves(() => visitor.page.getByRole('button', { name: `Attach ${policy}`, exact: true }).click());
      await visitor.says(`The policy ${policy} is attached.`);
      const bob = await suite.visitor(t);
      await bob.signIn(account, 'bob', PASSWORD);
      await bob.go('/console/users');
      await visitor.go(BOB);
      await visitor.leaves(() => visitor.page.locator('#groups').getByRole('button', { name: 'Remove' }).click());
      await bob.go('/console/users', 403);
      await bob.says(`${account.isAlibaba ? 'ram' : 'iam'}:ListUsers`);
    });

    test('a policy is written, gets a second version, and is attached', async (t) => {
      const { account, visitor } = await withAdmin(t, cloud);
      await account.consoleUser('bob');
      const prefix = account.isAlibaba ? 'ram' : 'iam';
      await visitor.press('Policies');
      await visitor.press('Create policy');
      await visitor.fill({ 'Policy name': 'lookers', 'Policy document': '{' });
      assert.equal((await visitor.press('Create policy', visitor.page.locator('main form'))).status(), 400);
      await visitor.says('The document is no valid policy');
      await visitor.fill({ 'Policy document': account.document(`${prefix}:GetUser`) });
      await visitor.press('Create policy', visitor.page.locator('main form'));
      await visitor.says('The policy lookers is made.');
      await visitor.go(`${BOB}/policies?search=lookers`);
      await visitor.leaves(() => visitor.page.getByRole('button', { name: 'Attach lookers', exact: true }).click());
      const bob = await suite.visitor(t);
      await bob.signIn(account, 'bob', PASSWORD);
      await bob.go('/console/users', 403);
      await bob.isAt('No permission');
      await bob.says(`You need ${prefix}:ListUsers`);
      await visitor.go('/console/policies/own/lookers/new-version');
      await visitor.fill({ 'Policy document': account.document(`${prefix}:*`) });
      await visitor.page.getByLabel('Put it in force at once').uncheck();
      await visitor.leaves(() => visitor.page.locator('main form').getByRole('button').click());
      await visitor.says('The version v2 is made.');
      await bob.go('/console/users', 403);
      await visitor.press('Put in force v2');
      await bob.go('/console/users');
    });

    test('a role is made, switched to and back from', async (t) => {
      const { account, visitor } = await withAdmin(t, cloud);
      await visitor.press('Roles');
      await visitor.press('Create role');
      await visitor.fill({ 'Role name': 'ops' });
      await visitor.press('Create role', visitor.page.locator('main form'));
      await visitor.says('The role ops is made.');
      await visitor.press('Switch to this role');
      await visitor.says('You act as the role');
      await visitor.says('admin as ops');
      await visitor.go('/console/users', 403);
      await visitor.says(`${account.isAlibaba ? 'ram' : 'iam'}:ListUsers`);
      await visitor.press('Switch back');
      await visitor.says('You are yourself again.');
      await visitor.go('/console/users');
      const states = (await account.sessions('admin')).map(({ kind, state }) => `${kind} ${state}`).sort();
      assert.deepEqual(states, ['console active', 'role revoked']);
    });

    test('a session is ended from the list, and its browser says so', async (t) => {
      const { account, visitor } = await withAdmin(t, cloud);
      await account.consoleUser('bob');
      const bob = await suite.visitor(t);
      await bob.signIn(account, 'bob', PASSWORD);
      await visitor.press('Sessions');
      const row = visitor.page.getByRole('row').filter({ hasText: 'bob' });
      await visitor.leaves(() => row.getByRole('button', { name: /^End/ }).click());
      await visitor.says('The session is ended.');
      assert.equal((await bob.press('Settings')).status(), 403);
      await bob.isAt('Your session has ended');
      await bob.says('It was ended from elsewhere.');
    });

    test('a device is unbound', async (t) => {
      const { account, visitor } = await withAdmin(t, cloud);
      await account.consoleUser('bob');
      await account.device('bob');
      await visitor.go(BOB);
      await visitor.confirm('Unbind', visitor.page.locator('#mfa'));
      await visitor.says('No MFA device');
      assert.equal((await account.signIn('bob')).outcome, 'signed-in');
    });

    test('the password policy is set, with faults beside their fields', async (t) => {
      const { account, visitor } = await withAdmin(t, cloud);
      const field = visitor.page.getByLabel('Least number of characters');
      const save = () => visitor.press('Save the password policy');
      await visitor.press('Settings');
      await field.fill('999');
      await field.evaluate((input) => {
        input.form.noValidate = true;
      });
      assert.equal((await save()).status(), 400);
      assert.equal(await field.getAttribute('aria-invalid'), 'true');
      assert.match(
        await field.evaluate(
          (input) => document.getElementById(input.getAttribute('aria-describedby').split(' ')[0]).innerText,
        ),
        /Use a whole number from/,
      );
      await field.fill('20');
      await save();
      await visitor.says('The password policy is saved.');
      await account.user('bob');
      const api = account.isAlibaba ? 'ram' : 'iam';
      const refused = await account.attempt(api, 'CreateLoginProfile', { UserName: 'bob', Password: PASSWORD });
      assert.equal(refused.status, 400, refused.text);
    });

    test('a user is made and deleted without scripts', async (t) => {
      const { account, visitor } = await withAdmin(t, cloud, { javaScriptEnabled: false });
      await visitor.go('/console/new/user');
      await visitor.fill({ 'User name': 'bob' });
      await visitor.press('Create user', visitor.page.locator('main form'));
      await visitor.says('The user bob is made.');
      await logon(visitor, 'Battery-Staple-2', noReset(visitor));
      assert.equal((await account.signIn('bob', 'Battery-Staple-2')).outcome, 'signed-in');
      await visitor.go(BOB);
      await visitor.confirm('Clear console logon');
      await visitor.confirm('Delete this user');
      await visitor.says('The user bob is deleted.');
    });
  });
}

test('alibaba: console logon is disabled and enabled again', async (t) => {
  const { account, visitor } = await withAdmin(t, 'alibaba');
  await account.consoleUser('bob');
  const bob = await suite.visitor(t);
  await bob.signIn(account, 'bob', PASSWORD);
  const set = async (status) => {
    await visitor.go(`${BOB}/logon`);
    await visitor.page.getByRole('combobox', { name: 'Console logon' }).selectOption(status);
    await visitor.press('Save');
  };
  await set('Inactive');
  await visitor.page.locator('.badge', { hasText: /^Disabled$/ }).waitFor();
  assert.equal((await bob.press('Settings')).status(), 403);
  await bob.says('An administrator switched console logon off for you.');
  assert.equal((await account.signIn('bob')).reason, 'console-access-disabled');
  await set('Active');
  assert.equal((await account.signIn('bob')).outcome, 'signed-in');
});
