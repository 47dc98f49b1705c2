'use strict';

// Chromium, and what is watched on every page: no message in its console, no error, no failed request, nothing that
// the content security policy had to stop, no script that somebody else wrote.

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { chromium } = require('playwright-core');

const PROGRAM = process.env.SESAME_TEST_CHROMIUM || '/usr/bin/chromium';
const TARGET = process.env.CARGO_TARGET_DIR || path.resolve(__dirname, '../../../../target');
const SCREENSHOTS = path.join(TARGET, 'screenshots');

const FLAGS = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A Chromium with a new profile. */
function launch() {
  assert.ok(
    fs.existsSync(PROGRAM),
    `there is no Chromium at ${PROGRAM}: install it, or name it in SESAME_TEST_CHROMIUM`,
  );
  fs.mkdirSync(SCREENSHOTS, { recursive: true });
  // Without a sandbox, which the root of a container has none of; `headless` adds the flag of that name.
  return chromium.launch({ executablePath: PROGRAM, headless: true, chromiumSandbox: false, args: FLAGS });
}

/** Runs in each page before its own: what gives an injected script away, and what the policy stopped. */
function witness() {
  window.__stopped = [];
  document.addEventListener('securitypolicyviolation', (event) => {
    window.__stopped.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
  });
}

/** Somebody's browser: cookies of its own, and a page that is watched. */
class Visitor {
  /** `options` are those of a context of Playwright's; `javaScriptEnabled` say. */
  static async open(browser, server, options = {}) {
    const visitor = new Visitor();
    visitor.server = server;
    visitor.context = await browser.newContext({
      baseURL: server.origin,
      viewport: { width: 1280, height: 900 },
      ...options,
    });
    visitor.context.setDefaultTimeout(10_000);
    visitor.hasScripts = options.javaScriptEnabled !== false;
    if (visitor.hasScripts) await visitor.context.addInitScript(witness);
    visitor.faults = [];
    /** Paths that were opened, whatever they led to. */
    visitor.gone = new Set();
    /** Where requests may go. */
    visitor.own = [server.origin];
    visitor.context.on('page', (page) => visitor.watch(page));
    visitor.page = await visitor.context.newPage();
    return visitor;
  }

  watch(page) {
    page.on('console', (message) => {
      // A page that is answered with an error status is a page like any other; `response` looks at the rest.
      if (message.text().startsWith('Failed to load resource: the server responded')) return;
      const isBad = ['error', 'warning', 'assert'].includes(message.type());
      if (isBad) this.faults.push(`console, ${message.type()}: ${message.text()} (${message.location().url})`);
    });
    page.on('pageerror', (error) => this.faults.push(`page error: ${error.message}`));
    page.on('dialog', async (dialog) => {
      this.faults.push(`dialog: ${dialog.message()}`);
      await dialog.dismiss();
    });
    page.on('requestfailed', (request) => {
      // A page was left before all of it was there, or while it renewed itself.
      if (request.failure()?.errorText === 'net::ERR_ABORTED') return;
      this.faults.push(`failed request: ${request.url()} ${request.failure()?.errorText}`);
    });
    page.on('request', (request) => {
      const url = request.url();
      if (url.startsWith('data:') || this.own.some((origin) => url.startsWith(`${origin}/`))) return;
      this.faults.push(`a request to elsewhere: ${url}`);
    });
    page.on('response', (answer) => {
      this.isGuarded(answer);
      if (answer.status() >= 400 && answer.request().resourceType() !== 'document') {
        this.faults.push(`${answer.status()} for ${answer.url()}`);
      }
    });
  }

  /** Every page of the console says that no script in it may run, and that no other site may frame it. */
  isGuarded(answer) {
    if (!/^\/console(\/|$)/.test(new URL(answer.url()).pathname)) return;
    const policy = answer.headers()['content-security-policy'] ?? '';
    const wanted = [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "form-action 'self'",
      "frame-ancestors 'none'",
      "base-uri 'none'",
    ];
    const told = policy.split(';').map((part) => part.trim());
    const missing = wanted.filter((part) => !told.includes(part));
    if (missing.length > 0) this.faults.push(`${answer.url()} lacks ${missing.join('; ')}`);
  }

  /** What was wrong since the last look, on the page that is open too. */
  async wrongs() {
    const wrongs = this.faults.splice(0);
    if (this.hasScripts) {
      const { stopped, pwned } = await this.page.evaluate(() => ({ stopped: window.__stopped, pwned: window.__pwned }));
      wrongs.push(...stopped.map((what) => `stopped by the content security policy: ${what}`));
      if (pwned !== undefined) wrongs.push('a script that somebody wrote into a name ran');
    }
    return wrongs;
  }

  /** Nothing was wrong. */
  async isClean() {
    assert.deepEqual(await this.wrongs(), []);
  }

  async close() {
    await this.context.close();
  }

  /** Opens a page of the console; `status` is what it is answered with. */
  async go(where, status = 200) {
    const answer = await this.page.goto(where);
    this.gone.add(new URL(where, this.server.origin).pathname);
    assert.equal(answer.status(), status, where);
    return answer;
  }

  /** Presses a button, or follows a link, and waits for the page that comes of it; its answer. */
  async press(name, scope = this.page) {
    const control = scope.getByRole('button', { name, exact: true }).or(scope.getByRole('link', { name, exact: true }));
    return this.leaves(() => control.first().click());
  }

  /** Does what loads another page; the answer to it, after all redirects. */
  async leaves(act) {
    const isAnswer = (answer) =>
      answer.request().isNavigationRequest() && (answer.status() < 300 || answer.status() >= 400);
    const [answer] = await Promise.all([
      this.page.waitForResponse(isAnswer),
      this.page.waitForEvent('domcontentloaded'),
      act(),
    ]);
    await this.page.waitForLoadState('load');
    return answer;
  }

  /** Opens what asks before it acts, and confirms it. */
  async confirm(summary, scope = this.page) {
    const box = scope
      .locator('details.confirm')
      .filter({ has: this.page.locator('summary', { hasText: summary }) })
      .first();
    await box.locator('summary').click();
    return this.leaves(() => box.getByRole('button').click());
  }

  /** Types into fields by their labels. */
  async fill(fields, scope = this.page) {
    for (const [label, text] of Object.entries(fields)) {
      await scope.getByLabel(label, { exact: true }).fill(text);
    }
  }

  /** The page says this in its text. */
  async says(text) {
    await this.page.getByText(text).first().waitFor({ state: 'attached' });
  }

  heading() {
    return this.page.getByRole('heading', { level: 1 }).innerText();
  }

  /** The page has this heading. */
  async isAt(heading) {
    assert.equal(await this.heading(), heading);
  }

  /** Goes on without an MFA device, where one is offered on the way in; the answer to that, or the one before it. */
  async decline(answer) {
    const later = this.page.getByRole('button', { name: 'Not now', exact: true });
    return (await later.count()) > 0 ? this.press('Not now') : answer;
  }

  /** Signs in by the form, up to what comes after the password and cannot be left out. */
  async givePassword(account, user, password) {
    return this.decline(await this.givePasswordAlone(account, user, password));
  }

  /** Signs in by the form, up to what comes next, though it be an offer. */
  async givePasswordAlone(account, user, password) {
    if (account.isAlibaba) {
      await this.go('/console/login');
      await this.fill({ 'Logon name': account.logonName(user) });
      await this.press('Next');
      await this.fill({ Password: password });
    } else {
      await this.go('/console/aws/login');
      await this.fill({ 'Account ID or account alias': account.id, 'IAM user name': user, Password: password });
    }
    return this.press('Sign in');
  }

  /** Signs in and is in. */
  async signIn(account, user, password) {
    await this.givePassword(account, user, password);
    await this.isAt('Overview');
  }
}

module.exports = { SCREENSHOTS, Visitor, launch };
