'use strict';

// A login profile's life, and what else a page for administrators would do, told with the SDK for JavaScript v3.

const { after, before, test } = require('node:test');
const assert = require('node:assert/strict');
const {
  ChangePasswordCommand,
  CreateAccessKeyCommand,
  CreateLoginProfileCommand,
  CreateRoleCommand,
  CreateUserCommand,
  DeleteLoginProfileCommand,
  DeleteUserCommand,
  EntityAlreadyExistsException,
  GetAccountPasswordPolicyCommand,
  GetAccountSummaryCommand,
  GetLoginProfileCommand,
  GetUserPolicyCommand,
  ListUsersCommand,
  NoSuchEntityException,
  PasswordPolicyViolationException,
  PutUserPolicyCommand,
  UpdateAccountPasswordPolicyCommand,
  UpdateLoginProfileCommand,
  paginateListUsers,
  waitUntilUserExists,
} = require('@aws-sdk/client-iam');
const { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } = require('@aws-sdk/client-sts');
const { fromTemporaryCredentials } = require('@aws-sdk/credential-providers');
const { Server, password, refused } = require('./support');

const BOB_PASSWORD = '&1-3a6u:RA0djs';
let server;

before(async () => {
  server = await Server.start();
});

after(() => server?.stop());

async function inAnAccount(story) {
  const account = server.account();
  try {
    await story(account, account.iam());
  } finally {
    await account.delete();
  }
}

test('a login profile is made, read, changed and deleted', () =>
  inAnAccount(async (account, iam) => {
    const UserName = 'Bob';
    const { User } = await iam.send(new CreateUserCommand({ UserName }));
    assert.match(User.UserId, /^AIDA[A-Z2-7]{17}$/);
    assert.equal(User.Arn, `arn:aws:iam::${account.id}:user/Bob`);
    const create = new CreateLoginProfileCommand({ UserName, Password: BOB_PASSWORD, PasswordResetRequired: true });
    const { LoginProfile: made } = await iam.send(create);
    assert.deepEqual(Object.keys(made).sort(), ['CreateDate', 'PasswordResetRequired', 'UserName']);
    assert.ok(made.CreateDate instanceof Date && made.PasswordResetRequired === true);
    assert.deepEqual((await iam.send(new GetLoginProfileCommand({ UserName }))).LoginProfile, made);
    const twice = await refused(
      'EntityAlreadyExistsException',
      409,
      'Login Profile for user Bob already exists.',
      iam.send(create),
    );
    assert.ok(twice instanceof EntityAlreadyExistsException);

    assert.equal(await account.outcome('Bob', BOB_PASSWORD), 'password-reset-required');
    const next = password();
    await iam.send(new UpdateLoginProfileCommand({ UserName, Password: next, PasswordResetRequired: false }));
    assert.equal(await account.outcome('Bob', BOB_PASSWORD), 'invalid-credentials');
    assert.equal(await account.outcome('Bob', next), 'signed-in');
    const weak = await refused(
      'PasswordPolicyViolationException',
      400,
      'Password does not conform to the account password policy.',
      iam.send(new UpdateLoginProfileCommand({ UserName, Password: 'short' })),
    );
    assert.ok(weak instanceof PasswordPolicyViolationException);

    await refused(
      'DeleteConflictException',
      409,
      'Cannot delete entity, must delete login profile first.',
      iam.send(new DeleteUserCommand({ UserName })),
    );
    await iam.send(new DeleteLoginProfileCommand({ UserName }));
    const gone = await refused(
      'NoSuchEntityException',
      404,
      'Login Profile for User Bob cannot be found.',
      iam.send(new GetLoginProfileCommand({ UserName })),
    );
    assert.ok(gone instanceof NoSuchEntityException);
    await iam.send(new DeleteUserCommand({ UserName }));
  }));

test('a user changes a password where the account lets users', () =>
  inAnAccount(async (account, iam) => {
    const [first, second] = [password(), password()];
    await iam.send(new CreateUserCommand({ UserName: 'alice' }));
    await iam.send(new CreateLoginProfileCommand({ UserName: 'alice', Password: first }));
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'alice' }));
    const hers = account.iam(AccessKey);
    const change = new ChangePasswordCommand({ OldPassword: first, NewPassword: second });
    const denial = /^User: arn:aws:iam::\d{12}:user\/alice is not authorized to perform: iam:ChangePassword/;
    await refused('AccessDenied', 403, denial, hers.send(change));
    await iam.send(
      new UpdateAccountPasswordPolicyCommand({ MinimumPasswordLength: 12, AllowUsersToChangePassword: true }),
    );
    const { PasswordPolicy } = await hers.send(new GetAccountPasswordPolicyCommand({}));
    assert.equal(PasswordPolicy.MinimumPasswordLength, 12);
    assert.equal(PasswordPolicy.MaxPasswordAge, undefined);
    await hers.send(change);
    await refused('AccessDenied', 403, 'The old password was incorrect.', hers.send(change));
    assert.equal(await account.outcome('alice', second), 'signed-in');
    const identity = await account.sts(AccessKey).send(new GetCallerIdentityCommand({}));
    assert.equal(identity.Arn, `arn:aws:iam::${account.id}:user/alice`);
  }));

test('lists come in pages, waiters wait, documents come encoded', () =>
  inAnAccount(async (account, iam) => {
    for (const UserName of ['zoe', 'Bob', 'alice']) await iam.send(new CreateUserCommand({ UserName }));
    const names = [];
    for await (const page of paginateListUsers({ client: iam, pageSize: 1 }, {})) {
      names.push(...page.Users.map((user) => user.UserName));
    }
    assert.deepEqual(names, ['alice', 'Bob', 'zoe']);
    const waited = await waitUntilUserExists({ client: iam, maxWaitTime: 5, minDelay: 1 }, { UserName: 'Bob' });
    assert.equal(waited.state, 'SUCCESS');

    const document = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }] };
    const inline = { UserName: 'Bob', PolicyName: 'inline' };
    await iam.send(new PutUserPolicyCommand({ ...inline, PolicyDocument: JSON.stringify(document) }));
    const { PolicyDocument } = await iam.send(new GetUserPolicyCommand(inline));
    assert.match(PolicyDocument, /^%7B/);
    assert.deepEqual(JSON.parse(decodeURIComponent(PolicyDocument)), document);

    const { SummaryMap } = await iam.send(new GetAccountSummaryCommand({}));
    assert.equal(SummaryMap.Users, 3);
  }));

test('a role is assumed, by hand and by the credential provider', () =>
  inAnAccount(async (account, iam) => {
    await iam.send(new CreateUserCommand({ UserName: 'alice' }));
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'alice' }));
    const trust = {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { AWS: `arn:aws:iam::${account.id}:user/alice` },
          Action: 'sts:AssumeRole',
        },
      ],
    };
    const { Role } = await iam.send(
      new CreateRoleCommand({ RoleName: 'ops', AssumeRolePolicyDocument: JSON.stringify(trust) }),
    );
    const sts = account.sts(AccessKey);
    const asked = { RoleArn: Role.Arn, RoleSessionName: 'work' };
    const { AssumedRoleUser, Credentials } = await sts.send(new AssumeRoleCommand(asked));
    assert.equal(AssumedRoleUser.AssumedRoleId, `${Role.RoleId}:work`);
    const identity = await account.sts(Credentials).send(new GetCallerIdentityCommand({}));
    assert.equal(identity.Arn, AssumedRoleUser.Arn);

    const { credentials: masterCredentials, ...clientConfig } = account.settings(AccessKey);
    const credentials = fromTemporaryCredentials({ params: asked, masterCredentials, clientConfig });
    const provided = new STSClient({ ...clientConfig, credentials });
    assert.equal((await provided.send(new GetCallerIdentityCommand({}))).Arn, AssumedRoleUser.Arn);
    const denial = /because no identity-based policy allows the iam:ListUsers action$/;
    await refused('AccessDenied', 403, denial, account.iam(Credentials).send(new ListUsersCommand({})));
  }));
