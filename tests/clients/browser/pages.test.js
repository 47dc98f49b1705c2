'use strict';

// Every page of the console, for both clouds. A page that another leads to and that is not walked here fails the last
// test: it wants a row under pages/.

const assert = require('node:assert/strict');
const { after, before, describe, test } = require('node:test');

const door = require('./pages/door.js');
const admin = require('./pages/admin.js');
const commandLines = require('./pages/command-lines.js');
const editing = require('./pages/editing.js');
const testers = require('./pages/testers.js');
const { PASSWORD, build } = require('./support/world.js');
const { Server } = require('./support/server.js');
const { Visitor, launch } = require('./support/browser.js');
const { Walk, nothingIsMissing } = require('./support/walk.js');

const TOKEN = 'token-of-the-tests';
const walks = [];
let server;
let browser;

before(async () => {
  [server, browser] = await Promise.all([Server.start(), launch()]);
});

after(async () => {
  await browser?.close();
  server?.stop();
});

/** One test for each page, in somebody's browser. */
async function each(t, walk, rows, visitor) {
  for (const [name, shape, open] of rows) {
    await t.test(name, async () => {
      await open(visitor);
      await walk.look(name, shape, visitor);
    });
  }
  await visitor.close();
}

function newWalk(prefix) {
  const walk = new Walk(prefix);
  walks.push(walk);
  return walk;
}

async function signedIn(account, user) {
  const visitor = await Visitor.open(browser, server);
  await visitor.signIn(account, user, PASSWORD);
  return visitor;
}

describe('every page', { concurrency: 2 }, () => {
  for (const cloud of ['alibaba', 'aws']) {
    test(`${cloud}: every page`, async (t) => {
      const account = await build(server, cloud);
      const walk = newWalk(cloud);
      await each(t, walk, door.ofCloud(account), await Visitor.open(browser, server));
      await each(t, walk, admin.ofAdmin(account), await signedIn(account, 'admin'));
      await each(t, walk, editing.ofEditing(account), await signedIn(account, 'admin'));
      await each(t, walk, commandLines.ofCode(account), await signedIn(account, 'nobody'));
      await each(t, walk, commandLines.ofAuthorize(account), await Visitor.open(browser, server));
      await each(t, walk, admin.asRole, await signedIn(account, 'admin'));
      await each(t, walk, admin.asNobody, await signedIn(account, 'nobody'));
      await each(t, walk, admin.asReader, await signedIn(account, 'reader'));
      await each(t, newWalk(`testers-${cloud}`), testers.ofTesters(account), await Visitor.open(browser, server));
      await each(t, walk, door.afterwards(account), await signedIn(account, 'left'));
    });
  }

  test('pages without an account', async (t) => {
    await each(t, newWalk('door'), door.ofNobody, await Visitor.open(browser, server));
  });

  test('pages that a server shows by its settings', async (t) => {
    const guarded = await Server.start({
      SESAME_CONTROL__TOKEN: TOKEN,
      SESAME_CONSOLE__ROOT_SIGN_IN: 'never',
      SESAME_CONSOLE__SIGN_IN_AS_ANY_USER: 'never',
    });
    t.after(() => guarded.stop());
    const account = await guarded.account('alibaba');
    await account.user('alice');
    await each(t, newWalk('guarded'), door.ofSettings(account, TOKEN), await Visitor.open(browser, guarded));
  });
});

test('what is wrong with a page is seen', async () => {
  const visitor = await Visitor.open(browser, server);
  await visitor.go('/console/login');
  await visitor.page.evaluate(() => {
    document.querySelector('h1').style.color = '#ddd';
    document.body.style.minWidth = '3000px';
    document
      .querySelector('main')
      .insertAdjacentHTML('beforeend', '<img src="data:,"><p onclick="window.__pwned=1" id="main">press</p>');
  });
  const walk = new Walk('none');
  const found = (await walk.violations(visitor.page, 'light')).map((what) => what.split(' ')[1]);
  assert.deepEqual(found.sort(), ['color-contrast', 'image-alt']);
  assert.match((await walk.overflow(visitor.page, 390)).join(), /px of content/);
  assert.deepEqual(await walk.doubles(visitor.page), ['more than one has the id main']);
  assert.match((await visitor.wrongs()).join(), /stopped by the content security policy/);
  await visitor.close();
  walk.found.set('/console/users/alice/no-such-page', 'made up');
  assert.throws(() => nothingIsMissing([...walks, walk]), /no-such-page, found on none-made up/);
});

test('no page leads to one that is not walked', () => nothingIsMissing(walks));
