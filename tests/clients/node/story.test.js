'use strict';

// The story of the README, told with the Node SDK for IMS and the tester's clock.

const { after, before, test } = require('node:test');
const assert = require('node:assert/strict');
const { Ims, Server, password, refused, remember } = require('./support');

const IMS = '2019-08-15';
const TWO_WEEKS = 14 * 24 * 3600;
let server;

before(async () => {
  server = await Server.start();
});

after(() => server?.stop());

async function inAnAccount(story) {
  const account = await server.account();
  try {
    await story(account);
  } finally {
    await account.delete();
  }
}

async function userWithConsoleLogon(ims, account, name, secret, more = {}) {
  const userPrincipalName = account.upn(name);
  const made = await ims.createUser(new Ims.CreateUserRequest({ userPrincipalName, displayName: name }));
  assert.equal(made.body.user.userPrincipalName, userPrincipalName);
  const { body } = await ims.createLoginProfile(
    new Ims.CreateLoginProfileRequest({ userPrincipalName, password: secret, ...more }),
  );
  assert.equal(body.loginProfile.userPrincipalName, userPrincipalName);
  assert.equal(await passwordStatus(account, userPrincipalName), 'InitialValid');
  return userPrincipalName;
}

// This SDK is older than initial passwords and drops what it does not know; pop-core shows answers whole.
async function passwordStatus(account, UserPrincipalName) {
  const { LoginProfile } = await account.pop(IMS, 'POST')('GetLoginProfile', { UserPrincipalName });
  return LoginProfile.PasswordStatus;
}

test('an initial password lapses after two weeks and only an administrator helps', () =>
  inAnAccount(async (account) => {
    const ims = account.ims();
    const [first, second] = [password(), password()];
    const bob = await userWithConsoleLogon(ims, account, 'bob', first);
    await account.advance(TWO_WEEKS);
    await account.isRefused('initial-password-expired', 'bob', first);
    assert.equal(await passwordStatus(account, bob), 'InitialExpired');

    const reset = await ims.updateLoginProfile(
      new Ims.UpdateLoginProfileRequest({ userPrincipalName: bob, password: second }),
    );
    assert.equal(reset.body.loginProfile.status, 'Active');
    assert.equal(await passwordStatus(account, bob), 'InitialValid');
    await account.isRefused('invalid-credentials', 'bob', first);
    await account.signsIn('bob', second);
    assert.equal(await passwordStatus(account, bob), 'NotInitial');
  }));

test('a changed password ends the sessions and leaves the key alone', () =>
  inAnAccount(async (account) => {
    const ims = account.ims();
    const [first, second] = [password(), password()];
    const alice = await userWithConsoleLogon(ims, account, 'alice', first);
    const session = await account.signsIn('alice', first);
    const made = await ims.createAccessKey(new Ims.CreateAccessKeyRequest({ userPrincipalName: alice }));
    const key = { id: made.body.accessKey.accessKeyId, secret: remember(made.body.accessKey.accessKeySecret) };

    const hers = account.ims(key);
    await hers.changePassword(new Ims.ChangePasswordRequest({ oldPassword: first, newPassword: second }));
    const ended = await account.session(session.id);
    assert.equal(ended.state, 'revoked');
    assert.equal(ended.ended_because, 'password-changed');
    await account.isRefused('invalid-credentials', 'alice', first);
    await account.signsIn('alice', second);

    const identity = await account.pop('2015-04-01', 'POST', key)('GetCallerIdentity');
    assert.equal(identity.IdentityType, 'RAMUser');
    assert.equal(identity.Arn, `acs:ram::${account.id}:user/alice`);
  }));

test('a user who is nobody in particular may not do the work of an administrator', () =>
  inAnAccount(async (account) => {
    const ims = account.ims();
    const alice = await userWithConsoleLogon(ims, account, 'alice', password());
    const made = await ims.createAccessKey(new Ims.CreateAccessKeyRequest({ userPrincipalName: alice }));
    const hers = account.ims({
      id: made.body.accessKey.accessKeyId,
      secret: remember(made.body.accessKey.accessKeySecret),
    });
    const error = await refused('NoPermission', () => hers.listUsers(new Ims.ListUsersRequest({})), { status: 403 });
    assert.equal(error.accessDeniedDetail.AuthAction, 'ram:ListUsers');
    assert.equal(error.accessDeniedDetail.NoPermissionType, 'ImplicitDeny');
  }));

test('a demanded reset, a disabled and a cleared profile stop the user', () =>
  inAnAccount(async (account) => {
    const ims = account.ims();
    const [first, second] = [password(), password()];
    const userPrincipalName = await userWithConsoleLogon(ims, account, 'alice', first, { passwordResetRequired: true });
    const asked = await account.signIn('alice', first);
    assert.equal(asked.body.outcome, 'password-reset-required');
    const session = await account.signsIn('alice', first, { new_password: remember(second) });
    await ims.updateLoginProfile(new Ims.UpdateLoginProfileRequest({ userPrincipalName, status: 'Inactive' }));
    assert.equal((await account.session(session.id)).ended_because, 'console-access-disabled');
    await account.isRefused('console-access-disabled', 'alice', second);
    await ims.updateLoginProfile(new Ims.UpdateLoginProfileRequest({ userPrincipalName, status: 'Active' }));
    await account.signsIn('alice', second);
    await ims.deleteLoginProfile(new Ims.DeleteLoginProfileRequest({ userPrincipalName }));
    await refused(
      'EntityNotExist.User.LoginProfile',
      () => ims.getLoginProfile(new Ims.GetLoginProfileRequest({ userPrincipalName })),
      { status: 404, message: 'The user login profile does not exist.' },
    );
  }));

test('the policies of the account are set and read', () =>
  inAnAccount(async (account) => {
    const ims = account.ims();
    const set = await ims.setPasswordPolicy(
      new Ims.SetPasswordPolicyRequest({ minimumPasswordLength: 12, hardExpire: true, maxLoginAttemps: 5 }),
    );
    assert.equal(set.body.passwordPolicy.minimumPasswordLength, 12);
    const read = await ims.getPasswordPolicy();
    assert.deepEqual({ ...read.body.passwordPolicy }, { ...set.body.passwordPolicy });
    assert.equal((await account.pop(IMS, 'POST')('GetPasswordPolicy')).PasswordPolicy.InitialPasswordAge, 14);
    const preference = await ims.setSecurityPreference(
      new Ims.SetSecurityPreferenceRequest({ loginSessionDuration: 8, verificationTypes: ['sms', 'email'] }),
    );
    assert.equal(preference.body.securityPreference.loginProfilePreference.loginSessionDuration, 8);
    await refused(
      'InvalidParameter.MinimumPasswordLength.Range',
      () => ims.setPasswordPolicy(new Ims.SetPasswordPolicyRequest({ minimumPasswordLength: 7 })),
      { status: 400, message: 'The parameter - "MinimumPasswordLength" MUST be in the range of 8 and 32.' },
    );
  }));
