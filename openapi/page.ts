/**
 * A reference as a web page that needs nothing else: no script, no font, no other file. The contents are beside the text, where there
 * is room for that, and below it on a telephone.
 */

import type { Content, Operation, Reference, Row, Type } from './reference.js';

const STYLE = `
:root { color-scheme: light dark; --line: #8884; --soft: #8881; --accent: light-dark(#0550ae, #79b8ff); }
* { box-sizing: border-box; }
body { margin: 0; font: 15px/1.5 system-ui, sans-serif; display: grid; grid-template-columns: 17rem minmax(0, 1fr); }
nav { grid-column: 1; grid-row: 1; position: sticky; top: 0; height: 100vh; overflow: auto; padding: 1rem; border-right: 1px solid var(--line); font-size: 13px; }
nav a { display: block; padding: 1px 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
main { grid-column: 2; grid-row: 1; padding: 1rem 2rem 4rem; max-width: 62rem; }
.to-contents { display: none; }
a { color: var(--accent); text-decoration: none; }
a:hover { text-decoration: underline; }
h2 { margin-top: 3rem; border-bottom: 1px solid var(--line); }
h3 { margin-top: 2.5rem; font-size: 1.05rem; }
code, pre { font: 13px/1.45 ui-monospace, monospace; }
code { background: var(--soft); padding: 1px 4px; border-radius: 3px; }
pre { background: var(--soft); padding: .8rem; border-radius: 6px; overflow: auto; max-height: 24rem; }
table { border-collapse: collapse; width: 100%; margin: .8rem 0; }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem .3rem 0; border-bottom: 1px solid var(--line); }
th { font-weight: 600; font-size: 13px; }
td:first-child { white-space: nowrap; }
.method { font: 600 12px ui-monospace, monospace; margin-right: .5em; opacity: .7; }
@media (max-width: 50rem) {
  body { display: block; }
  nav { position: static; height: auto; border: 0; border-top: 1px solid var(--line); }
  nav a { padding: .4rem 0; }
  main { padding: 1rem; }
  .to-contents { display: block; }
  section { overflow-x: auto; }
}
`;

/** The whole page. */
export function toPage(reference: Reference): string {
  const { title, version, description, identity, groups, types } = reference;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)} ${escape(version)}: REST reference</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${escape(title)} REST reference</h1>
<p class="to-contents"><a href="#contents">Contents</a></p>
${prose(description)}
<p><strong>Identity.</strong> Header <code>X-User</code>. ${inline(identity)}</p>
<p>For programs: <a href="openapi.json">openapi.json</a></p>
${groups.map((group) => `<h2>${escape(group.name)}</h2>${prose(group.description)}${group.operations.map(operationHtml).join('')}`).join('\n')}
<h2>Types</h2>
${types.map(typeHtml).join('\n')}
</main>
<nav id="contents" aria-label="Contents">
<strong>${escape(title)} ${escape(version)}</strong>
${groups.map((group) => `<p>${escape(group.name)}</p>${group.operations.map(operationLink).join('')}`).join('\n')}
<p>Types</p>${types.map(({ name }) => `<a href="#${escape(name)}">${escape(name)}</a>`).join('')}
</nav>
</body>
</html>
`;
}

function operationLink({ id, method, path }: Operation): string {
  return `<a href="#${escape(id)}" title="${escape(path)}"><span class="method">${method}</span>${escape(path)}</a>`;
}

function operationHtml(operation: Operation): string {
  const { id, method, path, description, parameters, bodies, answers } = operation;
  const rows = parameters.map((row) => [
    `<code>${escape(row.name)}</code>`,
    row.where,
    typeCell(row),
    inline(row.description),
  ]);
  const responses = answers.map(({ status, description: text, contents }) => [
    `<code>${escape(status)}</code>`,
    contents.map((content) => `${escape(content.mediaType)}<br>${typeCell(content)}`).join('<br>'),
    inline(text),
  ]);
  const [example] = answers.find(({ status }) => status === '200')?.contents ?? [];
  return `<section id="${escape(id)}">
<h3><span class="method">${method}</span>${escape(path)}</h3>
${prose(description)}
${rows.length > 0 ? table(['Parameter', 'In', 'Type', ''], rows) : ''}
${bodies.map((body) => `<p>Body, <code>${escape(body.mediaType)}</code>: ${typeCell(body)}</p>${sample(body)}`).join('')}
${table(['Answer', '', ''], responses)}
${example ? sample(example) : ''}
</section>`;
}

function sample({ example }: Content): string {
  return example === '' ? '' : `<pre>${escape(example.trimEnd())}</pre>`;
}

function typeHtml({ name, description, fields }: Type): string {
  const rows = fields.map((row) => [`<code>${escape(row.name)}</code>`, typeCell(row), inline(row.description)]);
  return `<section id="${escape(name)}"><h3>${escape(name)}</h3>${prose(description)}${
    rows.length > 0 ? table(['Field', 'Type', ''], rows) : ''
  }</section>`;
}

function typeCell({ type, link }: Pick<Row, 'type' | 'link'>): string {
  const text = escape(type);
  return link === '' ? text : text.replace(link, `<a href="#${escape(link)}">${escape(link)}</a>`);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = (tag: string, row: readonly string[]): string => row.map((one) => `<${tag}>${one}</${tag}>`).join('');
  return `<table><tr>${cells('th', head)}</tr>${rows.map((row) => `<tr>${cells('td', row)}</tr>`).join('\n')}</table>`;
}

function prose(text: string): string {
  return text
    .split('\n\n')
    .map((paragraph) => {
      const items = paragraph.split('\n').filter((line) => line.startsWith('- '));
      return items.length > 0
        ? `<ul>${items.map((item) => `<li>${inline(item.slice(2))}</li>`).join('')}</ul>`
        : `<p>${inline(paragraph)}</p>`;
    })
    .join('\n');
}

/** Text with `code` in it. */
function inline(text: string): string {
  return escape(text).replace(/`([^`]+)`/g, '<code>$1</code>');
}

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
