// What holds on every screen: readable by a screen reader's rules (axe) in both themes and on both
// sizes, quiet console, no request to anywhere else, usable with the keyboard alone.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { axe_source, base, clickCell, closeBrowser, closePage, is_mock, openBrowser, openPage } from './harness.mjs';

before(openBrowser);
after(closeBrowser);

async function axeIsClean(page, where) {
  const found = await page.evaluate(`${axe_source}; axe.run({ resultTypes: ['violations'] })`);
  const said = found.violations.map(({ id, nodes }) => `${where}: ${id} ${nodes[0].html} ${nodes[0].failureSummary}`);
  assert.deepEqual(said, []);
}

for (const colorScheme of ['light', 'dark']) {
  for (const viewport of [{ width: 1360, height: 760 }, { width: 390, height: 844 }]) {
    const where = `${colorScheme} ${viewport.width}×${viewport.height}`;
    test(`axe finds nothing: ${where}`, async () => {
      const page = await openPage({ colorScheme, viewport, hasTouch: viewport.width < 700 });
      await axeIsClean(page, 'grid');
      await clickCell(page, 1, 'Status');
      await page.keyboard.press('F2');
      await axeIsClean(page, 'editor');
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Details' }).click();
      await page.getByRole('complementary').waitFor();
      await axeIsClean(page, 'entry');
      await page.locator('.pill').click();
      await page.getByRole('heading', { name: 'Conflicts' }).waitFor();
      await axeIsClean(page, 'sync');
      await page.getByRole('button', { name: 'Close' }).click();
      await page.getByRole('button', { name: /^Menu/ }).click();
      await axeIsClean(page, 'menu');
      await page.getByRole('banner').getByRole('button', { name: 'Your account' }).click();
      await axeIsClean(page, 'account');
      await page.getByRole('button', { name: 'Cancel' }).click();
      await page.keyboard.press('F1');
      await page.getByRole('dialog').waitFor();
      await axeIsClean(page, 'keys');
      await closePage(page);
    });

    test(`axe finds nothing on the other screens: ${where}`, async () => {
      const page = await openPage({ path: '/quick', colorScheme, viewport, hasTouch: viewport.width < 700 });
      for (const screen of ['quick', 'footage', 'media', 'import', 'settings', 'start']) {
        await page.goto(`${base}/${screen}`);
        await page.getByRole('main').getByRole('heading').first().waitFor();
        if (screen === 'footage' && !is_mock) await page.getByRole('table').first().waitFor();
        await axeIsClean(page, screen);
        const width = await page.evaluate(() => document.documentElement.scrollWidth);
        assert.ok(width <= viewport.width, `${screen} is ${width} px wide`);
        if (screen !== 'start') {
          const here = await page.locator('nav a[aria-current=page]').boundingBox();
          assert.ok(here.x >= 0 && here.x + here.width <= viewport.width, `${screen} is named in sight`);
        }
      }
      await page.goto(`${base}/`);
      await page.getByRole('gridcell').first().waitFor();
      await page.getByRole('button', { name: 'Columns' }).click();
      await page.getByRole('dialog').waitFor();
      await axeIsClean(page, 'columns');
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Views' }).click();
      await page.getByRole('dialog').waitFor();
      await axeIsClean(page, 'views');
      await page.keyboard.press('Escape');
      await page.keyboard.press('Control+K');
      await page.getByRole('combobox').waitFor();
      await axeIsClean(page, 'commands');
      await closePage(page);
    });

    test(`axe finds nothing on the way in: ${where}`, async () => {
      const page = await openPage({ colorScheme, viewport });
      const stranger = await page.context().browser().newPage({ colorScheme, viewport });
      const errors = [];
      stranger.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
      await stranger.goto(base);
      await stranger.getByRole('button', { name: 'Sign in' }).waitFor();
      await axeIsClean(stranger, 'sign-in');
      await stranger.getByLabel('E-mail').fill('nobody@example.org');
      await stranger.getByLabel('Password').fill('wrong password');
      assert.deepEqual(errors, []);
      await stranger.getByRole('button', { name: 'Sign in' }).click();
      await stranger.getByText('E-mail or password is not right.').waitFor();
      await stranger.context().close();
      await closePage(page);
    });
  }
}

test('the page comes with a policy that allows no inline script and no other origin', async () => {
  const policy = (await fetch(base)).headers.get('content-security-policy') ?? '';
  assert.match(policy, /default-src 'none'/);
  assert.match(policy, /script-src 'self'(;|$)/);
  assert.match(policy, /require-trusted-types-for 'script'/);
});

test('the API’s page: its own style is let in, axe finds nothing', { skip: is_mock }, async () => {
  for (const colorScheme of ['light', 'dark']) {
    const page = await openPage({ colorScheme });
    await page.goto(`${base}/api/docs`);
    const method = page.locator('.method').first();
    assert.equal(await method.evaluate((one) => getComputedStyle(one).display), 'inline-block');
    await axeIsClean(page, `docs ${colorScheme}`);
    await closePage(page);
  }
});

test('with the keyboard alone: into the grid, around it, out of it', async () => {
  const page = await openPage();
  const grid = page.getByRole('grid');
  await grid.focus();
  await page.keyboard.press('Control+Home');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowDown');
  const active = () => grid.getAttribute('aria-activedescendant');
  const id = await active();
  assert.equal(await page.locator(`[id="${id}"]`).getAttribute('aria-selected'), 'true');
  await page.keyboard.press('Control+End');
  assert.notEqual(await active(), id);
  await page.keyboard.press('Space');
  await page.getByRole('complementary').waitFor();
  await page.keyboard.press('Control+F');
  assert.equal(await page.evaluate(() => document.activeElement.type), 'search');
  await page.keyboard.press('F6');
  assert.ok(await grid.evaluate((element) => element === document.activeElement));
  await closePage(page);
});

test('only the rows in sight are in the document', async () => {
  const page = await openPage();
  const rows = Number(await page.getByRole('grid').getAttribute('aria-rowcount'));
  const nodes = await page.evaluate(() => document.querySelectorAll('*').length);
  assert.ok(rows > 1 && nodes < 1500, `${nodes} nodes for ${rows} rows`);
  await closePage(page);
});
