'use strict';

// The pages of the sign-in, and what people are told who do not come in.

const { PASSWORD, WEAK } = require('../support/world.js');

const LOGIN = '/console/login';
const PASSWORD_STEP = '/console/login/password';
const OFFER_DECLINED = '/console/login/device/later';
const WEAK_PASSWORD = '/console/weak-password';

/** What both clouds have: `[name, shape, open]`. */
function ofCloud(account) {
  const refused =
    (user, password = PASSWORD) =>
    (visitor) =>
      visitor.givePassword(account, user, password);
  const both = [
    ['wrong-password', PASSWORD_STEP, refused('admin', 'Wrong-Horse-1')],
    ['code', PASSWORD_STEP, refused('device')],
    [
      'wrong-code',
      '/console/login/code',
      async (visitor) => {
        await refused('device')(visitor);
        await visitor.fill({ Code: '000000' });
        await visitor.press('Sign in');
      },
    ],
    ['new-password', account.isAlibaba ? OFFER_DECLINED : PASSWORD_STEP, refused('reset')],
    [
      'new-password-rejected',
      '/console/login/new-password',
      async (visitor) => {
        await refused('reset')(visitor);
        await visitor.fill({ 'New password': 'short', 'New password again': 'short' });
        await visitor.press('Set password and sign in');
      },
    ],
    [
      'new-password-unlike',
      '/console/login/new-password',
      async (visitor) => {
        await refused('reset')(visitor);
        await visitor.fill({ 'New password': 'Battery-Staple-2', 'New password again': 'Battery-Staple-3' });
        await visitor.press('Set password and sign in');
      },
    ],
    ['password-expired', PASSWORD_STEP, refused('aged')],
  ];
  return [...both, ...(account.isAlibaba ? ofAlibaba(account, refused) : ofAws(account))];
}

/** Changes a password on the page that advises to. */
async function changed(visitor, fields) {
  await visitor.fill({ 'New password': 'Battery-Staple-2', ...fields });
  await visitor.press('Change password');
}

function ofAlibaba(account, refused) {
  return [
    ['sign-in', LOGIN, (visitor) => visitor.go(LOGIN)],
    [
      'sign-in-of-domain',
      '/console/:domain/login.htm',
      (visitor) => visitor.go(`/console/${account.domain}/login.htm`),
    ],
    [
      'password',
      LOGIN,
      async (visitor) => {
        await visitor.go(LOGIN);
        await visitor.fill({ 'Logon name': account.logonName('admin') });
        await visitor.press('Next');
      },
    ],
    ['locked', PASSWORD_STEP, refused('locked')],
    ['disabled', PASSWORD_STEP, refused('off')],
    ['initial-password-expired', PASSWORD_STEP, refused('lapsed')],
    ['bind-device', PASSWORD_STEP, refused('unbound')],
    ['offer-device', PASSWORD_STEP, (visitor) => visitor.givePasswordAlone(account, 'initial', PASSWORD)],
    [
      'offer-device-wrong',
      '/console/login/device',
      async (visitor) => {
        await visitor.givePasswordAlone(account, 'initial', PASSWORD);
        await visitor.fill({ 'First code': '000000', 'The code after it': '111111' });
        await visitor.press('Bind and sign in');
      },
    ],
    [
      'code-remember',
      PASSWORD_STEP,
      async (visitor) => {
        await account.call('ims', 'SetSecurityPreference', { EnableSaveMFATicket: true });
        await refused('device')(visitor);
      },
    ],
    ['weak-password', WEAK_PASSWORD, refused('weak', WEAK)],
    [
      'weak-password-wrong',
      WEAK_PASSWORD,
      (visitor) => changed(visitor, { 'Current password': 'Wrong-Horse-1', 'New password again': 'Battery-Staple-2' }),
    ],
    [
      'weak-password-unlike',
      WEAK_PASSWORD,
      (visitor) => changed(visitor, { 'Current password': WEAK, 'New password again': 'Battery-Staple-3' }),
    ],
    [
      'weak-password-rejected',
      WEAK_PASSWORD,
      (visitor) => changed(visitor, { 'Current password': WEAK, 'New password': 'x', 'New password again': 'x' }),
    ],
    [
      'weak-password-not-mine',
      WEAK_PASSWORD,
      async (visitor) => {
        await account.call('ims', 'SetSecurityPreference', { AllowUserToChangePassword: false });
        await refused('weak', WEAK)(visitor);
        await account.call('ims', 'SetSecurityPreference', { AllowUserToChangePassword: true });
      },
    ],
    [
      'bind-device-wrong',
      '/console/login/device',
      async (visitor) => {
        await refused('unbound')(visitor);
        await visitor.fill({ 'First code': '000000', 'The code after it': '111111' });
        await visitor.press('Bind and sign in');
      },
    ],
  ];
}

function ofAws(account) {
  return [
    ['sign-in', '/console/aws/login', (visitor) => visitor.go('/console/aws/login')],
    [
      'sign-in-filled',
      '/console/aws/login',
      (visitor) => visitor.go(`/console/aws/login?account=${account.id}&username=bob`),
    ],
  ];
}

/** What no cloud has a part in. */
const ofNobody = [
  ['root', '/console/root/login', (visitor) => visitor.go('/console/root/login')],
  ['nothing-here', '/console/no-such-page', (visitor) => visitor.go('/console/no-such-page', 404)],
  [
    'form-out-of-date',
    LOGIN,
    async (visitor) => {
      await visitor.go(LOGIN);
      await visitor.context.clearCookies();
      await visitor.fill({ 'Logon name': 'alice' });
      await visitor.press('Next');
    },
  ],
  [
    'took-too-long',
    '/console/login/code',
    async (visitor) => {
      await visitor.go(LOGIN);
      await visitor.page.evaluate(() => {
        const form = document.querySelector('main form');
        form.action = '/console/login/code';
        for (const name of ['state', 'code'])
          form.append(Object.assign(document.createElement('input'), { name, value: 'x' }));
        document.querySelector('#username').value = 'x';
      });
      await visitor.press('Next');
    },
  ],
  [
    'not-from-here',
    '/console/testers/clock',
    async (visitor) => {
      // A name that leads here and that anybody could have given.
      const elsewhere = `http://somewhere.localhost:${visitor.server.port}`;
      visitor.own.push(elsewhere);
      await visitor.go(`${elsewhere}/console/testers/clock`, 403);
    },
  ],
];

/** What whoever has signed out is told, and whoever is signed out by somebody else. */
function afterwards(account) {
  const start = account.isAlibaba ? '/console/:domain/login.htm' : '/console/aws/login';
  return [
    ['signed-out', start, (visitor) => visitor.press('Sign out')],
    [
      'session-ended',
      '/console',
      async (visitor) => {
        await visitor.signIn(account, 'ended', PASSWORD);
        const [session] = (await account.sessions('ended')).filter(({ state }) => state === 'active');
        await visitor.server.ask('DELETE', `/_sesame/sessions/${session.id}`);
        await visitor.go('/console', 403);
      },
    ],
    [
      'stand-in',
      '/console',
      async (visitor) => {
        await visitor.go(`/console/testers/accounts/${account.id}`);
        await visitor.page.locator('button[value=nologon]').click();
        await visitor.says('A tester began this session');
      },
    ],
    [
      'root',
      '/console',
      async (visitor) => {
        await visitor.go('/console/root/login');
        await visitor.leaves(() => visitor.page.locator(`button[value="${account.id}"]`).click());
      },
    ],
    ['root-switch-role', '/console/switch-role', (visitor) => visitor.go('/console/switch-role')],
  ];
}

/** What is shown where the pages for testers want a token and nobody signs in by one click. */
function ofSettings(account, token) {
  const clock = '/console/testers/clock';
  return [
    ['token', '/console/testers/token', (visitor) => visitor.go(clock)],
    [
      'token-wrong',
      '/console/testers/token',
      async (visitor) => {
        await visitor.fill({ 'Control token': 'wrong' });
        await visitor.press('Open');
      },
    ],
    [
      'token-given',
      clock,
      async (visitor) => {
        await visitor.fill({ 'Control token': token });
        await visitor.press('Open');
      },
    ],
    ['faults-none', '/console/testers/faults', (visitor) => visitor.go('/console/testers/faults')],
    [
      'account-without-sign-in',
      '/console/testers/accounts/:account',
      (visitor) => visitor.go(`/console/testers/accounts/${account.id}`),
    ],
    ['no-root', '/console/root/login', (visitor) => visitor.go('/console/root/login', 403)],
    ['sign-in-without-root', LOGIN, (visitor) => visitor.go(LOGIN)],
  ];
}

module.exports = { afterwards, ofCloud, ofNobody, ofSettings };
