'use strict';

// What the flows are written with: a server and a Chromium for all tests of a file, and somebody's browser for each.

const { after, before } = require('node:test');

const { Server } = require('./server.js');
const { Visitor, launch } = require('./browser.js');

/** Both, started before the tests of this file and stopped after them. */
function started(settings) {
  const suite = {};
  before(async () => {
    [suite.server, suite.browser] = await Promise.all([Server.start(settings), launch()]);
  });
  after(async () => {
    await suite.browser?.close();
    suite.server?.stop();
  });

  /** A browser of its own, closed after the test, in which nothing may have gone wrong. */
  suite.visitor = async (t, options, server = suite.server) => {
    const visitor = await Visitor.open(suite.browser, server, options);
    t.after(async () => {
      const wrongs = await visitor.wrongs().finally(() => visitor.close());
      if (wrongs.length > 0) throw new Error(wrongs.join('\n'));
    });
    return visitor;
  };

  /** A server with other settings, for this test alone. */
  suite.other = async (t, settings) => {
    const server = await Server.start(settings);
    t.after(() => server.stop());
    return server;
  };
  return suite;
}

module.exports = { started };
