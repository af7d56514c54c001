import { expect } from 'chai';
import type { ClusterEvent } from '../../../../../server/domain/ports.js';
import { aggregate } from '../../../../../server/domain/status/aggregate.js';
import type { Diagnosis, NodeView } from '../../../../../server/domain/task.js';
import {
  endedNode,
  job,
  node,
  pod,
  runningNode,
  T0,
  terminated,
  view,
  waitingNode,
} from '../../../../support/server/views.js';

function diagnosisOf(nodes: readonly NodeView[], events?: ReadonlyMap<string, readonly ClusterEvent[]>): Diagnosis {
  const { diagnosis } = aggregate(view(nodes), 'default', events);
  if (!diagnosis) throw new Error('a diagnosis was expected');
  return diagnosis;
}

const waits = (index: number, reason: string, message = ''): NodeView =>
  node({ index, pod: pod({ index, container: { state: 'waiting', reason, message } }) });
const unschedulable = (message: string): NodeView =>
  node({ pod: pod({ unschedulable: { reason: 'Unschedulable', message } }) });
const failedCreate = (message: string): ReadonlyMap<string, readonly ClusterEvent[]> =>
  new Map([['job-0', [{ reason: 'FailedCreate', message, warning: true, timeMs: T0 }]]]);
const failed = (reason: string): NodeView =>
  node({ job: job({ outcome: 'failed' }), pod: pod({ phase: 'Failed', container: terminated(137, { reason }) }) });

describe('diagnose', () => {
  const cases: readonly [string, () => Diagnosis, Partial<Diagnosis>][] = [
    [
      'a pod quota',
      () => diagnosisOf([waitingNode(0)], failedCreate('pods "x" is forbidden: exceeded quota: q')),
      { category: 'QuotaExceeded', retryable: true },
    ],
    [
      'a webhook that denies the pod',
      () => diagnosisOf([waitingNode(0)], failedCreate('admission webhook "w" denied the request: no')),
      { category: 'AdmissionDenied', retryable: false },
    ],
    [
      'a machine that is too small',
      () => diagnosisOf([unschedulable('0/1 nodes are available: 1 Insufficient nvidia.com/gpu.')]),
      { category: 'InsufficientResources', cause: '0/1 nodes are available: 1 Insufficient nvidia.com/gpu.' },
    ],
    [
      'a claim that is not there',
      () => diagnosisOf([unschedulable('persistentvolumeclaim "data" not found')]),
      { category: 'VolumeNotFound' },
    ],
    [
      'a taint that nobody tolerates',
      () => diagnosisOf([unschedulable('0/1 nodes are available: 1 node(s) had untolerated taint')]),
      { category: 'Tainted' },
    ],
    ['an image that is not there', () => diagnosisOf([waits(0, 'ErrImagePull')]), { category: 'ImagePull' }],
    ['an image that is none', () => diagnosisOf([waits(0, 'InvalidImageName')]), { category: 'InvalidImage' }],
    [
      'a container that cannot be made',
      () => diagnosisOf([waits(0, 'CreateContainerConfigError')]),
      { category: 'ContainerConfig' },
    ],
    ['memory that ran out', () => diagnosisOf([failed('OOMKilled')]), { category: 'OutOfMemory', retryable: false }],
    ['a program that could not be started', () => diagnosisOf([failed('StartError')]), { category: 'ContainerConfig' }],
    ['a program that failed', () => diagnosisOf([endedNode(0, 3)]), { category: 'ExitCode', cause: 'exit code 3' }],
    [
      'a Job that was deleted',
      () => diagnosisOf([node({ job: undefined })]),
      { category: 'Interrupted', retryable: true },
    ],
  ];
  for (const [title, given, expected] of cases) {
    it(`knows ${title}`, () => {
      expect(given()).to.include(expected);
    });
  }

  it('says nothing of a task that runs or has completed', () => {
    expect(aggregate(view([runningNode(0)]), 'default').diagnosis).to.equal(undefined);
    expect(aggregate(view([endedNode(0, 0)]), 'default').diagnosis).to.equal(undefined);
  });

  it('blames the node that failed first, and names it', () => {
    expect(diagnosisOf([endedNode(0, 137, 9), endedNode(1, 1, 2), runningNode(2)])).to.include({
      node: 1,
      cause: 'node-1 exited 1 at 06:00:03',
    });
  });

  it('tells of the node that waits for the more serious reason', () => {
    expect(diagnosisOf([waits(0, 'ContainerCreating'), waits(1, 'ErrImagePull')])).to.include({
      node: 1,
      category: 'ImagePull',
    });
  });

  it('tells why a node waits while others run', () => {
    expect(diagnosisOf([runningNode(0), waits(1, 'ErrImagePull')])).to.include({ node: 1, category: 'ImagePull' });
  });

  it('brings the last lines of what failed and the event as evidence', () => {
    const node0 = node({
      job: job({ outcome: 'failed' }),
      pod: pod({ phase: 'Failed', container: terminated(1, { message: '1\n2\n3\n4\n5\nValueError: no\n' }) }),
    });
    const events = new Map([['pod-0', [{ reason: 'Failed', message: 'it broke', warning: true, timeMs: T0 }]]]);
    expect(diagnosisOf([node0], events).evidence).to.deep.equal([
      '1',
      '2',
      '3',
      '4',
      '5',
      'ValueError: no',
      'event Failed: it broke',
    ]);
  });
});
