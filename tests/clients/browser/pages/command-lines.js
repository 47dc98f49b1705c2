'use strict';

// The pages that command lines send people to: `[name, shape, open]`.

const { PASSWORD } = require('../support/account.js');
const { CommandLine, alibabaOAuth, awsLogin } = require('../support/command-line.js');
const { at } = require('./admin.js');

const DEVICE = '/console/device';

/** The page of a code, for somebody who is signed in. */
function ofCode(account) {
  if (!account.isAlibaba) return [['command-line-elsewhere', DEVICE, at(DEVICE, 403)]];
  const answered = (button) => async (visitor) => {
    await visitor.go((await CommandLine.begin(visitor.server)).page);
    if (button) await visitor.press(button);
  };
  return [
    ['command-line', DEVICE, at(DEVICE)],
    ['command-line-unknown', DEVICE, at(`${DEVICE}?user_code=NOPE-NOPE`, 404)],
    ['command-line-code', DEVICE, answered()],
    ['command-line-approved', DEVICE, answered('Approve')],
    ['command-line-denied', DEVICE, answered('Deny')],
  ];
}

/** The pages at the clouds' own paths, for somebody who is not. */
function ofAuthorize(account) {
  const path = account.isAlibaba ? '/oauth2/v1/auth' : '/v1/authorize';
  const name = account.isAlibaba ? 'oauth' : 'aws-login';
  const where = (visitor) => (account.isAlibaba ? alibabaOAuth() : awsLogin(visitor.server));
  const given =
    (user, password = PASSWORD) =>
    async (visitor) => {
      await visitor.go(where(visitor));
      await visitor.page.locator('input[name=account]').fill(account.id);
      await visitor.page.locator('input[name=user]').fill(account.logonName(user));
      await visitor.page.locator('input[name=password]').fill(password);
      await visitor.press('Sign in');
    };
  const rows = [
    [name, path, (visitor) => visitor.go(where(visitor))],
    [`${name}-wrong-password`, path, given('admin', 'Wrong-Horse-1')],
    [`${name}-code`, path, given('device')],
    [`${name}-new-password`, path, given('reset')],
    [`${name}-lapsed`, path, given('lapsed')],
    [`${name}-refused`, path, at(path, 400)],
  ];
  if (account.isAlibaba) return rows;
  return [
    ...rows,
    [
      'aws-login-other-machine',
      '/v1/sessions/confirmation',
      async (visitor) => {
        await visitor.go(awsLogin(visitor.server, 'cross'));
        await visitor.page.locator('input[name=account]').fill(account.id);
        await visitor.page.locator('input[name=user]').fill('signer');
        await visitor.page.locator('input[name=password]').fill(PASSWORD);
        await visitor.press('Sign in');
      },
    ],
    ['federation-refused', '/federation', at('/federation', 400)],
  ];
}

module.exports = { ofAuthorize, ofCode };
