/** A reference as Markdown. */

import type { Content, Operation, Reference, Row, Type } from './reference.js';

const ELSEWHERE = `
A running server has this page at \`/docs\` and the OpenAPI document at \`/openapi.json\`; in the repository it is
[gen/openapi.json](../gen/openapi.json). [SPEC.md](../SPEC.md) says more about states, errors and streams.
`.trim();

/** The text of docs/rest.md. */
export function toMarkdown(reference: Reference): string {
  const operations = reference.groups.flatMap((group) => group.operations);
  const parts = [
    '# REST reference',
    '<!-- Generated from gen/openapi.json by `npm run generate`. Do not edit. -->',
    reference.description,
    `**Identity.** Header \`X-User\`, on every request but \`GET /\` and \`GET /healthz\`. ${reference.identity}`,
    ELSEWHERE,
    table(
      ['', ''],
      operations.map(({ id, method, path, summary }) => [
        `[${method} \`${path}\`](#${id.toLowerCase()})`,
        cell(summary),
      ]),
    ),
    ...reference.groups.flatMap((group) => [
      `## ${group.name}`,
      group.description,
      ...group.operations.flatMap(operationParts),
    ]),
    '## Types',
    ...reference.types.flatMap(typeParts),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function operationParts(operation: Operation): string[] {
  const { id, method, path, description, parameters, bodies, answers } = operation;
  return [
    `### ${id}`,
    `\`${method} ${path}\``,
    description,
    parameters.length === 0
      ? ''
      : table(
          ['parameter', 'in', 'type', ''],
          parameters.map((row) => [`\`${row.name}\``, row.where, row.type, note(row)]),
        ),
    ...bodies.flatMap((body) => contentParts('Body', body)),
    table(
      ['answer', '', ''],
      answers.map(({ status, description: text, contents }) => [
        status,
        contents.map((content) => `\`${content.mediaType}\`: ${typeLink(content)}`).join('<br>'),
        cell(text),
      ]),
    ),
    ...answers
      .filter(({ status }) => status === '200')
      .flatMap((answer) => answer.contents.slice(0, 1).flatMap((content) => fence(content))),
  ];
}

function contentParts(title: string, content: Content): string[] {
  return [`${title}, \`${content.mediaType}\`: ${typeLink(content)}`, ...fence(content)];
}

function fence({ mediaType, example }: Content): string[] {
  if (example === '') return [];
  const language = mediaType === 'application/json' ? 'json' : mediaType === 'application/yaml' ? 'yaml' : 'text';
  return [`\`\`\`${language}\n${example.trimEnd()}\n\`\`\``];
}

function typeParts({ name, description, fields }: Type): string[] {
  const rows = fields.map((row) => [`\`${row.name}\``, typeLink(row), cell(row.description)]);
  return [`### ${name}`, description, rows.length === 0 ? '' : table(['field', 'type', ''], rows)];
}

function note({ required, description }: Row): string {
  return cell(required ? `Required. ${description}` : description);
}

function typeLink({ type, link }: { readonly type: string; readonly link: string }): string {
  return link === '' ? type : type.replace(link, `[${link}](#${link.toLowerCase()})`);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `|${cells.map((one) => ` ${one} `).join('|')}|`;
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n\n', '<br>').replaceAll('\n', ' ');
}
