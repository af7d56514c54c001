import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { V1Secret } from '@kubernetes/client-node';
import { expect } from 'chai';
import { eventually } from '../support/eventually.js';
import { useHouse } from '../support/house.js';
import { allObjects } from '../support/kubernetes.js';
import { keptLogs, keptLogsFolder } from '../support/server.js';
import { embeddedData, REAL } from '../support/target.js';

const CANARY = 'c4n4ry-hunter2';
const YAML = { 'content-type': 'application/yaml' };

describe('secrets', () => {
  const house = useHouse();
  const yaml = [
    'name: secretive',
    'num_nodes: 2',
    `secrets: {TOKEN: ${CANARY}, SKYPILOT_DOCKER_PASSWORD: ${CANARY}}`,
    'envs: {SKYPILOT_DOCKER_USERNAME: ann, SKYPILOT_DOCKER_SERVER: docker.io}',
    `run: '[ "$TOKEN" = "c4n4ry""-hunter2" ] && echo right; env | grep -c SKYPILOT_DOCKER; true'`,
  ].join('\n');

  it('reach the program and stand nowhere but in Secrets of the task', async () => {
    const file = house.file('secretive.yaml', yaml);
    /** All that was printed or stored, by where. */
    const seen = new Map<string, string>();
    const cli = async (...args: string[]): Promise<string> => {
      const { stdout, stderr } = await house.cli(args);
      seen.set(`k8s-cli ${args.join(' ')}`, stdout + stderr);
      return stdout;
    };
    const submitted = await cli('jobs', 'submit', file, '-o', 'json', '--verbose');
    const { task_id: id } = JSON.parse(submitted.split('\n')[0] ?? '') as { task_id: string };
    const lines = await house.log(id);
    expect(lines.toSorted()).to.deep.equal(['node-0 | 0', 'node-0 | right', 'node-1 | 0', 'node-1 | right']);
    await cli('jobs', 'status', id);
    await cli('jobs', 'status', id, '-o', 'json', '--verbose');
    await cli('jobs', 'list', '--details');
    await cli('jobs', 'logs', id, '--verbose');
    await cli('jobs', 'submit', file, '--dry-run', '-o', 'yaml');
    const wrong = `${yaml.replace(', SKYPILOT', ',TWICE: a, TWICE: c4n4ry-hunter2, SKYPILOT')}\nnum_node: 2\nresources: {cpus: x}`;
    await cli('jobs', 'submit', house.file('wrong.yaml', wrong), '--verbose');
    await cli('task', 'check', file, join(house.folder, 'wrong.yaml'));
    await cli('jobs', 'submit', file, '--secret', `TOKEN=${CANARY}`, '--gpus', 'x');
    for (const [name, query, body] of [
      ['dry run', '?validate_only=true', yaml],
      ['error', '', wrong],
      ['syntax error', '', `secrets: {A: ${CANARY}\nrun: a`],
    ] as const) {
      const { text } = await house.rest('POST', `/tasks/submit${query}`, { headers: YAML, body });
      seen.set(`the answer of REST to a ${name}`, text);
    }
    await eventually(() => expect(keptLogs(id)).to.have.length(2));
    seen.set('what the server says', JSON.stringify(house.server.program.output));
    const { client, namespace } = house.kubernetes;
    for (const { place, object } of await allObjects(client, namespace)) {
      seen.set(place, JSON.stringify(object));
      for (const [key, value] of Object.entries(
        place.startsWith('secrets/') ? ((object as V1Secret).data ?? {}) : {},
      )) {
        seen.set(`${place}, key ${key}`, Buffer.from(value, 'base64').toString());
      }
    }
    const data = embeddedData();
    const folders = [house.folder, keptLogsFolder(), ...(data === undefined ? [] : [data])];
    // Once more where the cluster has removed a file meanwhile.
    const files = await eventually(() =>
      folders.flatMap(filesBelow).map((path) => [path, readFileSync(path, 'latin1')] as const),
    );
    for (const [path, text] of files) if (!path.endsWith('.yaml')) seen.set(path, text);

    expect(
      [...seen]
        .filter(([, text]) => text.includes(CANARY))
        .map(([place]) => place)
        .toSorted(),
    ).to.deep.equal([`secrets/task-${id}, key TOKEN`, `secrets/task-${id}-registry, key .dockerconfigjson`]);
    const encoded = Buffer.from(CANARY).toString('base64').replace(/=+$/, '');
    // The embedded cluster is where Secret objects are stored.
    const stored = (place: string): boolean => data !== undefined && place.startsWith(data);
    const owned = [...seen].filter(([place, text]) => text.includes(encoded) && !stored(place));
    expect(owned.map(([place]) => place)).to.include(`secrets/task-${id}`);
    for (const [place] of owned) expect(place).to.match(new RegExp(`^secrets/task-${id}`));
    // What was looked through has the rest of the task in it.
    const where = (words: string): string[] =>
      [...seen].filter(([, text]) => text.includes(words)).map(([place]) => place);
    expect(
      where('right').some((place) => place.startsWith(keptLogsFolder())),
      'a kept log',
    ).to.equal(true);
    expect(
      where('SubmitTask').some((place) => place.startsWith('k8s-cli ')),
      'a trace',
    ).to.equal(true);
    expect(where(id)).to.include.members([`configmaps/task-${id}`, `secrets/task-${id}`, `services/task-${id}`]);
  });

  it('belong to the record: deleting it deletes them', async () => {
    const { task_id: id } = await house.submit(yaml.replace('num_nodes: 2', 'num_nodes: 1'));
    const { client, namespace } = house.kubernetes;
    const path = `/api/v1/namespaces/${namespace}/secrets`;
    const query = { labelSelector: `task-id=${id}` };
    const names = async (): Promise<string[]> => {
      const { body } = await client.request<{
        items: { metadata: { name: string; ownerReferences?: { name: string }[] } }[];
      }>({ method: 'GET', path, query });
      for (const { metadata } of body.items) expect(metadata.ownerReferences?.[0]?.name).to.equal(`task-${id}`);
      return body.items.map(({ metadata }) => metadata.name).toSorted();
    };
    expect(await names()).to.deep.equal([`task-${id}`, `task-${id}-registry`]);
  });

  describe('that the administrator has made known', () => {
    let url = '';

    before('a Secret, and a server that may give it away', async () => {
      const data = { token: 'the token', key: 'the key' };
      await house.kubernetes.create('secrets', {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'known' },
        stringData: data,
      });
      const flags = ['--secrets', 'HF_TOKEN=known/token,SSH_KEY=known/key'];
      ({ url } = await house.anotherServer(undefined, 0, flags));
    });

    const run = 'echo "$HF_TOKEN, $(cat /secret-key)"; stat -L -c %a /secret-key';
    const submit = async (more: string): Promise<string[]> => {
      const managed = 'managed_secrets: [HF_TOKEN, {SSH_KEY: {mount_path: /secret-key}}]';
      const file = house.file('managed.yaml', `run: ${JSON.stringify(run)}\n${managed}\n${more}`);
      const { code, stdout, stderr } = await house.cli(['jobs', 'submit', file, '--server', url]);
      expect(code, stderr).to.equal(0);
      return stdout.trimEnd().split('\n').slice(1);
    };

    it('are variables, and files that ssh takes for keys', async () => {
      expect(await submit('')).to.deep.equal(['the token, the key', '400']);
    });

    it('can be read by a user that is not root', async function () {
      if (!REAL) this.skip();
      const user = 'config: {kubernetes: {pod_config: {spec: {securityContext: {runAsUser: 1234}}}}}';
      expect(await submit(user)).to.deep.equal(['the token, the key', '444']);
    });

    it('have a name that others do not', async () => {
      const { status, text } = await house.rest('POST', '/tasks/submit', {
        headers: YAML,
        body: 'run: a\nmanaged_secrets: [HF_TOKEN]',
      });
      expect(status).to.equal(400);
      expect(text).to.contain('this server has no secret \\"HF_TOKEN\\"');
    });
  });
});

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
