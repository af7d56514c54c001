import { expect } from 'chai';
import { useApi } from '../../support/api.js';
import { describeKubectl, useKubectl } from '../../support/kubectl.js';
import { REAL } from '../../support/target.js';
import { configMap } from '../objects.js';

// A real cluster does all of this.
if (!REAL) {
  describeKubectl('what the embedded cluster refuses kubectl', () => {
    const api = useApi();
    const kubectl = useKubectl(api);
    const fix = 'use "kubectl create -f FILE"';

    for (const [words, answer] of [
      ['create job x --image=busybox', fix],
      ['create configmap x --from-literal=a=b', fix],
      ['create namespace x', fix],
      ['create secret generic x --from-literal=a=b', fix],
      ['auth can-i create jobs', 'the server could not find the requested resource'],
      ['get deployments', `the server doesn't have a resource type "deployments"`],
      ['cordon embedded', 'the embedded cluster has no taints and no cordons'],
      ['top pods', 'Metrics API not available'],
    ] as const) {
      it(`kubectl ${words}`, async () => {
        expect((await kubectl.attempt(words)).stderr).to.contain(answer);
        expect((await api.call('GET', 'configmaps/x')).code).to.equal(404);
      });
    }

    it('kubectl apply --server-side', async () => {
      const { code, stderr } = await kubectl.attempt('apply --server-side -f -', configMap('x'));
      expect(code).to.equal(1);
      expect(stderr).to.contain('use "kubectl apply" without --server-side');
    });

    it('kubectl explain', async () => {
      expect(await kubectl.run('explain job')).to.contain('The embedded cluster does not explain fields');
    });
  });
}
