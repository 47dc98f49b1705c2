'use strict';

// A walk over pages: each is looked at on a phone and a desk, light and dark, and says what other pages it leads to.

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');

const { SCREENSHOTS } = require('./browser.js');

const AXE = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const WIDTHS = { 390: 844, 1440: 900 };
const THEMES = ['light', 'dark'];

/** A path as a pattern: `/console/users/:user` takes any one step there. */
function pattern(shape) {
  return new RegExp(`^${shape.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/:\w+/g, '[^/]+')}$`);
}

class Walk {
  /** `prefix` goes before the names of screenshots. */
  constructor(prefix) {
    this.prefix = prefix;
    this.visited = new Set();
    /** Where links lead, each with the page that it was found on. */
    this.found = new Map();
    this.wires = new Map();
  }

  /** Looks at the page that is open: its path must have this shape, and `shape` counts as visited. */
  async look(name, shape, visitor) {
    const { page } = visitor;
    const { pathname } = new URL(page.url());
    assert.match(pathname, pattern(shape), `${name} is at another path`);
    this.visited.add(shape);
    for (const where of visitor.gone) this.visited.add(where);
    await this.collect(name, page);
    const wrongs = [];
    const pictures = [];
    for (const [width, height] of Object.entries(WIDTHS)) {
      await page.setViewportSize({ width: Number(width), height });
      for (const theme of THEMES) {
        const where = `${width} px, ${theme}`;
        await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
        pictures.push(await this.picture(page, `${this.prefix}-${name}-${width}-${theme}`));
        wrongs.push(...(await this.violations(page, theme)).map((what) => `${where}: ${what}`));
        wrongs.push(...(await this.overflow(page, Number(width))).map((what) => `${where}: ${what}`));
      }
      // The second time round, what is folded away is looked at too.
      await page.evaluate(() =>
        document.querySelectorAll('details').forEach((box) => {
          box.open = true;
        }),
      );
    }
    await Promise.all(pictures.map(({ written }) => written));
    wrongs.push(...(await this.doubles(page)));
    wrongs.push(...(await visitor.wrongs()));
    const { title, language } = await page.evaluate(() => ({
      title: document.title,
      language: document.documentElement.lang,
    }));
    assert.match(title, /\S · Sesame$/);
    assert.equal(language, 'en');
    assert.deepEqual(wrongs, []);
  }

  /** Takes a picture of the whole page, by Chromium's own protocol: it is several times as fast as Playwright's way. */
  async picture(page, name) {
    if (!this.wires.has(page)) this.wires.set(page, await page.context().newCDPSession(page));
    const wire = this.wires.get(page);
    const {
      cssContentSize: { width, height },
    } = await wire.send('Page.getLayoutMetrics');
    const clip = { x: 0, y: 0, width, height, scale: 1 };
    const how = { format: 'png', captureBeyondViewport: true, optimizeForSpeed: true, clip };
    const { data } = await wire.send('Page.captureScreenshot', how);
    return { written: fs.promises.writeFile(path.join(SCREENSHOTS, `${name}.png`), Buffer.from(data, 'base64')) };
  }

  /** What axe finds: everything once, and in the other theme what hangs on colours. */
  async violations(page, theme) {
    if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(AXE);
    const only = theme === 'light' ? { type: 'tag', values: TAGS } : { type: 'rule', values: ['color-contrast'] };
    const found = await page.evaluate(
      (runOnly) => window.axe.run(document, { runOnly, resultTypes: ['violations'] }),
      only,
    );
    return found.violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary, html }) =>
        `axe ${id} at ${target.join(' ')}: ${failureSummary} ${html.slice(0, 200)}`.replace(/\s+/g, ' '),
      ),
    );
  }

  /** Nothing may stand out at the side of a phone's screen. */
  async overflow(page, width) {
    const { wide, room, culprits } = await page.evaluate(() => {
      const { scrollWidth, clientWidth } = document.scrollingElement;
      const out = [...document.querySelectorAll('body *')].filter(
        (node) => node.getBoundingClientRect().right > clientWidth + 1,
      );
      return {
        wide: scrollWidth,
        room: clientWidth,
        culprits: out.slice(-3).map((node) => node.outerHTML.slice(0, 120)),
      };
    });
    return wide > room ? [`${wide} px of content in ${room} of ${width}: ${culprits.join(' | ')}`] : [];
  }

  /** Names of elements that more than one has: a label that names one of them stands for another. */
  async doubles(page) {
    const ids = await page.evaluate(() => [...document.querySelectorAll('[id]')].map(({ id }) => id));
    const doubles = new Set(ids.filter((id, place) => ids.indexOf(id) !== place));
    return [...doubles].map((id) => `more than one has the id ${id}`);
  }

  /** The links of a page, and the forms that lead to one. */
  async collect(name, page) {
    const all = await page.evaluate(() => [
      ...[...document.querySelectorAll('a[href]')].map((link) => link.href),
      ...[...document.querySelectorAll('form[method=get]')].map(
        (form) => new URL(form.getAttribute('action'), location).href,
      ),
    ]);
    for (const link of all) {
      const { origin, pathname } = new URL(link);
      assert.equal(origin, new URL(page.url()).origin, `${name} leads to another site: ${link}`);
      if (!this.found.has(pathname)) this.found.set(pathname, name);
    }
  }
}

/** Every link that was found must lead to a page that was walked. */
function nothingIsMissing(walks) {
  const shapes = [...new Set(walks.flatMap((walk) => [...walk.visited]))];
  const missing = [];
  for (const walk of walks) {
    for (const [where, page] of walk.found) {
      if (!shapes.some((shape) => pattern(shape).test(where)))
        missing.push(`${where}, found on ${walk.prefix}-${page}`);
    }
  }
  assert.deepEqual(missing, [], 'pages that no one walks: add them to pages/');
}

module.exports = { Walk, nothingIsMissing };
