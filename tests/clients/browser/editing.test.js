'use strict';

// What administrators change in the console; what comes of it is looked at through the clouds' APIs.

const assert = require('node:assert/strict');
const { describe, test } = require('node:test');

const { PASSWORD } = require('./support/account.js');
const { started } = require('./support/suite.js');

const suite = started();
const BOB = '/console/users/bob';

async function withAdmin(t, cloud) {
  const account = await suite.server.account(cloud);
  await account.admin();
  const visitor = await suite.visitor(t);
  await visitor.signIn(account, 'admin', PASSWORD);
  return { account, visitor, api: account.isAlibaba ? 'ram' : 'iam' };
}

/** The form of one panel, filled in and sent. */
async function panel(visitor, id, fields, button) {
  const box = visitor.page.locator(`#${id}`);
  await visitor.fill(fields, box);
  return visitor.press(button, box);
}

for (const cloud of ['alibaba', 'aws']) {
  describe(cloud, () => {
    test('a user, a group and a role are edited', async (t) => {
      const { account, visitor, api } = await withAdmin(t, cloud);
      await account.user('bob');
      await account.group('devs');
      await account.role('ops');
      await visitor.go(BOB);
      await visitor.press('Edit');
      await visitor.isAt('Edit bob');
      await visitor.fill({ 'User name': 'robert' });
      await visitor.press('Save', visitor.page.locator('main form'));
      await visitor.says('The user robert is changed.');
      assert.match((await account.attempt(api, 'GetUser', { UserName: 'robert' })).text, /robert/);
      assert.equal((await account.attempt(api, 'GetUser', { UserName: 'bob' })).status, 404);
      await visitor.go('/console/groups/devs');
      await visitor.press('Edit');
      await visitor.fill({ 'Group name': 'makers' });
      await visitor.press('Save', visitor.page.locator('main form'));
      await visitor.says('The group makers is changed.');
      await visitor.go('/console/roles/ops');
      await visitor.press('Edit');
      await visitor.fill({ Description: 'for nights', 'Longest session in seconds': '7200' });
      await visitor.press('Save', visitor.page.locator('main form'));
      await visitor.says('The role is changed.');
      const role = (await account.attempt(api, 'GetRole', { RoleName: 'ops' })).text;
      assert.match(role, /for nights/);
      assert.match(role, /7200/);
    });

    test('a tag is put on and taken off', async (t) => {
      const { account, visitor } = await withAdmin(t, cloud);
      await account.user('bob');
      await visitor.go(BOB);
      await panel(visitor, 'tags', { Key: 'team', Value: 'blue' }, 'Add the tag');
      await visitor.says('The tag team is there.');
      await visitor.page.locator('#tags').getByRole('cell', { name: 'blue' }).waitFor();
      await visitor.leaves(() => visitor.page.locator('#tags').getByRole('button', { name: /^Remove/ }).click());
      await visitor.says('The tag team is gone.');
      await visitor.says('No tags');
    });

    test('what stands in the way of deleting a user is named, and gone when it is gone', async (t) => {
      const { account, visitor, api } = await withAdmin(t, cloud);
      await account.user('bob');
      await account.attach('bob', 'AdministratorAccess');
      await visitor.go(BOB);
      await visitor.says('These have to go before it can be deleted:');
      await visitor.page.locator('#delete').getByRole('link', { name: 'Attached policies: detach them' }).click();
      assert.match(visitor.page.url(), /#policies$/);
      await visitor.confirm('Delete this user');
      assert.equal((await account.attempt(api, 'GetUser', { UserName: 'bob' })).status, 200);
      await visitor.go(BOB);
      const detach = visitor.page.locator('#policies').getByRole('button', { name: /^Detach/ });
      await visitor.leaves(() => detach.click());
      assert.equal(await visitor.page.getByText('These have to go before it can be deleted:').count(), 0);
      await visitor.confirm('Delete this user');
      await visitor.says('The user bob is deleted.');
    });

    test('people sign in with the alias of the account', async (t) => {
      const { account, visitor } = await withAdmin(t, cloud);
      const alias = `acme-${account.id}`;
      await visitor.press('Settings');
      await panel(visitor, 'sign-in-name', { 'New alias': alias }, 'Save the alias');
      await visitor.says(`The account's alias is ${alias} now.`);
      await account.consoleUser('bob');
      const bob = await suite.visitor(t);
      const named = account.isAlibaba ? { domain: `${alias}.onaliyun.com` } : { id: alias };
      const by = Object.assign(Object.create(account), named);
      await bob.signIn(by, 'bob', PASSWORD);
      await bob.says('user/bob');
      await visitor.confirm('Remove the alias');
      await visitor.says('The account has no alias any more.');
    });
  });
}

test('aws: an inline policy is written, changed and deleted', async (t) => {
  const { account, visitor } = await withAdmin(t, 'aws');
  await account.user('bob');
  const key = await account.key('bob');
  const may = async () => (await account.attempt('iam', 'ListRoles', {}, key)).status === 200;
  await visitor.go(BOB);
  await visitor.press('Create an inline policy');
  await visitor.fill({ 'Policy name': 'aside', 'Policy document': account.document('iam:ListRoles') });
  await visitor.press('Create policy', visitor.page.locator('main form'));
  await visitor.says('The inline policy aside is saved.');
  assert.equal(await may(), true);
  await visitor.press('aside');
  await visitor.fill({ 'Policy document': account.document('iam:ListUsers') });
  await visitor.press('Save', visitor.page.locator('main form'));
  assert.equal(await may(), false);
  await visitor.confirm('Delete', visitor.page.locator('#inline'));
  await visitor.says('The inline policy aside is deleted.');
});

test('aws: a boundary bounds a user until it is removed', async (t) => {
  const { account, visitor } = await withAdmin(t, 'aws');
  await account.user('bob');
  await account.attach('bob', 'AdministratorAccess');
  const key = await account.key('bob');
  const may = async () => (await account.attempt('iam', 'CreateGroup', { GroupName: 'devs' }, key)).status;
  await visitor.go(BOB);
  const arn = account.policyArn('ReadOnlyAccess', false);
  await panel(visitor, 'boundary', { 'ARN of a managed policy': arn }, 'Set the boundary');
  await visitor.says('The boundary is set.');
  assert.equal(await may(), 403);
  await visitor.confirm('Remove the boundary');
  await visitor.says('The boundary is removed.');
  assert.equal(await may(), 200);
});

test('alibaba: what is said about a policy is changed', async (t) => {
  const { account, visitor } = await withAdmin(t, 'alibaba');
  await account.policy('lookers', account.document('ram:Get*'));
  await visitor.go('/console/policies/own/lookers');
  await panel(visitor, 'describe', { Description: 'for those who look' }, 'Save the description');
  await visitor.says('The description is changed.');
  const named = { PolicyName: 'lookers', PolicyType: 'Custom' };
  assert.equal((await account.users('GetPolicy', named)).Policy.Description, 'for those who look');
});
