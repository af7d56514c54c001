import { expect } from 'chai';
import type { LaunchRequest } from '../../../../server/domain/ports.js';
import type { RawConfigMap } from '../../../../server/kubernetes/objects.js';
import {
  parsePlan,
  parseRecord,
  progressPatch,
  recordObject,
  stopPatch,
  attemptPatch,
} from '../../../../server/kubernetes/record.js';
import captured from '../../../support/server/captured.json' with { type: 'json' };
import { rawRecord } from '../../../support/server/raw.js';
import { ANYWHERE, spec } from '../../../support/server/specs.js';
import { result, T0 } from '../../../support/server/views.js';

const REQUEST: LaunchRequest = {
  id: 'abc12345',
  user: 'ann@example.org',
  name: '模型训练',
  spec: spec({ numNodes: 2, envs: { A: '$x\n' }, setup: 'true', run: 'echo "é"' }),
  secrets: { values: { TOKEN: 'hunter2' }, registry: { server: 'r.io', username: 'u', password: 'hunter2' } },
  mounts: [{ mountPath: '/data', claimName: 'data-v1' }],
  placement: ANYWHERE,
  fingerprint: 'print',
  requestId: 'request-1',
  createdAtMs: T0 + 123,
};

/** The record as the API would give it back. */
function stored(request: LaunchRequest, patch: object = {}): RawConfigMap {
  const object = JSON.parse(JSON.stringify(recordObject(request))) as RawConfigMap;
  const { data = {} } = patch as { data?: Record<string, string> };
  return {
    ...object,
    metadata: { ...object.metadata, uid: 'uid-1', resourceVersion: '7', creationTimestamp: '2026-11-23T06:00:01Z' },
    data: { ...object.data, ...data },
  };
}

describe('a record', () => {
  it('comes back as the task that was submitted, with the exact names', () => {
    expect(parseRecord(stored(REQUEST))).to.deep.equal({
      id: 'abc12345',
      uid: 'uid-1',
      user: 'ann@example.org',
      name: '模型训练',
      numNodes: 2,
      jobNames: ['task-abc12345-node-0', 'task-abc12345-node-1'],
      createdAtMs: T0 + 123,
      fingerprint: 'print',
      rules: { failFast: true },
      attempt: 0,
      past: [],
      revision: '7',
      stop: undefined,
      halt: undefined,
      results: [undefined, undefined],
      launched: false,
      launchNoted: false,
      deleting: false,
    });
  });

  it('holds all that is needed to make the task’s objects', () => {
    expect(parsePlan(stored(REQUEST))).to.deep.equal({
      spec: JSON.parse(JSON.stringify(REQUEST.spec)) as unknown,
      mounts: REQUEST.mounts,
      placement: JSON.parse(JSON.stringify(ANYWHERE)) as unknown,
    });
  });

  it('holds no secret', () => {
    expect(JSON.stringify(recordObject(REQUEST))).not.to.contain('hunter2');
  });

  it('begins another attempt with nothing of the one before but what came of it', () => {
    const before = parseRecord(stored(REQUEST, { data: { launched: 'true', 'result-1': '{"state":"FAILED"}' } }));
    if (!before) throw new Error('a record was expected');
    const past = {
      node: 1,
      reason: 'Error',
      message: 'exit code 3',
      exitCode: 3,
      counts: true,
      startedAtMs: T0,
      finishedAtMs: T0,
    };
    const patch = attemptPatch(before, past) as { metadata: object; data: Record<string, string | null> };
    expect(patch.metadata).to.deep.equal({ resourceVersion: '7' });
    const kept = Object.entries(stored(REQUEST, { data: patch.data }).data ?? {}).filter(([, value]) => value !== null);
    const raw = { ...stored(REQUEST), data: Object.fromEntries(kept) };
    expect(parseRecord(raw)).to.deep.include({
      attempt: 1,
      past: [past],
      launched: false,
      halt: undefined,
      results: [undefined, undefined],
      jobNames: ['task-abc12345-node-0-r1', 'task-abc12345-node-1-r1'],
    });
  });

  it('is read from a cluster as it was written', () => {
    expect(parseRecord(captured.record)).to.include({
      id: 'slow0001',
      user: 'ann@example.org',
    });
  });

  it('keeps the stop, the results and that all Jobs have existed', () => {
    const mark = { user: 'bob', timeMs: T0, reason: 'why', startedAtMs: { 1: T0 } };
    const results = new Map([[1, result({ state: 'FAILED', exitCode: 3, reason: 'Error', message: 'exit code 3' })]]);
    const data = {
      ...(stopPatch(mark) as { data: object }).data,
      ...(progressPatch(true, results, '7') as { data: object }).data,
    };
    const record = parseRecord(stored(REQUEST, { data }));
    expect(record).to.deep.include({ stop: mark, launched: true });
    expect(record?.results).to.deep.equal([undefined, results.get(1)]);
  });

  it('is patched without touching anything else', () => {
    expect(progressPatch(false, new Map(), '7')).to.deep.equal({ metadata: { resourceVersion: '7' }, data: {} });
    expect(
      Object.keys((stopPatch({ user: 'a', timeMs: 1, reason: '', startedAtMs: {} }) as { data: object }).data),
    ).to.deep.equal(['stop']);
  });

  it('lives with what somebody edited', () => {
    const record = parseRecord(
      rawRecord({ id: 'abc12345', data: { nodes: 'many', stop: '{', 'result-0': 'x', 'created-at': 'never' } }),
    );
    expect(record).to.deep.include({ numNodes: 1, stop: undefined, results: [undefined], createdAtMs: T0 });
  });

  for (const [title, raw] of [
    [
      'has another name',
      { ...rawRecord({ id: 'abc12345' }), metadata: { ...rawRecord({ id: 'abc12345' }).metadata, name: 'other' } },
    ],
    ['has no data', { metadata: rawRecord({ id: 'abc12345' }).metadata }],
  ] as const) {
    it(`is none when it ${title}`, () => {
      expect(parseRecord(raw)).to.equal(undefined);
    });
  }
});
