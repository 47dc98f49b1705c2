'use strict';

// Somebody else's site: pages on a port of its own, under another host name or under ours.

const http = require('node:http');

class Site {
  /** `host` is what it is reached by: `localhost` is another site than 127.0.0.1, and 127.0.0.1 is the same site. */
  static async start(host) {
    const site = new Site();
    site.pages = new Map();
    site.server = http.createServer((request, response) => {
      const page = site.pages.get(request.url);
      response.writeHead(page === undefined ? 404 : 200, { 'Content-Type': 'text/html; charset=utf-8' });
      response.end(page ?? '');
    });
    await new Promise((resolve) => {
      site.server.listen(0, host, resolve);
    });
    site.origin = `http://${host}:${site.server.address().port}`;
    return site;
  }

  /** A page that sends a form as soon as it is opened. */
  form(action, fields) {
    const escape = (text) => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
    const inputs = Object.entries(fields).map(([name, value]) => `<input name="${name}" value="${escape(value)}">`);
    const path = `/${this.pages.size}`;
    const script = '<script>document.forms[0].submit()</script>';
    this.pages.set(path, `<form method="post" action="${escape(action)}">${inputs.join('')}</form>${script}`);
    return `${this.origin}${path}`;
  }

  /** A page with this in it. */
  page(html) {
    const path = `/${this.pages.size}`;
    this.pages.set(path, html);
    return `${this.origin}${path}`;
  }

  stop() {
    this.server.close();
    this.server.closeAllConnections();
  }
}

module.exports = { Site };
