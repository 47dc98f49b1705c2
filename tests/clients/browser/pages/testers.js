'use strict';

// The pages for testers: `[name, shape, open]`.

const { at, sent } = require('./admin.js');

const EXPLORER = '/console/testers/explorer';

const FAULTS = '/console/testers/faults';

/** One fault that strikes an account, hit once. */
function faultHit(account) {
  return async (visitor) => {
    await visitor.go(FAULTS);
    await visitor.page.getByLabel('What it does').selectOption('error');
    const code = account.isAlibaba ? 'Throttling.User' : 'Throttling';
    await visitor.fill({ With: code, Action: 'ListGroups', 'Account ID': account.id });
    await visitor.press('Inject it');
    await account.attempt(account.isAlibaba ? 'ram' : 'iam', 'ListGroups');
    await visitor.go(FAULTS);
    const row = visitor.page.getByRole('row').filter({ hasText: account.id });
    await row.locator('td[data-label=Struck]', { hasText: /^1$/ }).waitFor();
  };
}

function ofTesters(account) {
  const operation = account.isAlibaba ? 'alibaba-ram/GetUser' : 'aws-iam/GetUser';
  const journal = (user, badge) => async (visitor) => {
    await visitor.go(`/console/testers/journal?account=${account.id}&principal=user%2F${user}`);
    const row = visitor.page
      .locator('tbody tr')
      .filter({ has: visitor.page.locator('.badge', { hasText: badge }) })
      .first();
    await visitor.leaves(() => row.getByRole('link').click());
  };
  return [
    ['clock', '/console/testers/clock', at('/console/testers')],
    ['clock-of-account', '/console/testers/clock', at(`/console/testers/clock?account=${account.id}`)],
    ['clock-wrong', '/console/testers/clock', sent('/console/testers/clock', { 'Stand still at': 'soon' }, 'Freeze')],
    ['journal', '/console/testers/journal', at('/console/testers/journal')],
    ['journal-none', '/console/testers/journal', at('/console/testers/journal?action=nosuch')],
    ['journal-wrong', '/console/testers/journal', at('/console/testers/journal?since=soon', 422)],
    ['journal-denied', '/console/testers/journal/:request', journal('nobody', 'denied')],
    ['journal-allowed', '/console/testers/journal/:request', journal('initial', 'allowed')],
    [
      'faults-wrong',
      FAULTS,
      sent(FAULTS, { With: 'NoSuchCode', 'Account ID': account.id, Probability: '7' }, 'Inject it'),
    ],
    ['faults', FAULTS, faultHit(account)],
    ['accounts', '/console/testers/accounts', at('/console/testers/accounts')],
    ['accounts-made', '/console/testers/accounts', sent('/console/testers/accounts', {}, 'Make it')],
    [
      'accounts-wrong',
      '/console/testers/accounts',
      sent('/console/testers/accounts', { 'Account ID': '1' }, 'Make it'),
    ],
    ['account', '/console/testers/accounts/:account', at(`/console/testers/accounts/${account.id}`)],
    ['explorer', EXPLORER, at(EXPLORER)],
    ['explorer-found', EXPLORER, at(`${EXPLORER}?q=LoginProfile`)],
    ['explorer-none', EXPLORER, at(`${EXPLORER}?q=nosuch`)],
    ['operation', `${EXPLORER}/:api/:operation`, at(`${EXPLORER}/${operation}`)],
    [
      'operation-not-built',
      `${EXPLORER}/:api/:operation`,
      async (visitor) => {
        await visitor.go(EXPLORER);
        await visitor.leaves(() => visitor.page.locator('a.unbuilt').first().click());
      },
    ],
    [
      'operation-answered',
      `${EXPLORER}/:api/:operation`,
      async (visitor) => {
        await visitor.go(`${EXPLORER}/${operation}`);
        await visitor.page.getByLabel('Account', { exact: true }).selectOption(account.id);
        await visitor.page.locator('#p-UserName').fill('markup');
        await visitor.press('Call GetUser');
      },
    ],
    ['operation-unknown', `${EXPLORER}/:api/:operation`, at(`${EXPLORER}/aws-iam/NoSuch`, 404)],
  ];
}

module.exports = { ofTesters };
