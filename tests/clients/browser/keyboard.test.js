'use strict';

// The console by keyboard alone: Tab, Shift+Tab, Enter, Space and letters, with the focus to be seen at every step.

const assert = require('node:assert/strict');
const { test } = require('node:test');

const { PASSWORD } = require('./support/account.js');
const { started } = require('./support/suite.js');

const suite = started();

/** How something looks, in what shows that it has the focus. */
function look(element) {
  const own = (node) => {
    const { outlineStyle, outlineWidth, outlineColor, boxShadow, borderColor, top } = getComputedStyle(node);
    return [outlineStyle === 'none' ? 'none' : `${outlineWidth} ${outlineColor}`, boxShadow, borderColor, top].join(
      ' | ',
    );
  };
  // A field shows it by the frame around it.
  return `${own(element)} || ${own(element.parentElement)}`;
}

/** What has the focus now. */
async function focused(visitor) {
  const handle = await visitor.page.evaluateHandle(() => document.activeElement);
  return handle.asElement();
}

/** That what has the focus looks so, and otherwise without it; the focus stays where it was. */
async function isVisible(visitor) {
  const element = await focused(visitor);
  const tag = await element.evaluate((node) => node.outerHTML.slice(0, 120));
  const box = await element.boundingBox();
  assert.ok(box && box.width > 1 && box.height > 1, `${tag} has the focus and is not seen`);
  const withFocus = await element.evaluate(look);
  await element.evaluate((node) => node.blur());
  const without = await element.evaluate(look);
  await element.evaluate((node) => node.focus({ focusVisible: true }));
  assert.notEqual(withFocus, without, `${tag} looks the same with the focus`);
}

/** Tabs on to what has this name; each step on the way has to show where it is. */
async function tabTo(visitor, name) {
  for (let step = 0; step < 60; step += 1) {
    const element = await focused(visitor);
    const told = await element.evaluate((node) => {
      const label = node.labels?.[0]?.innerText ?? node.getAttribute('aria-label') ?? node.innerText ?? '';
      return node === document.body ? '' : label.trim();
    });
    if (told === name) {
      await isVisible(visitor);
      return;
    }
    if (told !== '') await isVisible(visitor);
    await visitor.page.keyboard.press('Tab');
  }
  assert.fail(`60 steps do not lead to ${name}`);
}

const enter = (visitor) => visitor.leaves(() => visitor.page.keyboard.press('Enter'));

for (const cloud of ['alibaba', 'aws']) {
  test(`${cloud}: somebody signs in and makes a user by keyboard alone`, async (t) => {
    const account = await suite.server.account(cloud);
    await account.admin();
    const visitor = await suite.visitor(t, { reducedMotion: 'reduce' });
    const { keyboard } = visitor.page;
    await visitor.go('/console/login');
    if (account.isAlibaba) {
      // The first field has the focus when a page opens.
      await tabTo(visitor, 'Logon name');
      await keyboard.type(account.logonName('admin'));
      await enter(visitor);
      await tabTo(visitor, 'Password');
      await keyboard.type(PASSWORD);
      await tabTo(visitor, 'Sign in');
      await enter(visitor);
      await visitor.isAt('Bind an MFA device');
      await tabTo(visitor, 'Not now');
      await enter(visitor);
    } else {
      await visitor.page.evaluate(() => document.activeElement.blur());
      await tabTo(visitor, 'Skip to content');
      await tabTo(visitor, 'IAM user');
      await enter(visitor);
      await tabTo(visitor, 'Account ID or account alias');
      await keyboard.type(account.id);
      await tabTo(visitor, 'IAM user name');
      await keyboard.type('admin');
      await tabTo(visitor, 'Password');
      await keyboard.type(PASSWORD);
      await enter(visitor);
    }
    await visitor.isAt('Overview');

    await tabTo(visitor, 'Users');
    await enter(visitor);
    await tabTo(visitor, 'Skip to content');
    await keyboard.press('Enter');
    assert.match(visitor.page.url(), /#main$/);
    // From there the next is in the page, not among the sections.
    await keyboard.press('Tab');
    assert.equal(await (await focused(visitor)).evaluate((node) => Boolean(node.closest('main'))), true);
    await tabTo(visitor, 'Create user');
    await enter(visitor);
    await tabTo(visitor, 'User name');
    await keyboard.type('bob');
    await tabTo(visitor, 'Create user');
    await enter(visitor);
    await visitor.says('The user bob is made.');
    await tabTo(visitor, 'Delete this user');
    await keyboard.press('Space');
    await tabTo(visitor, 'Delete user');
    await enter(visitor);
    await visitor.says('The user bob is deleted.');
  });
}

test('a focus that nobody sees is found', async (t) => {
  const visitor = await suite.visitor(t);
  await visitor.go('/console/login');
  await visitor.page.evaluate(() => {
    const style = new CSSStyleSheet();
    style.replaceSync(`* { outline: none !important; box-shadow: none !important; border-color: red !important; }`);
    document.adoptedStyleSheets = [style];
    document.styleSheets[0].disabled = true;
    document.querySelector('button').focus();
  });
  await assert.rejects(isVisible(visitor), /looks the same with the focus/);
});
