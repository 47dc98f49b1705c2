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

/** Puts markup into every text of an account but those of who is to look at it. */
function poison(state) {
  const spared = new Set(state.users.filter(({ name }) => name === 'admin').map(({ id }) => id));
  let serial = 0;
  for (const [table, columns] of Object.entries(TEXTS)) {
    for (const row of state[table] ?? []) {
      if (spared.has(row.id) || spared.has(row.user_id)) continue;
      for (const column of columns.filter((one) => row[one] !== undefined && row[one] !== null)) {
        serial += 1;
        row[column] = column === 'path' ? `/${MARKUP}/` : `${MARKUP}${serial}`;
      }
    }
  }
  const named = new Map((state.policies ?? []).map((policy) => [policy.id, policy]));
  assert.ok(named.size > 0 && serial > 50, 'there is something to write into');
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

    // Everything that is reached from the lists: pages of users, groups, roles and policies, and what they lead to.
    const seen = new Set();
    const queue = ['/console/users', '/console/groups', '/console/roles', '/console/policies', '/console/sessions', '/console/settings',
      `/console/testers/accounts/${account.id}`, `/console/testers/clock?account=${account.id}`, '/console/testers/journal',
      `/console/users?search=${encodeURIComponent(MARKUP)}`, `/console/users/${encodeURIComponent(MARKUP)}`];
    let shown = 0;
    while (queue.length > 0) {
      const next = queue.shift();
      // Of pages that are like each other, those with something written into them.
      const isOwn = next.includes('%3Cscript') || next.includes('%3C') || queue.length === 0 || !/\/(cloud|journal|explorer)\//.test(next);
      if (seen.has(next) || !isOwn) continue;
      seen.add(next);
      await visitor.page.goto(next);
      const { text, links } = await visitor.page.evaluate(() => ({
        text: document.body.innerText,
        links: [...document.querySelectorAll('main a[href^="/console"]')].map((link) => link.getAttribute('href')),
      }));
      if (text.includes('<script>window.__pwned=1</script>')) shown += 1;
      assert.deepEqual(await visitor.wrongs(), [], next);
      if (seen.size < 120) queue.push(...links.filter((link) => link.includes('%3C')));
    }
    assert.ok(shown > 25, `only ${shown} of ${seen.size} pages show what was written`);
  });
}
