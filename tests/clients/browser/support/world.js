'use strict';

// An account with something of everything, so that each page has something to show: every state of console logon,
// policies with versions, roles, keys, sessions, and markup in every text that takes it.

const { PASSWORD } = require('./account.js');

/** What would run if it were not escaped. */
const MARKUP = `"'><img src=x onerror="window.__pwned=1"><script>window.__pwned=1</script>`;

/** It is on lists of well-known passwords, and the account's policy allows it. */
const WEAK = 'password123';

/** Users whose passwords lapse: made, used or not, and forgotten for forty days. */
async function longAgo(account) {
  if (account.isAlibaba) {
    const rules = { MaxPasswordAge: 30, HardExpiry: true, MaxLoginAttemps: 3, InitialPasswordAge: 14 };
    await account.call('ims', 'SetPasswordPolicy', { ...rules, HardExpire: true });
  } else {
    await account.users('UpdateAccountPasswordPolicy', { MaxPasswordAge: 30, HardExpiry: true });
  }
  await account.consoleUser('aged');
  await account.signIn('aged');
  await account.consoleUser('lapsed');
  await account.advance('P40D');
}

async function users(account) {
  await account.admin();
  await account.user('nologon');
  await account.consoleUser('initial');
  await account.consoleUser('reset', { PasswordResetRequired: true });
  await account.consoleUser('reader');
  await account.attach('reader', account.isAlibaba ? 'AliyunRAMReadOnlyAccess' : 'IAMReadOnlyAccess');
  await account.consoleUser('nobody');
  await account.consoleUser('device');
  await account.device('device');
  for (const name of ['ended', 'left']) await account.consoleUser(name);
  await signers(account);
  if (account.isAlibaba) {
    await account.consoleUser('off');
    await account.call('ims', 'UpdateLoginProfile', {
      UserPrincipalName: account.logonName('off'),
      Status: 'Inactive',
    });
    await account.consoleUser('unbound', { MFABindRequired: true });
    await account.consoleUser('locked');
    for (let turn = 0; turn < 4; turn += 1) await account.signIn('locked', 'Wrong-Horse-1');
    await account.user('markup', { DisplayName: MARKUP, Comments: MARKUP });
  } else {
    await account.user('markup', { Path: '/<script>window.__pwned=1</script>/' });
    await account.users('TagUser', { UserName: 'markup', 'Tags.member.1.Key': 'team', 'Tags.member.1.Value': 'blue' });
  }
}

/** Who is told something after the password, or may sign a command line in. */
async function signers(account) {
  await account.consoleUser('signer');
  if (account.isAlibaba) await account.consoleUser('weak', {}, WEAK);
  else await account.attach('signer', 'SignInLocalDevelopmentAccess');
}

async function others(account) {
  await account.group('devs', 'reader', 'initial', 'nologon');
  await account.group('empty');
  await account.policy('readers', account.document(account.isAlibaba ? 'oss:Get*' : 's3:Get*'));
  const arn = account.policyArn('readers', true);
  const policyNamed = account.isAlibaba ? { PolicyName: 'readers' } : { PolicyArn: arn };
  const second = account.document(account.isAlibaba ? 'oss:List*' : 's3:List*');
  await account.users('CreatePolicyVersion', { ...policyNamed, PolicyDocument: second });
  await account.policy(
    'markup',
    JSON.stringify({
      Version: account.isAlibaba ? '1' : '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Action: '*',
          Resource: '*',
          Condition: { StringEquals: { [account.isAlibaba ? 'acs:UserAgent' : 'aws:UserAgent']: MARKUP } },
        },
      ],
    }),
  );
  await account.attach('markup', 'readers', true);
  await account.role('ops', { Description: MARKUP });
  const policy = account.isAlibaba
    ? { PolicyName: 'AliyunOSSReadOnlyAccess', PolicyType: 'System' }
    : { PolicyArn: account.policyArn('ReadOnlyAccess', false) };
  await account.attach('initial', account.isAlibaba ? 'AliyunRAMReadOnlyAccess' : 'ReadOnlyAccess');
  await account.users(account.isAlibaba ? 'AttachPolicyToGroup' : 'AttachGroupPolicy', {
    ...policy,
    GroupName: 'devs',
  });
  const key = await account.key('reader');
  await account.key('markup');
  const named = account.isAlibaba ? 'UserAccessKeyId' : 'AccessKeyId';
  await account.users('UpdateAccessKey', { UserName: 'reader', [named]: key.id, Status: 'Inactive' });
  await account.signIn('nobody');
}

/** The account, built. */
async function build(server, cloud) {
  const account = await server.account(cloud);
  await longAgo(account);
  await users(account);
  await others(account);
  // For the journal: something that a policy of the cloud permits, and something that none does.
  for (const user of ['initial', 'nobody']) {
    const key = await account.key(user);
    await account.attempt(account.isAlibaba ? 'ram' : 'iam', 'ListUsers', {}, key);
  }
  return account;
}

module.exports = { MARKUP, PASSWORD, WEAK, build };
