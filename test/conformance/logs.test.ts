import { expect } from 'chai';
import { type Json, useApi } from '../support/api.js';
import { eventually, withMoreTime } from '../support/eventually.js';
import { container, pod } from './objects.js';

describe('logs', () => {
  const api = useApi();
  const log = async (query = '', name = 'lines'): Promise<string> =>
    String((await api.call('GET', `pods/${name}/log${query}`)).body);
  const create = (object: Json) => api.call('POST', 'pods', object);
  const over = (name: string) =>
    api.untilOf(`pods/${name}`, ({ status }) => ['Succeeded', 'Failed'].includes(status.phase));
  const stamp = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z`;
  before(async () => {
    await create(pod('lines', 'for i in 1 2 3 4 5; do echo line $i; done; sleep 5; echo late; printf end'));
    await create(
      pod('two', '', {}, { containers: [container('echo first'), container('echo second', { name: 'b' })] }),
    );
    await create(pod('crashing', 'echo run; exit 1', {}, { restartPolicy: 'Always' }));
    await create(pod('nowhere', 'true', {}, { nodeSelector: { no: 'where' } }));
    await create(pod('config', 'true', { envFrom: [{ configMapRef: { name: 'none' } }] }));
    await over('lines');
    await over('two');
  });

  it('are the bytes of the container, without a newline that was not there', async () => {
    const { code, headers, body } = await api.call('GET', 'pods/lines/log');
    expect([code, headers['content-type']]).to.deep.equal([200, 'text/plain']);
    expect(body).to.equal('line 1\nline 2\nline 3\nline 4\nline 5\nlate\nend');
  });

  it('have times in front of each line if asked', async () => {
    const lines = (await log('?timestamps=true')).split('\n');
    expect(lines).to.have.length(7);
    const times = lines.map((line) => RegExp(`^(${stamp}) (?:line \\d|late|end)$`).exec(line)?.[1] ?? '');
    expect(times.toSorted()).to.deep.equal(times);
    expect(new Set(times).size).to.equal(7);
  });

  it('can be the last lines, or the first bytes', async () => {
    expect(await log('?tailLines=2')).to.equal('late\nend');
    expect(await log('?tailLines=0')).to.equal('');
    expect(await log('?tailLines=100')).to.equal(await log());
    expect(await log('?limitBytes=10')).to.equal('line 1\nlin');
    expect(await log('?tailLines=2&limitBytes=3')).to.equal('lat');
  });

  it('can begin at a time, taken in whole seconds', async () => {
    const stamped = (await log('?timestamps=true')).split('\n');
    const late = stamped[5]?.split(' ')[0] ?? '';
    expect(await log(`?sinceTime=${late}`)).to.equal('late\nend');
    expect(await log(`?sinceTime=${late.slice(0, 19)}Z`)).to.equal('late\nend');
    expect(await log(`?sinceTime=${late}&tailLines=1`)).to.equal('end');
    expect(await log('?sinceTime=2100-01-01T00:00:00Z')).to.equal('');
    expect(await log('?sinceSeconds=3600')).to.equal(await log());
  });

  it('are followed until the container ends', async () => {
    await create(pod('follow', 'for i in 1 2 3; do echo step $i; sleep 0.5; done'));
    await api.untilOf('pods/follow', ({ status }) => status.phase !== 'Pending');
    expect(await log('?follow=true', 'follow')).to.equal('step 1\nstep 2\nstep 3\n');
    expect(await log('?follow=true&tailLines=1', 'follow')).to.equal('step 3\n');
  });

  it('have both outputs in one order', async () => {
    const both = 'out 1\nerr 1\nout 2\nerr 2\nout 3\nerr 3\n';
    // They are two pipes: whoever reads them has to come round in between.
    const read = await withMoreTime(
      async (seconds) => {
        const name = `both-${seconds * 10}`;
        const script = `for i in 1 2 3; do echo out $i; sleep ${seconds}; echo err $i >&2; sleep ${seconds}; done`;
        await create(pod(name, script));
        await over(name);
        return log('', name);
      },
      (text) => text !== both,
      0.3,
    );
    expect(read).to.equal(both);
  });

  it('are those of the container that is named, where there are several', async () => {
    expect(await log('?container=b', 'two')).to.equal('second\n');
    const unnamed = await api.call('GET', 'pods/two/log');
    expect([unnamed.code, unnamed.body.message]).to.deep.equal([
      400,
      'a container name must be specified for pod two, choose one of: [main b]',
    ]);
    const unknown = await api.call('GET', 'pods/two/log?container=c');
    expect([unknown.code, unknown.body.message]).to.deep.equal([400, 'container c is not valid for pod two']);
  });

  it('of the run before are kept', async () => {
    const isRestarted = ({ status }: Json) => status.containerStatuses?.[0].restartCount >= 1;
    await api.untilOf('pods/crashing', isRestarted);
    await eventually(async () => expect(await log('?previous=true', 'crashing')).to.equal('run\n'));
    const none = await api.call('GET', 'pods/lines/log?previous=true');
    expect([none.code, none.body.message]).to.deep.equal([
      400,
      'previous terminated container "main" in pod "lines" not found',
    ]);
    await api.call('DELETE', 'pods/crashing', { gracePeriodSeconds: 0 });
  });

  it('are not there before the container is', async () => {
    const waiting = ({ status }: Json) =>
      status.containerStatuses?.[0].state.waiting?.reason?.startsWith('CreateContainer');
    await api.untilOf('pods/config', waiting);
    const { code, body } = await api.call('GET', 'pods/config/log');
    expect([code, body.reason, body.message]).to.deep.equal([
      400,
      'BadRequest',
      'container "main" in pod "config" is waiting to start: CreateContainerConfigError',
    ]);
    // A pod without a node has nobody who could have a log.
    expect(await log('', 'nowhere')).to.equal('');
    expect((await api.call('GET', 'pods/none/log')).code).to.equal(404);
  });

  it('come whole, however long the lines', async () => {
    const script = 'head -c 100000 /dev/zero | tr "\\0" x; echo; head -c 40000 /dev/zero | tr "\\0" y; echo';
    await create(pod('long', script));
    await over('long');
    expect(await log('', 'long')).to.equal(`${'x'.repeat(100_000)}\n${'y'.repeat(40_000)}\n`);
    const stamped = await log('?timestamps=true', 'long');
    expect(stamped).to.match(RegExp(`^${stamp} x{100000}\n${stamp} y{40000}\n$`));
  });

  it('begin in the middle after a rotation, and are followed over it', async () => {
    const line = 'x'.repeat(99);
    const script = `sleep 1; i=0; while [ $i -lt 30 ]; do yes ${line} | head -n 5000; i=$((i+1)); sleep 0.2; done; echo last; sleep 15`;
    await create(pod('rotated', script));
    await api.untilOf('pods/rotated', ({ status }) => status.phase === 'Running');
    const followed = await log('?follow=true', 'rotated');
    expect(followed.length).to.equal(30 * 5000 * 100 + 5);
    expect(followed.endsWith(`${line}\nlast\n`)).to.equal(true);
    const now = await log('', 'rotated');
    expect(now.length).to.be.lessThan(followed.length);
    expect(followed.endsWith(now)).to.equal(true);
  });

  const start = 'PodLogOptions "lines" is invalid: ';
  const refused: [string, number, string][] = [
    ['tailLines=-1', 422, `${start}tailLines: Invalid value: -1: must be greater than or equal to 0`],
    ['limitBytes=0', 422, `${start}limitBytes: Invalid value: 0: must be greater than 0`],
    ['sinceSeconds=0', 422, `${start}sinceSeconds: Invalid value: 0: must be greater than 0`],
    ['tailLines=x', 400, 'strconv.ParseInt: parsing "x": invalid syntax'],
    ['sinceTime=x', 400, 'parsing time "x" as "2006-01-02T15:04:05Z07:00": cannot parse'],
    [
      'sinceSeconds=5&sinceTime=2026-01-01T00:00:00Z',
      422,
      `${start}[]: Forbidden: at most one of \`sinceTime\` or \`sinceSeconds\` may be specified`,
    ],
  ];
  for (const [query, code, message] of refused) {
    it(`refuse ${query}`, async () => {
      const reply = await api.call('GET', `pods/lines/log?${query}`);
      expect(reply.code).to.equal(code);
      expect(reply.body.message.slice(0, message.length)).to.equal(message);
    });
  }
});
