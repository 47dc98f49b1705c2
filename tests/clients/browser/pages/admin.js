'use strict';

// The pages of an administrator: `[name, shape, open]`.

/** Opens a page that is answered so. */
const at = (where, status) => (visitor) => visitor.go(where, status);

/** Opens a page, fills a form in, and presses its button. */
const sent = (where, fields, button) => async (visitor) => {
  await visitor.go(where);
  const form = visitor.page.locator('main');
  await visitor.fill(fields, form);
  await visitor.page.locator('main form').evaluateAll((forms) =>
    forms.forEach((one) => {
      one.noValidate = true;
    }),
  );
  await visitor.press(button, form);
};

function ofAdmin(account) {
  const id = (user) => `/console/users/${user}`;
  const rows = [
    ['overview', '/console', at('/console')],
    ['users', '/console/users', at('/console/users')],
    ['users-found', '/console/users', at('/console/users?search=re')],
    ['users-none', '/console/users', at('/console/users?search=%3Cscript%3E')],
    ['user', '/console/users/:user', at(id('admin'))],
    ['user-markup', '/console/users/:user', at(id('markup'))],
    ['user-no-logon', '/console/users/:user', at(id('nologon'))],
    ['user-aged', '/console/users/:user', at(id('aged'))],
    ['user-lapsed', '/console/users/:user', at(id('lapsed'))],
    ['user-device', '/console/users/:user', at(id('device'))],
    ['user-keys', '/console/users/:user', at(id('reader'))],
    ['user-not-found', '/console/users/:user', at(id('nosuch'), 404)],
    [
      'user-notice',
      '/console/users/:user',
      async (visitor) => {
        await visitor.go(id('markup'));
        await visitor.confirm('Delete this user');
      },
    ],
    ['new-user', '/console/new/user', at('/console/new/user')],
    ['new-user-wrong', '/console/new/user', sent('/console/new/user', { 'User name': 'bob smith!' }, 'Create user')],
    ['logon-new', '/console/users/:user/logon', at(`${id('nologon')}/logon`)],
    ['logon', '/console/users/:user/logon', at(`${id('initial')}/logon`)],
    [
      'logon-generated',
      '/console/users/:user/logon',
      async (visitor) => {
        await visitor.go(`${id('initial')}/logon`);
        await visitor.page.getByLabel('Password', { exact: true }).selectOption('generated');
        await visitor.press('Save');
      },
    ],
    [
      'logon-wrong',
      '/console/users/:user/logon',
      async (visitor) => {
        await visitor.go(`${id('initial')}/logon`);
        await visitor.page.getByLabel('Password', { exact: true }).selectOption('own');
        await visitor.fill({ 'Own password': 'short' });
        await visitor.press('Save');
      },
    ],
    [
      'key-made',
      '/console/users/:user/keys/create',
      async (visitor) => {
        await visitor.go(id('nologon'));
        await visitor.press('Create access key', visitor.page.locator('#keys'));
      },
    ],
    ['user-groups', '/console/users/:user/groups', at(`${id('admin')}/groups`)],
    ['user-policies', '/console/users/:user/policies', at(`${id('admin')}/policies`)],
    ['user-policies-none', '/console/users/:user/policies', at(`${id('admin')}/policies?search=nosuch`)],
    ['groups', '/console/groups', at('/console/groups')],
    ['group', '/console/groups/:group', at('/console/groups/devs')],
    ['group-empty', '/console/groups/:group', at('/console/groups/empty')],
    ['group-members', '/console/groups/:group/members', at('/console/groups/devs/members')],
    ['group-policies', '/console/groups/:group/policies', at('/console/groups/devs/policies')],
    ['new-group', '/console/new/group', at('/console/new/group')],
    ['new-group-wrong', '/console/new/group', sent('/console/new/group', { 'Group name': 'a b!' }, 'Create group')],
    ['roles', '/console/roles', at('/console/roles')],
    ['role', '/console/roles/:role', at('/console/roles/ops')],
    ['role-trust', '/console/roles/:role/trust', at('/console/roles/ops/trust')],
    [
      'role-trust-wrong',
      '/console/roles/:role/trust',
      sent('/console/roles/ops/trust', { 'Trust policy': '</textarea><b>' }, 'Save'),
    ],
    ['role-policies', '/console/roles/:role/policies', at('/console/roles/ops/policies')],
    ['new-role', '/console/new/role', at('/console/new/role')],
    [
      'new-role-wrong',
      '/console/new/role',
      sent('/console/new/role', { 'Role name': 'x y', 'Longest session in seconds': '1' }, 'Create role'),
    ],
    ['policies', '/console/policies', at('/console/policies')],
    ['policies-none', '/console/policies', at('/console/policies?search=nosuchpolicy')],
    ['policy', '/console/policies/own/:policy', at('/console/policies/own/readers')],
    ['policy-markup', '/console/policies/own/:policy', at('/console/policies/own/markup')],
    ['policy-of-cloud', '/console/policies/cloud/:policy', at('/console/policies/cloud/AdministratorAccess')],
    [
      'policy-version',
      '/console/policies/own/:policy/versions/:version',
      at('/console/policies/own/readers/versions/v1'),
    ],
    [
      'policy-cloud-version',
      '/console/policies/cloud/:policy/versions/:version',
      at('/console/policies/cloud/AdministratorAccess/versions/v1'),
    ],
    [
      'policy-new-version',
      '/console/policies/own/:policy/new-version',
      at('/console/policies/own/readers/new-version'),
    ],
    ['new-policy', '/console/new/policy', at('/console/new/policy')],
    [
      'new-policy-wrong',
      '/console/new/policy',
      sent(
        '/console/new/policy',
        { 'Policy name': 'p', 'Policy document': '</textarea><script>window.__pwned=1</script>' },
        'Create policy',
      ),
    ],
    ['settings', '/console/settings', at('/console/settings')],
    [
      'settings-wrong',
      '/console/settings/password-policy',
      sent('/console/settings', { 'Least number of characters': '999' }, 'Save the password policy'),
    ],
    ['sessions', '/console/sessions', at('/console/sessions')],
    ['switch-role', '/console/switch-role', at('/console/switch-role')],
    ['switch-role-wrong', '/console/switch-role', sent('/console/switch-role', { Role: 'nosuch' }, 'Switch')],
  ];
  if (account.isAlibaba) {
    rows.push(
      ['user-locked', '/console/users/:user', at(id('locked'))],
      ['user-off', '/console/users/:user', at(id('off'))],
    );
  }
  return rows;
}

/** As the role `ops`: what is shown around each page differs, and so does what is permitted. */
const asRole = [
  [
    'role-overview',
    '/console',
    async (visitor) => {
      await visitor.go('/console/switch-role');
      await visitor.fill({ Role: 'ops' });
      await visitor.press('Switch');
    },
  ],
  ['role-missing', '/console/users', at('/console/users', 403)],
  ['role-switch-role', '/console/switch-role', at('/console/switch-role')],
];

/** As somebody who may do nothing. */
const asNobody = [
  ['missing', '/console/users', at('/console/users', 403)],
  ['missing-settings', '/console/settings', at('/console/settings')],
];

/** As somebody who may only look. */
const asReader = [
  ['reader-users', '/console/users', at('/console/users')],
  ['reader-user', '/console/users/:user', at('/console/users/markup')],
  ['reader-role', '/console/roles/:role', at('/console/roles/ops')],
];

module.exports = { asNobody, asReader, asRole, at, ofAdmin, sent };
