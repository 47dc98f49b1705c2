'use strict';

// Names and texts that are scripts, written where clients may write them and, past all checks, into the state itself.
// None of them runs on any page; the content security policy, which would stop it, is not what it hangs on.

const assert = require('node:assert/strict');
const { test } = require('node:test');

const { MARKUP, PASSWORD, build } = require('./support/world.js');
const { started } = require('./support/suite.js');

const suite = started();

/** Texts of the state, by table, that come from people. */
const TEXTS = {
  users: ['name', 'display_name', 'comments', 'email', 'mobile_phone', 'path'],
  user_groups: ['name', 'display_name', 'comments', 'path'],
  roles: ['name', 'description', 'path'],
  policies: ['name', 'description', 'path'],
  tags: ['key', 'value'],
  access_keys: ['last_used_service', 'last_used_region'],
  login_profiles: ['last_login_address'],
  sessions: ['user_name', 'role_name', 'session_name', 'source_address'],
  mfa_devices: ['name'],
};

/** Whoever has a policy or is bounded by it has it under its new name: a state that says otherwise is refused. */
function rename(state, from, to) {
  const ending = ({ path, name }) => `:policy${path}${name}`;
  const isNamed = (arn) => arn?.includes(state.accounts[0].id) && arn.endsWith(ending(from));
  const renamed = (arn) => arn.slice(0, -ending(from).length) + ending(to);
  for (const row of state.policy_attachments.filter((one) => isNamed(one.policy_arn))) {
    Object.assign(row, { policy_arn: renamed(row.policy_arn), policy_name: to.name, policy_path: to.path });
  }
  for (const row of [...state.users, ...state.roles].filter((one) => isNamed(one.permissions_boundary))) {
    row.permissions_boundary = renamed(row.permissions_boundary);
  }
}

/** Puts markup into every text of an account but those of who is to look at it. */
function poison(state) {
  const spared = new Set(state.users.filter(({ name }) => name === 'admin').map(({ id }) => id));
  let serial = 0;
  const policies = state.policies.map(({ name, path }) => ({ name, path }));
  for (const [table, columns] of Object.entries(TEXTS)) {
    for (const row of state[table] ?? []) {
      if (spared.has(row.id) || spared.has(row.user_id)) continue;
      for (const column of columns.filter((one) => row[one] !== undefined && row[one] !== null)) {
        serial += 1;
        row[column] = column === 'path' ? `/${MARKUP}/` : `${MARKUP}${serial}`;
      }
    }
  }
  assert.ok(serial > 50, 'there is something to write into');
  state.policies.forEach((policy, at) => rename(state, policies[at], policy));
  return state;
}

for (const cloud of ['alibaba', 'aws']) {
  test(`${cloud}: no page runs what somebody wrote`, async (t) => {
    const account = await build(suite.server, cloud);
    const where = `/_sesame/state?account=${account.id}`;
    const state = poison(await suite.server.ask('GET', where));
    await suite.server.ask('PUT', where, state);
    const visitor = await suite.visitor(t);
    await visitor.signIn(account, 'admin', PASSWORD);

    // What clients send is in the journal, whoever they are.
    const unsigned = new URLSearchParams({
      Action: MARKUP,
      Version: '2010-05-08',
      [MARKUP]: MARKUP,
      AccessKeyId: MARKUP,
    });
    await fetch(`${suite.server.origin}/`, { method: 'POST', body: unsigned, headers: { 'User-Agent': '<script>' } });

    const typed = encodeURIComponent(MARKUP);
    const queue = [
      ...['users', 'groups', 'roles', 'policies', 'sessions', 'settings'].map(
        (section) => `/console/${section}?search=${typed}&after=${typed}`,
      ),
      ...['users', 'groups', 'roles', 'policies', 'sessions', 'settings'].map((section) => `/console/${section}`),
      ...['users', 'groups', 'roles', 'policies/own', 'policies/cloud'].map(
        (section) => `/console/${section}/${typed}x`,
      ),
      `/console/${typed}/login.htm?username=${typed}`,
      `/console/aws/login?account=${typed}&username=${typed}&next=${typed}`,
      `/console/testers/accounts/${account.id}`,
      `/console/testers/accounts/${typed}`,
      `/console/testers/clock?account=${account.id}`,
      `/console/testers/clock?account=${typed}`,
      `/console/testers/journal?account=${typed}&action=${typed}&principal=${typed}&since=${typed}`,
      '/console/testers/journal',
      '/console/testers/faults',
      `/console/device?user_code=${typed}`,
      `/console/weak-password?mark=${typed}&next=${typed}`,
      `/v1/authorize?client_id=${typed}&redirect_uri=${typed}`,
      `/v1/sessions/confirmation?code=${typed}&state=${typed}&error_description=${typed}`,
      `/oauth2/v1/auth?client_id=${typed}&redirect_uri=${typed}`,
      `/federation?Action=${typed}&SigninToken=${typed}`,
      ...['users/admin/inline', 'groups/devs/inline', 'roles/ops/inline'].map(
        (section) => `/console/${section}?policy=${typed}`,
      ),
      `/console/testers/explorer?q=${typed}`,
      `/console/testers/explorer/aws-iam/GetUser?account=${typed}&user=${typed}&p.UserName=${typed}`,
    ];
    // From there on, pages of what has such a name.
    const seen = new Set();
    let shown = 0;
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      if (seen.has(next)) continue;
      seen.add(next);
      await visitor.page.goto(next);
      const { text, links } = await visitor.page.evaluate(() => ({
        text: document.body.innerText,
        links: [...document.querySelectorAll('main a[href^="/console"]')].map((link) => link.getAttribute('href')),
      }));
      if (text.includes('<script>window.__pwned=1</script>')) shown += 1;
      // A filter that is no time is answered so to the page that renews itself, too.
      const wrongs = (await visitor.wrongs()).filter((wrong) => !wrong.startsWith('422'));
      assert.deepEqual(wrongs, [], next);
      if (seen.size < 110) queue.push(...links.filter((link) => link.includes('%3C')));
    }
    assert.ok(shown > 25, `only ${shown} of ${seen.size} pages show what was written`);
  });
}
