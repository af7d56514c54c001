import { expect } from 'chai';
import { createFirstLines } from '../../../../../server/kubernetes/logs/first-lines.js';
import { pathsOf } from '../../../../../server/kubernetes/paths.js';
import { KubeStub, refuse } from '../../../../support/server/kube-stub.js';

const POD = { name: 'demo-pod', uid: 'pod-1', containerName: 'task' };

describe('the first line of a log', () => {
  let stub: KubeStub;
  /** What the log API answers: a log, or the status of a refusal. */
  let answer: string | number;

  beforeEach(async () => {
    stub = await KubeStub.start((_, response) => {
      if (typeof answer === 'number') refuse(response, answer, 'Refused', 'the log cannot be read');
      else response.end(answer);
    });
  });
  afterEach(() => stub.stop());

  const read = (): Promise<bigint | undefined> =>
    createFirstLines(stub.client, pathsOf('default')).timeOf(POD, new AbortController().signal);

  it('is asked for with its time, and no more than that', async () => {
    answer = '2026-11-23T05:23:00.123456789Z a first line that is cut';
    expect(await read()).to.equal(BigInt(Date.parse('2026-11-23T05:23:00Z')) * 1_000_000n + 123_456_789n);
    const [request] = stub.requests;
    expect(request?.path).to.equal('/api/v1/namespaces/default/pods/demo-pod/log');
    expect(Object.fromEntries(request?.query ?? [])).to.deep.equal({
      container: 'task',
      timestamps: 'true',
      limitBytes: '64',
    });
  });

  it('may be empty', async () => {
    answer = '2026-11-23T05:23:00Z\n2026-11-23T05:23:01Z b';
    expect(await read()).to.equal(BigInt(Date.parse('2026-11-23T05:23:00Z')) * 1_000_000n);
  });

  it('is not there yet where nothing was written, or the container has not started', async () => {
    for (answer of ['', 400, 404]) expect(await read(), String(answer)).to.equal(undefined);
  });

  it('is not known where the node does not answer', async () => {
    answer = 500;
    const failure: unknown = await read().catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(Error).with.property('message', 'the log cannot be read');
  });
});
