import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import type { JsonObject } from '../../../openapi/json.js';
import { toMarkdown } from '../../../openapi/markdown.js';
import { toPage } from '../../../openapi/page.js';
import { readDocument } from '../../../openapi/reference.js';

const reference = readDocument(JSON.parse(readFileSync('gen/openapi.json', 'utf8')) as JsonObject);

describe('the REST reference', () => {
  it('as Markdown is docs/rest.md', () => {
    expect(toMarkdown(reference)).to.equal(readFileSync('docs/rest.md', 'utf8'));
  });

  it('as a page shows every method and type, and needs nothing from elsewhere', () => {
    const page = toPage(reference);
    for (const { operations } of reference.groups) {
      for (const { id } of operations) expect(page).to.contain(`<section id="${id}">`);
    }
    for (const { name } of reference.types) expect(page).to.contain(`<section id="${name}">`);
    expect(page).not.to.match(/<script|<link|<img|<iframe|url\(|@import|(src|href)="(https?:)?\/\//);
  });

  it('as a page leads only to what is on it', () => {
    const page = toPage(reference);
    const ids = new Set([...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
    for (const [, target = ''] of page.matchAll(/href="#([^"]+)"/g)) expect(ids).to.include(target);
  });

  it('as a page begins with its text, on a telephone with a link to the contents below it', () => {
    const page = toPage(reference);
    expect(page.indexOf('<main>')).to.be.within(1, page.indexOf('<nav '));
    expect(page.slice(page.indexOf('<main>'), page.indexOf('<h2>')).match(/<a href="#[^"]+"/g)).to.deep.equal([
      '<a href="#contents"',
    ]);
  });

  it('escapes what comments say', () => {
    const [type] = reference.types;
    if (!type) throw new Error('there are no types');
    const page = toPage({ ...reference, types: [{ ...type, description: '<b> & `<c>`' }] });
    expect(page).to.contain('&#60;b&#62; &#38; <code>&#60;c&#62;</code>');
    expect(page).not.to.contain('<b>');
  });

  it('tells parameters with their type and place', () => {
    const list = reference.groups.flatMap(({ operations }) => operations).find(({ id }) => id === 'ListTasks');
    expect(list?.parameters.find(({ name }) => name === 'page_size')).to.include({ where: 'query', type: 'integer' });
    expect(list?.answers.map(({ status }) => status)).to.include.members(['200', '400', '401', 'default']);
  });
});
