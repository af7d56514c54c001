import { expect } from 'chai';
import { createEventSource } from '../../../../server/kubernetes/events.js';
import { pathsOf } from '../../../../server/kubernetes/paths.js';
import { json, KubeStub, refuse } from '../../../support/server/kube-stub.js';

const { signal } = new AbortController();
const PATHS = pathsOf('default');

describe('the event source', () => {
  let stub: KubeStub;
  let forbidden = false;
  const items = [
    { metadata: {}, type: 'Normal', reason: 'Scheduled', message: 'a', lastTimestamp: '2026-11-23T06:00:01Z' },
    // As the scheduler of Kubernetes 1.36 has them in the core view.
    {
      metadata: { creationTimestamp: '2026-11-23T06:00:00Z' },
      type: 'Warning',
      reason: 'FailedScheduling',
      message: '0/1 nodes are available',
      firstTimestamp: null,
      lastTimestamp: null,
      eventTime: '2026-11-23T06:00:03.620168Z',
    },
    {
      metadata: {},
      type: 'Warning',
      reason: 'BackOff',
      message: 'b',
      lastTimestamp: '2026-11-23T06:00:01Z',
      series: { lastObservedTime: '2026-11-23T06:00:02Z' },
    },
    { metadata: { creationTimestamp: '2026-11-23T06:00:00Z' }, reason: 'Bare' },
  ];

  beforeEach(async () => {
    forbidden = false;
    stub = await KubeStub.start((_, response) => {
      if (forbidden) refuse(response, 403, 'Forbidden', 'events is forbidden');
      else json(response, { items });
    });
  });
  afterEach(() => stub.stop());

  it('gives the events of one object, newest first, however they tell their time', async () => {
    const events = await createEventSource(stub.client, PATHS).eventsOf('uid-1', signal);
    expect(events.map(({ reason, warning }) => [reason, warning])).to.deep.equal([
      ['FailedScheduling', true],
      ['BackOff', true],
      ['Scheduled', false],
      ['Bare', false],
    ]);
    expect(stub.requests[0]?.query.get('fieldSelector')).to.equal('involvedObject.uid=uid-1');
  });

  it('asks once for many who want to know the same', async () => {
    const source = createEventSource(stub.client, PATHS);
    await Promise.all(Array.from({ length: 50 }, () => source.eventsOf('uid-1', signal)));
    await source.eventsOf('uid-2', signal);
    expect(stub.requests).to.have.length(2);
  });

  it('knows nothing where events may not be read', async () => {
    forbidden = true;
    expect(await createEventSource(stub.client, PATHS).eventsOf('uid-1', signal)).to.deep.equal([]);
  });
});
