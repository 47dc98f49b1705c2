'use strict';

// AWS's federation endpoint: links that open the console with the credentials of a role.

const { member } = require('./account.js');

/** Takes a role on and makes links out of it: the function takes where each leads. */
async function link(account, key, role) {
  const taken = await account.call(
    'sts',
    'AssumeRole',
    {
      RoleArn: `arn:aws:iam::${account.id}:role/${role}`,
      RoleSessionName: 'work',
    },
    key,
  );
  const session = {
    sessionId: member(taken, 'AccessKeyId'),
    sessionKey: member(taken, 'SecretAccessKey'),
    sessionToken: member(taken, 'SessionToken'),
  };
  const { origin } = account.server;
  const asking = new URLSearchParams({ Action: 'getSigninToken', Session: JSON.stringify(session) });
  const answer = await fetch(`${origin}/federation?${asking}`);
  const { SigninToken } = await answer.json();
  return (Destination) => {
    const asked = new URLSearchParams({ Action: 'login', Issuer: origin, Destination, SigninToken });
    return `${origin}/federation?${asked}`;
  };
}

module.exports = { link };
