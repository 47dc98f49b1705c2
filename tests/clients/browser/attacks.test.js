'use strict';

// What others may try on somebody who uses the console. Each test is of one defence: without it, it fails.

const assert = require('node:assert/strict');
const { after, before, describe, test } = require('node:test');

const { PASSWORD } = require('./support/account.js');
const { link } = require('./support/federation.js');
const { Site } = require('./support/site.js');
const { started } = require('./support/suite.js');

const suite = started();
const sites = [];

before(async () => {
  for (const host of ['localhost', '127.0.0.1']) sites.push(await Site.start(host));
});

after(() => sites.forEach((site) => site.stop()));

/** A browser that may go to the attackers' sites. */
async function victim(t, options) {
  const visitor = await suite.visitor(t, options);
  visitor.own.push(...sites.map((site) => site.origin));
  return visitor;
}

async function admin(t, cloud) {
  const account = await suite.server.account(cloud);
  await account.admin();
  const visitor = await victim(t);
  await visitor.signIn(account, 'admin', PASSWORD);
  return { account, visitor };
}

async function token(visitor, where = '/console') {
  await visitor.go(where);
  return visitor.page.locator('input[name=form_token]').first().inputValue();
}

async function hasUser(account, name) {
  const { text } = await account.attempt(account.isAlibaba ? 'ram' : 'iam', 'ListUsers');
  return text.includes(name);
}

describe('forms of other sites', () => {
  for (const cloud of ['alibaba', 'aws']) {
    test(`${cloud}: do nothing for whoever is signed in, even with the right token`, async (t) => {
      const { account, visitor } = await admin(t, cloud);
      const right = await token(visitor);
      const target = `${suite.server.origin}/console/new/user`;
      for (const site of sites) {
        for (const form_token of ['', 'wrong', right]) {
          const [answer] = await Promise.all([
            visitor.page.waitForResponse((one) => one.url() === target || one.url().includes('/console/login')),
            visitor.page.goto(site.form(target, { name: 'eve', path: '/', form_token })),
          ]);
          // A cookie that came along was not enough; where none came, nobody was signed in.
          assert.ok([303, 403, 200].includes(answer.status()), `${site.origin} ${answer.status()}`);
          await visitor.page.waitForURL((url) => url.href.startsWith(suite.server.origin));
          assert.equal(await hasUser(account, 'eve'), false, `${site.origin} ${form_token}`);
        }
      }
      await visitor.go('/console');
      await visitor.isAt('Overview');
    });
  }

  test("a form of our own without its token, or with somebody else's, does nothing", async (t) => {
    const { account, visitor } = await admin(t, 'alibaba');
    const other = await admin(t, 'alibaba');
    for (const value of ['', await token(other.visitor)]) {
      await visitor.go('/console/new/user');
      await visitor.fill({ 'User name': 'eve' });
      await visitor.page.locator('main input[name=form_token]').evaluate((field, text) => {
        field.value = text;
      }, value);
      assert.equal((await visitor.press('Create user')).status(), 403);
      await visitor.isAt('The form is out of date');
      assert.equal(await hasUser(account, 'eve'), false);
    }
  });

  test('sign nobody in or out, and move no clock', async (t) => {
    const { account, visitor } = await admin(t, 'alibaba');
    const own = await token(visitor);
    const stranger = await victim(t);
    const theirs = await token(stranger, '/console/login');
    const testers = await token(visitor, '/console/testers/clock');
    const { origin } = suite.server;
    for (const site of sites) {
      for (const [path, fields] of [
        ['/console/sign-out', { form_token: own }],
        [
          '/console/login/password',
          { cloud: 'alibaba', username: account.logonName('admin'), password: PASSWORD, form_token: theirs },
        ],
        ['/console/root/login', { account: account.id, form_token: theirs }],
        ['/console/testers/clock', { account: account.id, how: 'advance', days: '9', hours: '0', form_token: testers }],
        [`/console/testers/accounts/${account.id}/sign-in`, { user: 'admin', form_token: testers }],
        [`/console/testers/accounts/${account.id}/drop`, { form_token: testers }],
      ]) {
        for (const somebody of [visitor, stranger]) {
          await somebody.page.goto(site.form(`${origin}${path}`, fields));
          await somebody.page.waitForURL((url) => url.href.startsWith(origin));
        }
      }
    }
    const { mode } = await suite.server.ask('GET', `/_sesame/clock?account=${account.id}`);
    assert.equal(mode, 'system');
    await visitor.go('/console');
    await visitor.isAt('Overview');
    await stranger.go('/console');
    assert.match(stranger.page.url(), /\/console\/login/);
    assert.equal((await account.sessions()).length, 1);
  });
});

test('no other site frames the console or reads it', async (t) => {
  const { visitor } = await admin(t, 'aws');
  for (const site of sites) {
    await visitor.page.goto(site.page(`<iframe src="${suite.server.origin}/console"></iframe>`));
    const frame = visitor.page.frames().find((one) => one !== visitor.page.mainFrame());
    assert.ok(!(await frame.content().catch(() => '')).includes('You are signed in'));
    const read = await visitor.page.evaluate(
      (url) =>
        fetch(url, { credentials: 'include' }).then(
          (answer) => answer.text(),
          () => 'refused',
        ),
      `${suite.server.origin}/console`,
    );
    assert.equal(read, 'refused');
  }
  // That the browser told so is what was wanted.
  visitor.faults.length = 0;
});

describe('session fixation', () => {
  const planted = 'A'.repeat(43);
  const cookies = (visitor) =>
    visitor.context.cookies().then((all) => Object.fromEntries(all.map((one) => [one.name, one])));
  const plant = (visitor, name, value) =>
    visitor.context.addCookies([{ name, value, domain: '127.0.0.1', path: '/console' }]);

  for (const cloud of ['alibaba', 'aws']) {
    test(`${cloud}: a session that was there before a sign-in is not the one after it`, async (t) => {
      const { account, visitor: attacker } = await admin(t, cloud);
      await account.consoleUser('alice');
      const theirs = (await cookies(attacker)).sesame_session.value;
      for (const value of [planted, theirs]) {
        const visitor = await victim(t);
        await plant(visitor, 'sesame_session', value);
        await plant(visitor, 'sesame_browser', planted);
        await visitor.signIn(account, 'alice', PASSWORD);
        const now = await cookies(visitor);
        assert.ok(![planted, theirs].includes(now.sesame_session.value));
        assert.equal(now.sesame_browser, undefined, 'the browser of before the sign-in is forgotten');
        assert.equal(now.sesame_session.httpOnly, true);
        assert.equal(now.sesame_session.sameSite, 'Lax');
        assert.equal(await visitor.page.evaluate(() => document.cookie), '', 'no script reads a cookie');
      }
      const holder = await victim(t);
      await plant(holder, 'sesame_session', planted);
      await holder.go('/console');
      assert.match(holder.page.url(), /\/console\/login/);
      await attacker.go('/console');
      await attacker.says('user/admin');
    });
  }

  test('a secret of before a sign-in makes no form of after it', async (t) => {
    const { account, visitor } = await admin(t, 'alibaba');
    const stranger = await victim(t);
    const before = await token(stranger, '/console/login');
    await stranger.signIn(account, 'admin', PASSWORD);
    assert.notEqual(await token(stranger), before);
    assert.notEqual(await token(stranger), await token(visitor));
  });
});

describe('open redirects', () => {
  /** What a browser could read as the address of another site. */
  const evils = (origin) => {
    const host = origin.replace('http://', '');
    return [
      origin,
      `//${host}`,
      `///${host}`,
      `/\\${host}`,
      `\\\\${host}`,
      `/\t/${host}`,
      `/\n/${host}`,
      `\t//${host}`,
      ` //${host}`,
      `http:${host}`,
      `http:/${host}`,
      `javascript:location='${origin}'`,
      `/console//${host}`,
      `/console/..//${host}`,
      `/console/../..//${host}`,
      `/console/.//${host}`,
      `/%2f${host}`,
      `/%5c${host}`,
      `/console\\..\\..\\\\${host}`,
      `/console@${host}`,
      `.${host}`,
      `@${host}`,
      `/console/%2e%2e//${host}`,
      `/console/%0d%0aLocation:%20${origin}`,
      `/console\r\nLocation: ${origin}`,
    ];
  };

  /** The browser is in the console, and never asked anybody else. */
  async function stayed(visitor, evil) {
    assert.equal(new URL(visitor.page.url()).origin, visitor.server.origin, evil);
    assert.ok(new URL(visitor.page.url()).pathname.startsWith('/console'), `${evil} led to ${visitor.page.url()}`);
    assert.deepEqual(
      visitor.faults.filter((fault) => fault.includes('elsewhere')),
      [],
      evil,
    );
  }

  test('none by a link to the page of the root', async (t) => {
    const account = await suite.server.account('aws');
    const visitor = await suite.visitor(t);
    for (const evil of evils(sites[0].origin)) {
      await visitor.go(`/console/root/login?next=${encodeURIComponent(evil)}`);
      await visitor.leaves(() => visitor.page.locator('button[name=account]').first().click());
      await stayed(visitor, evil);
    }
    assert.ok(account.id);
  });

  for (const cloud of ['alibaba', 'aws']) {
    test(`${cloud}: none by the steps of a sign-in, by a link or by a field that was changed`, async (t) => {
      const account = await suite.server.account(cloud);
      await account.consoleUser('alice');
      const visitor = await suite.visitor(t);
      const login = account.isAlibaba ? `/console/${account.domain}/login.htm` : '/console/aws/login';
      const change = (evil) =>
        visitor.page.locator('main form input[name=next]').evaluate((field, text) => {
          field.value = text;
        }, evil);
      // The whole list is tried on the page of the root, which is quicker.
      for (const evil of evils(sites[0].origin).filter((_, index) => index % 5 === 0)) {
        await visitor.go(`${login}?account=${account.id}&username=alice&next=${encodeURIComponent(evil)}`);
        await change(evil);
        if (account.isAlibaba) {
          await visitor.press('Next');
          await change(evil);
        }
        await visitor.fill({ Password: PASSWORD });
        await visitor.decline(await visitor.press('Sign in'));
        await visitor.isAt('Overview');
        await stayed(visitor, evil);
        await visitor.context.clearCookies();
      }
    });
  }

  test('none by the page that asks for the token', async (t) => {
    const guarded = await suite.other(t, { SESAME_CONTROL__TOKEN: 'open-sesame' });
    const visitor = await suite.visitor(t, {}, guarded);
    for (const evil of evils(sites[0].origin)) {
      await visitor.go(`/console/testers/token?next=${encodeURIComponent(evil)}`);
      await visitor.fill({ 'Control token': 'open-sesame' });
      await visitor.press('Open');
      await stayed(visitor, evil);
      await visitor.context.clearCookies();
    }
  });

  test('none by the address that somebody wanted before signing in', async (t) => {
    const visitor = await suite.visitor(t);
    for (const path of [
      '/console//localhost',
      '/console/%5c%5clocalhost',
      '/console/users?next=//localhost',
      '/console/users/..%2f..%2f',
    ]) {
      await visitor.page.goto(path);
      await stayed(visitor, path);
    }
  });

  test('none by the federation endpoint', async (t) => {
    const account = await suite.server.account('aws');
    await account.role('ops');
    await account.user('bob');
    await account.attach('bob', 'AdministratorAccess');
    const federated = await link(account, await account.key('bob'), 'ops');
    const visitor = await suite.visitor(t);
    for (const evil of evils(sites[0].origin)) {
      const answer = await visitor.page.goto(federated(evil));
      assert.equal(new URL(visitor.page.url()).origin, suite.server.origin, evil);
      assert.ok(
        answer.status() === 400 || answer.status() === 404 || visitor.page.url().includes('/console'),
        `${evil} ${answer.status()}`,
      );
      assert.deepEqual(
        visitor.faults.filter((fault) => fault.includes('elsewhere')),
        [],
        evil,
      );
    }
  });
});
