import { expect } from 'chai';
import { createLastLines } from '../../../../../server/kubernetes/logs/last-lines.js';
import { pathsOf } from '../../../../../server/kubernetes/paths.js';
import { KubeStub, refuse } from '../../../../support/server/kube-stub.js';

const POD = { name: 'demo-pod', uid: 'pod-1', containerName: 'task' };

describe('the last lines of a log', () => {
  let stub: KubeStub;
  let away: boolean;

  beforeEach(async () => {
    away = false;
    stub = await KubeStub.start((_, response) => {
      if (away) refuse(response, 404, 'NotFound', 'no such pod');
      else response.end(`one\n\n${'x'.repeat(1000)}\nlast without newline`);
    });
  });
  afterEach(() => stub.stop());

  it('are a few, cut where they are long', async () => {
    const lines = await createLastLines(stub.client, pathsOf('default')).linesOf(POD);
    expect(lines).to.deep.equal(['one', 'x'.repeat(200), 'last without newline']);
    const [request] = stub.requests;
    expect(request?.path).to.equal('/api/v1/namespaces/default/pods/demo-pod/log');
    expect(Object.fromEntries(request?.query ?? [])).to.deep.equal({
      container: 'task',
      tailLines: '10',
      limitBytes: '65536',
    });
  });

  it('are read once for all who ask', async () => {
    const source = createLastLines(stub.client, pathsOf('default'));
    await Promise.all(Array.from({ length: 20 }, () => source.linesOf(POD)));
    await source.linesOf({ ...POD, uid: 'pod-2' });
    expect(stub.requests).to.have.length(2);
  });

  it('are none where there are none, until somebody asks again', async () => {
    away = true;
    const source = createLastLines(stub.client, pathsOf('default'));
    expect(await source.linesOf(POD)).to.deep.equal([]);
    away = false;
    expect(await source.linesOf(POD)).to.have.length(3);
  });
});
