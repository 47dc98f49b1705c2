'use strict';

// Signing in as people do it, on both clouds.

const assert = require('node:assert/strict');
const crypto = require('node:crypto');
const { describe, test } = require('node:test');

const { Account, PASSWORD } = require('./support/account.js');
const { codeAt } = require('./support/totp.js');
const { started } = require('./support/suite.js');

const OTHER = 'Battery-Staple-2';
const suite = started();

/** An account with the user alice, and a browser at which nobody has signed in. */
async function withAlice(t, cloud, more = {}) {
  const account = await suite.server.account(cloud);
  await account.consoleUser('alice', more);
  return { account, visitor: await suite.visitor(t) };
}

/** Sets a new password at a sign-in. */
async function replace(visitor, password, again = password) {
  await visitor.fill({ 'New password': password, 'New password again': again });
  return visitor.decline(await visitor.press('Set password and sign in'));
}

for (const cloud of ['alibaba', 'aws']) {
  describe(cloud, () => {
    test('a password opens the console at the page that was wanted', async (t) => {
      const { account, visitor } = await withAlice(t, cloud);
      await visitor.go('/console/settings?x=1');
      assert.match(visitor.page.url(), /\/console\/login\?next=/);
      if (!account.isAlibaba) {
        await visitor.press('IAM user');
        await visitor.signIn(account, 'alice', PASSWORD);
      } else {
        await visitor.fill({ 'Logon name': account.logonName('alice') });
        await visitor.press('Next');
        await visitor.fill({ Password: PASSWORD });
        await visitor.decline(await visitor.press('Sign in'));
        assert.equal(visitor.page.url(), `${suite.server.origin}/console/settings?x=1`);
      }
      await visitor.go('/console');
      await visitor.says(`user/alice`);
      await visitor.press('Sign out');
      await visitor.says('You have signed out.');
      await visitor.go('/console');
      assert.match(visitor.page.url(), /\/console\/login$/);
      await visitor.page.goBack();
      assert.ok(!(await visitor.page.content()).includes('user/alice'), 'the way back shows nothing');
    });

    test('a wrong user and a wrong password look the same', async (t) => {
      const { account, visitor } = await withAlice(t, cloud);
      const looks = [];
      for (const [user, password] of [
        ['alice', 'Wrong-Horse-1'],
        ['nobody', PASSWORD],
      ]) {
        const answer = await visitor.givePassword(account, user, password);
        assert.equal(answer.status(), 403);
        await visitor.page.getByRole('alert').waitFor();
        const html = await visitor.page.locator('main').innerHTML();
        looks.push(html.replaceAll(user, 'user').replace(/name="form_token" value="[^"]*"/g, ''));
      }
      assert.equal(looks[0], looks[1]);
    });

    test('a code is asked for, and one is good once', async (t) => {
      const { account, visitor } = await withAlice(t, cloud);
      await account.freeze();
      const seed = await account.device('alice');
      await account.advance('PT5M');
      await visitor.givePassword(account, 'alice', PASSWORD);
      await visitor.isAt('Code of your MFA device');
      const code = codeAt(seed, await account.now());
      await visitor.fill({ Code: code === '123456' ? '654321' : '123456' });
      assert.equal((await visitor.press('Sign in')).status(), 403);
      await visitor.says('This is not the code that the device shows now');
      await visitor.fill({ Code: `${code.slice(0, 3)} ${code.slice(3)}` });
      await visitor.press('Sign in');
      await visitor.isAt('Overview');
      await visitor.page.locator('.badge', { hasText: /^Shown$/ }).waitFor();
      const other = await suite.visitor(t);
      await other.givePassword(account, 'alice', PASSWORD);
      await other.fill({ Code: code });
      assert.equal((await other.press('Sign in')).status(), 403);
    });

    test('a reset password is replaced before anything else', async (t) => {
      const { account, visitor } = await withAlice(t, cloud, { PasswordResetRequired: true });
      if (!account.isAlibaba) await account.attach('alice', 'IAMUserChangePassword');
      await visitor.givePassword(account, 'alice', PASSWORD);
      await visitor.isAt('Set a new password');
      assert.equal((await account.sessions('alice')).length, 0);
      assert.equal((await replace(visitor, OTHER, 'Battery-Staple-3')).status(), 422);
      await visitor.says('The two are not the same.');
      assert.equal((await replace(visitor, 'short')).status(), 422);
      await visitor.says('It is too short.');
      await replace(visitor, OTHER);
      await visitor.isAt('Overview');
      await visitor.press('Sign out');
      assert.equal((await visitor.givePassword(account, 'alice', PASSWORD)).status(), 403);
      await visitor.signIn(account, 'alice', OTHER);
    });

    test('an expired password is replaced, or an administrator is needed', async (t) => {
      const account = await suite.server.account(cloud);
      const visitor = await suite.visitor(t);
      const rules = (hard) =>
        account.isAlibaba
          ? account.call('ims', 'SetPasswordPolicy', { MaxPasswordAge: 30, HardExpire: hard })
          : account.users('UpdateAccountPasswordPolicy', { MaxPasswordAge: 30, HardExpiry: hard });
      await rules(true);
      await account.consoleUser('alice');
      if (!account.isAlibaba) await account.attach('alice', 'IAMUserChangePassword');
      await visitor.signIn(account, 'alice', PASSWORD);
      await account.advance('P31D');
      assert.equal((await visitor.go('/console', 403)).status(), 403);
      await visitor.isAt('Your session has run out');
      assert.equal((await visitor.givePassword(account, 'alice', PASSWORD)).status(), 403);
      await visitor.isAt('The password has expired');
      await rules(false);
      await visitor.press('Back to sign-in');
      await visitor.givePassword(account, 'alice', PASSWORD);
      await visitor.isAt('Set a new password');
      await replace(visitor, OTHER);
      await visitor.isAt('Overview');
    });

    test('the root comes in by one click', async (t) => {
      const { account, visitor } = await withAlice(t, cloud);
      await visitor.go('/console/login');
      await visitor.press('Root');
      const button = visitor.page.getByRole('button', { name: account.id });
      if (await button.count()) await visitor.leaves(() => button.click());
      else {
        await visitor.fill({ 'Account ID': account.id });
        await visitor.press('Sign in');
      }
      await visitor.says(`${account.id}:root`);
      await visitor.says('no policy is asked');
    });

    test('any user comes in by one click from the pages for testers, which say so', async (t) => {
      const { account, visitor } = await withAlice(t, cloud);
      await visitor.go('/console/testers/accounts');
      await visitor.press(account.id);
      await visitor.press('Sign in as alice');
      await visitor.says('A tester began this session without a password.');
      await visitor.says('user/alice');
    });

    test('all of it goes without scripts', async (t) => {
      const account = await suite.server.account(cloud);
      await account.consoleUser('alice', { PasswordResetRequired: true });
      if (!account.isAlibaba) await account.attach('alice', 'IAMUserChangePassword');
      const visitor = await suite.visitor(t, { javaScriptEnabled: false });
      await visitor.givePassword(account, 'alice', PASSWORD);
      await replace(visitor, OTHER);
      await visitor.isAt('Overview');
      assert.equal(await visitor.page.locator('button[data-copy]:visible').count(), 0, 'a button that needs a script');
      await visitor.press('Sign out');
      await visitor.says('You have signed out.');
    });
  });
}

describe('alibaba alone', () => {
  test('the page of an account has its domain filled in', async (t) => {
    const { account, visitor } = await withAlice(t, 'alibaba');
    await visitor.go(`/console/${account.domain}/login.htm?username=alice%40${account.domain}`);
    assert.equal(await visitor.page.getByLabel('Logon name').inputValue(), 'alice');
    await visitor.says(`@${account.domain}`);
    await visitor.press('Next');
    await visitor.fill({ Password: PASSWORD });
    await visitor.decline(await visitor.press('Sign in'));
    await visitor.says(`acs:ram::${account.id}:user/alice`);
  });

  test('a name without a domain is of the default account', async (t) => {
    const id = '1000000000000001';
    const root = { access_key_id: 'test', access_key_secret: 'test' };
    const account = new Account(suite.server, { cloud: 'alibaba', id, domain: `${id}.onaliyun.com`, root });
    const user = await account.consoleUser(`alice-${crypto.randomUUID()}`);
    const visitor = await suite.visitor(t);
    await visitor.go('/console/login');
    await visitor.fill({ 'Logon name': user });
    await visitor.press('Next');
    await visitor.fill({ Password: PASSWORD });
    await visitor.decline(await visitor.press('Sign in'));
    await visitor.says(`acs:ram::${id}:user/${user}`);
  });

  test('whoever needs a device binds one from the QR code', async (t) => {
    const { account, visitor } = await withAlice(t, 'alibaba', { MFABindRequired: true });
    await account.freeze();
    await visitor.givePassword(account, 'alice', PASSWORD);
    await visitor.isAt('Bind an MFA device');
    const picture = visitor.page.getByRole('img', { name: 'QR code' });
    assert.ok((await picture.evaluate((image) => image.naturalWidth)) > 100);
    await visitor.page.getByText('Cannot scan?').click();
    const first = await visitor.page.locator('details code').innerText();
    await visitor.fill({ 'First code': '123456', 'The code after it': '123456' });
    assert.equal((await visitor.press('Bind and sign in')).status(), 403);
    await visitor.says('These are not two codes of the device');
    const seed = await visitor.page.locator('details code').textContent();
    assert.equal(seed, first, 'the seed stays, or people scan again for each slip');
    const now = await account.now();
    await visitor.fill({ 'First code': codeAt(seed, now - 30), 'The code after it': codeAt(seed, now) });
    await visitor.press('Bind and sign in');
    await visitor.isAt('Overview');
    const shown = await suite.server.ask('GET', `/_sesame/users/alibaba/${account.id}/alice/totp`);
    assert.equal(shown.code, codeAt(seed, now));
  });

  test('too many wrong passwords lock a user for an hour', async (t) => {
    const { account, visitor } = await withAlice(t, 'alibaba');
    await account.call('ims', 'SetPasswordPolicy', { MaxLoginAttemps: 2 });
    for (let turn = 0; turn < 2; turn += 1) await visitor.givePassword(account, 'alice', 'Wrong-Horse-1');
    assert.equal((await visitor.givePassword(account, 'alice', PASSWORD)).status(), 403);
    await visitor.isAt('The user is locked');
    await account.advance('PT1H1S');
    await visitor.press('Back to sign-in');
    await visitor.signIn(account, 'alice', PASSWORD);
  });

  test('a disabled logon, a lapsed initial password and a wrong network are told apart', async (t) => {
    const { account, visitor } = await withAlice(t, 'alibaba');
    const logon = (status) =>
      account.call('ims', 'UpdateLoginProfile', { UserPrincipalName: account.logonName('alice'), Status: status });
    await logon('Inactive');
    assert.equal((await visitor.givePassword(account, 'alice', PASSWORD)).status(), 403);
    await visitor.isAt('Console logon is not enabled');
    await logon('Active');
    await account.call('ims', 'SetSecurityPreference', { LoginNetworkMasks: '10.0.0.0/8' });
    assert.equal((await visitor.givePassword(account, 'alice', PASSWORD)).status(), 403);
    await visitor.isAt('Not from this address');
    await account.call('ims', 'SetSecurityPreference', { LoginNetworkMasks: '127.0.0.0/8' });
    await account.advance('P14D');
    assert.equal((await visitor.givePassword(account, 'alice', PASSWORD)).status(), 403);
    await visitor.isAt('The initial password has expired');
    await account.users('UpdateLoginProfile', { UserName: 'alice', Password: OTHER });
    await visitor.signIn(account, 'alice', OTHER);
  });

  test('a password that is changed elsewhere ends the session at the next click', async (t) => {
    const { account, visitor } = await withAlice(t, 'alibaba');
    const key = await account.key('alice');
    await visitor.signIn(account, 'alice', PASSWORD);
    await account.call('ims', 'ChangePassword', { OldPassword: PASSWORD, NewPassword: OTHER }, key);
    assert.equal((await visitor.press('Settings')).status(), 403);
    await visitor.isAt('Your session has ended');
    await visitor.says('The password was changed. Sign in with the new one.');
    await visitor.press('Sign in');
    assert.equal(await visitor.page.getByLabel('Logon name').inputValue(), 'alice');
    await visitor.signIn(account, 'alice', OTHER);
    await account.users('UpdateLoginProfile', { UserName: 'alice', Password: PASSWORD });
    assert.equal((await visitor.press('Sign out')).status(), 403);
    await visitor.says('An administrator set a new password for you.');
  });
});

describe('aws alone', () => {
  async function changed(t, server) {
    const account = await server.account('aws');
    await account.consoleUser('alice');
    const visitor = await suite.visitor(t, {}, server);
    await visitor.signIn(account, 'alice', PASSWORD);
    await account.users('UpdateLoginProfile', { UserName: 'alice', Password: OTHER });
    return { answer: await visitor.press('Settings'), visitor };
  }

  test('a new password ends no session', async (t) => {
    const { answer } = await changed(t, suite.server);
    assert.equal(answer.status(), 200);
  });

  test('a new password ends all sessions where the setting says so', async (t) => {
    const strict = await suite.other(t, { SESAME_AWS__NEW_PASSWORD_ENDS_SESSIONS: 'true' });
    const { answer, visitor } = await changed(t, strict);
    assert.equal(answer.status(), 403);
    await visitor.isAt('Your session has ended');
  });

  test('a user without console logon learns nothing', async (t) => {
    const { account, visitor } = await withAlice(t, 'aws');
    await account.user('bob');
    assert.equal((await visitor.givePassword(account, 'bob', PASSWORD)).status(), 403);
    await visitor.says('The account, the user name or the password is wrong.');
  });
});
