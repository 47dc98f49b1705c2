'use strict';

// RAM and IMS through pop-core, which signs the old way and judges an answer by its body alone.

const { after, before, test } = require('node:test');
const assert = require('node:assert/strict');
const { Server, password, refused, remember, secrets } = require('./support');

const IMS = '2019-08-15';
const RAM = '2015-05-01';
const STS = '2015-04-01';
let server;

before(async () => {
  server = await Server.start();
});

after(() => server?.stop());

function each(title, story) {
  for (const method of ['GET', 'POST']) {
    test(`${title} (${method})`, async () => {
      const account = await server.account();
      try {
        await story(account, method);
      } finally {
        await account.delete();
      }
    });
  }
}

each('a user of RAM from beginning to end', async (account, method) => {
  const ram = account.pop(RAM, method);
  const made = await ram('CreateUser', { UserName: 'alice', Comments: "it's (*her*) + him!" });
  assert.equal(made.User.UserName, 'alice');
  assert.equal((await ram('GetUser', { UserName: 'alice' })).User.Comments, "it's (*her*) + him!");
  await refused('EntityAlreadyExists.User', () => ram('CreateUser', { UserName: 'alice' }));
  assert.equal((await ram('ListUsers')).Users.User.length, 1);
  assert.equal((await ram('UpdateUser', { UserName: 'alice', NewUserName: 'alicia' })).User.UserName, 'alicia');
  assert.ok((await ram('DeleteUser', { UserName: 'alicia' })).RequestId);
  await refused('EntityNotExist.User', () => ram('GetUser', { UserName: 'alicia' }), {
    message: 'The user does not exist.',
  });
});

each('console logon under RAM', async (account, method) => {
  const ram = account.pop(RAM, method);
  const [first, second] = [password(), password()];
  await ram('CreateUser', { UserName: 'alice' });
  await refused('EntityNotExist.User.LoginProfile', () => ram('GetLoginProfile', { UserName: 'alice' }));
  await refused('InvalidParameter.Password.TooWeak', () =>
    ram('CreateLoginProfile', { UserName: 'alice', Password: 'short' }),
  );
  const made = await ram('CreateLoginProfile', { UserName: 'alice', Password: first, MFABindRequired: false });
  assert.deepEqual(Object.keys(made.LoginProfile).sort(), [
    'CreateDate',
    'MFABindRequired',
    'PasswordResetRequired',
    'UserName',
  ]);
  await refused('EntityAlreadyExists.User.LoginProfile', () =>
    ram('CreateLoginProfile', { UserName: 'alice', Password: first }),
  );
  await account.signsIn('alice', first);
  await ram('UpdateLoginProfile', { UserName: 'alice', Password: second });
  await account.signsIn('alice', second);
  await refused('DeleteConflict.User.LoginProfile', () => ram('DeleteUser', { UserName: 'alice' }));
  await ram('DeleteLoginProfile', { UserName: 'alice' });
  await account.isRefused('console-access-disabled', 'alice', second);
});

each('console logon under IMS', async (account, method) => {
  const ims = account.pop(IMS, method);
  const UserPrincipalName = account.upn('alice');
  const secret = password();
  await ims('CreateUser', { UserPrincipalName, DisplayName: 'Alice' });
  const made = await ims('CreateLoginProfile', { UserPrincipalName, Password: secret, PasswordResetRequired: true });
  assert.equal(made.LoginProfile.PasswordResetRequired, true);
  assert.equal(made.LoginProfile.PasswordStatus, 'InitialValid');
  const disabled = await ims('UpdateLoginProfile', { UserPrincipalName, Status: 'Inactive' });
  assert.equal(disabled.LoginProfile.Status, 'Inactive');
  await account.isRefused('console-access-disabled', 'alice', secret);
  await ims('DeleteLoginProfile', { UserPrincipalName });
  await refused('EntityNotExist.User.LoginProfile', () => ims('GetLoginProfile', { UserPrincipalName }));
  await refused('MissingUserPrincipalName', () => ims('GetLoginProfile'), {
    message: 'UserPrincipalName is mandatory for this action.',
  });
});

each('the password policy under both interfaces', async (account, method) => {
  const ram = account.pop(RAM, method);
  const ims = account.pop(IMS, method);
  const set = await ram('SetPasswordPolicy', { MinimumPasswordLength: 10, HardExpiry: true });
  assert.equal(set.PasswordPolicy.HardExpiry, true);
  const { PasswordPolicy } = await ims('GetPasswordPolicy');
  assert.equal(PasswordPolicy.HardExpire, true);
  assert.equal(PasswordPolicy.MinimumPasswordLength, 10);
  await refused('InvalidParameter.MinimumPasswordLength.Range', () =>
    ims('SetPasswordPolicy', { MinimumPasswordLength: 33 }),
  );
});

each('access keys and who one is', async (account, method) => {
  const ram = account.pop(RAM, method);
  await ram('CreateUser', { UserName: 'alice' });
  const { AccessKey } = await ram('CreateAccessKey', { UserName: 'alice' });
  const key = { id: AccessKey.AccessKeyId, secret: remember(AccessKey.AccessKeySecret) };
  const whoAmI = account.pop(STS, method, key);
  assert.equal((await whoAmI('GetCallerIdentity')).IdentityType, 'RAMUser');
  await refused('NoPermission', () => account.pop(RAM, method, key)('ListUsers'));
  await ram('UpdateAccessKey', { UserName: 'alice', UserAccessKeyId: key.id, Status: 'Inactive' });
  await refused('InvalidAccessKeyId.Inactive', () => whoAmI('GetCallerIdentity'));
  await ram('DeleteAccessKey', { UserName: 'alice', UserAccessKeyId: key.id });
  await refused('InvalidAccessKeyId.NotFound', () => whoAmI('GetCallerIdentity'));
});

each('a user changes the own password and root cannot', async (account, method) => {
  const ims = account.pop(IMS, method);
  const [first, second] = [password(), password()];
  const UserPrincipalName = account.upn('alice');
  await ims('CreateUser', { UserPrincipalName, DisplayName: 'Alice' });
  await ims('CreateLoginProfile', { UserPrincipalName, Password: first });
  const { AccessKey } = await ims('CreateAccessKey', { UserPrincipalName });
  const key = { id: AccessKey.AccessKeyId, secret: remember(AccessKey.AccessKeySecret) };
  const hers = account.pop(IMS, method, key);
  await refused('InvalidParameter.OldPassword.Incorrect', () =>
    hers('ChangePassword', { OldPassword: second, NewPassword: password() }),
  );
  await hers('ChangePassword', { OldPassword: first, NewPassword: second });
  await account.signsIn('alice', second);
  await refused('NotSupport.Account', () => ims('ChangePassword', { OldPassword: first, NewPassword: second }), {
    message: 'This method can be only invoked by sub user.',
  });
});

each('refusals of the gateway', async (account, method) => {
  const stranger = account.pop(RAM, method, { id: account.root.id, secret: remember('not-the-secret-of-root') });
  await refused('SignatureDoesNotMatch', () => stranger('ListUsers'));
  await refused('InvalidAction.NotFound', () => account.pop(RAM, method)('MakeCoffee'));
  await refused('InvalidVersion', () => account.pop('1999-12-31', method)('ListUsers'));
});

test('of all these secrets none stands in the log or in the journal', async () => {
  const log = server.log();
  const journal = (await server.control('GET', '/_sesame/requests?limit=1000')).text;
  for (const text of [log, journal]) {
    const leaked = [...secrets].filter((secret) => text.includes(secret) || text.includes(encodeURIComponent(secret)));
    assert.equal(leaked.length, 0, `${leaked.length} secrets leaked`);
  }
});
