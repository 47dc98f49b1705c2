'use strict';

// The pages on which administrators change what there is: `[name, shape, open]`. What each changes is changed back.

const { MARKUP } = require('../support/world.js');
const { at, sent } = require('./admin.js');

const USER = '/console/users/:user';
const EDIT = {
  user: '/console/users/markup/edit',
  group: '/console/groups/devs/edit',
  role: '/console/roles/ops/edit',
};

/** Fills in the form of one panel and sends it. */
const panel = (where, id, fields, button) => async (visitor) => {
  await visitor.go(where);
  const box = visitor.page.locator(`#${id}`);
  await visitor.fill(fields, box);
  await visitor.press(button, box);
};

/** Confirms what a panel asks about. */
const confirmed = (where, id, summary) => async (visitor) => {
  await visitor.go(where);
  await visitor.confirm(summary, visitor.page.locator(`#${id}`));
};

function ofEditing(account) {
  const tag = (where, shape, name) => [
    [`${name}-tagged`, shape, panel(where, 'tags', { Key: MARKUP.slice(0, 100), Value: 'a b' }, 'Add the tag')],
    [`${name}-tag-refused`, shape, panel(where, 'tags', { Key: 'aws:a', Value: 'b' }, 'Add the tag')],
  ];
  const rows = [
    ['user-edit', `${USER}/edit`, at(EDIT.user)],
    ['user-edit-wrong', `${USER}/edit`, sent(EDIT.user, { 'User name': 'bob smith!' }, 'Save')],
    ['user-edit-taken', `${USER}/edit`, sent(EDIT.user, { 'User name': 'reader' }, 'Save')],
    ['user-edit-not-found', `${USER}/edit`, at('/console/users/nosuch/edit', 404)],
    ['group-edit', '/console/groups/:group/edit', at(EDIT.group)],
    ['group-edit-wrong', '/console/groups/:group/edit', sent(EDIT.group, { 'Group name': 'a b!' }, 'Save')],
    ['role-edit', '/console/roles/:role/edit', at(EDIT.role)],
    [
      'role-edit-wrong',
      '/console/roles/:role/edit',
      sent(EDIT.role, { 'Longest session in seconds': '1' }, 'Save'),
    ],
    ...tag('/console/users/device', USER, 'user'),
    ...tag('/console/roles/ops', '/console/roles/:role', 'role'),
    ...tag('/console/policies/own/readers', '/console/policies/own/:policy', 'policy'),
    ['user-delete-refused', USER, confirmed('/console/users/reader', 'delete', 'Delete this user')],
    [
      'group-delete-refused',
      '/console/groups/:group',
      confirmed('/console/groups/devs', 'delete', 'Delete this group'),
    ],
    [
      'policy-delete-refused',
      '/console/policies/own/:policy',
      confirmed('/console/policies/own/readers', 'delete', 'Delete this policy'),
    ],
    [
      'alias-wrong',
      '/console/settings',
      panel('/console/settings', 'sign-in-name', { 'New alias': '-no--alias-' }, 'Save the alias'),
    ],
    [
      'alias',
      '/console/settings',
      panel('/console/settings', 'sign-in-name', { 'New alias': `acme-${account.id}` }, 'Save the alias'),
    ],
    ['alias-cleared', '/console/settings', confirmed('/console/settings', 'sign-in-name', 'Remove the alias')],
  ];
  return rows.concat(account.isAlibaba ? ofAlibaba() : ofAws(account));
}

function ofAlibaba() {
  const preference = 'Save the security preference';
  return [
    [
      'policy-described',
      '/console/policies/own/:policy',
      panel('/console/policies/own/readers', 'describe', { Description: MARKUP }, 'Save the description'),
    ],
    ['preference-saved', '/console/settings', sent('/console/settings', {}, preference)],
    [
      'preference-wrong',
      '/console/settings/preference',
      sent('/console/settings', { 'Networks that users may sign in from': 'anywhere' }, preference),
    ],
  ];
}

function ofAws(account) {
  const arn = account.policyArn('ReadOnlyAccess', false);
  const owners = [
    ['user', 'users', 'markup'],
    ['group', 'groups', 'empty'],
    ['role', 'roles', 'ops'],
  ];
  const inline = owners.flatMap(([kind, list, name]) => {
    const here = `/console/${list}/${name}`;
    const shape = `/console/${list}/:name`;
    return [
      [`${kind}-inline-new`, `${shape}/inline`, at(`${here}/inline`)],
      [`${kind}-inline-made`, shape, sent(`${here}/inline`, { 'Policy name': 'aside' }, 'Create policy')],
      [`${kind}-inline`, `${shape}/inline`, at(`${here}/inline?policy=aside`)],
    ];
  });
  return [
    ...inline,
    [
      'inline-taken',
      '/console/users/:user/inline',
      sent('/console/users/markup/inline', { 'Policy name': 'aside' }, 'Create policy'),
    ],
    [
      'inline-wrong',
      '/console/users/:user/inline',
      sent(
        '/console/users/markup/inline?policy=aside',
        { 'Policy document': '</textarea><script>window.__pwned=1</script>' },
        'Save',
      ),
    ],
    ['inline-not-found', '/console/users/:user/inline', at('/console/users/markup/inline?policy=nosuch', 404)],
    [
      'user-boundary',
      USER,
      panel('/console/users/device', 'boundary', { 'ARN of a managed policy': arn }, 'Set the boundary'),
    ],
    ['user-boundary-removed', USER, confirmed('/console/users/device', 'boundary', 'Remove the boundary')],
    [
      'user-boundary-refused',
      USER,
      panel('/console/users/device', 'boundary', { 'ARN of a managed policy': 'no:arn' }, 'Set the boundary'),
    ],
    [
      'role-boundary',
      '/console/roles/:role',
      panel('/console/roles/ops', 'boundary', { 'ARN of a managed policy': arn }, 'Set the boundary'),
    ],
    ['role-delete-refused', '/console/roles/:role', confirmed('/console/roles/ops', 'delete', 'Delete this role')],
  ];
}

module.exports = { ofEditing };
