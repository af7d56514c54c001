import { expect } from 'chai';
import {
  ContainerConfigError,
  containerEnvironment,
  declaredEnvironment,
  expand,
} from '../../../../cluster/node/environment.js';
import type { KubeObject } from '../../../../cluster/store/object.js';

const metadata = { uid: 'u-1', resourceVersion: '1', creationTimestamp: '', namespace: 'team' };
const pod: KubeObject = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { ...metadata, name: 'p', labels: { app: 'web' } },
  spec: { nodeName: 'embedded' },
  status: { podIP: '127.20.1.1' },
};
const objects: Record<string, KubeObject> = {
  'configmaps/settings': {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { ...metadata, name: 'settings' },
    data: { A: '1', B: 'two' },
  },
  'secrets/keys': {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { ...metadata, name: 'keys' },
    data: { token: 'c2VjcmV0' },
  },
};
const lookup = (resource: string, name: string): KubeObject | undefined => objects[`${resource}/${name}`];
const declared = (container: KubeObject['spec']): Record<string, string> =>
  Object.fromEntries(declaredEnvironment(pod, container, lookup));

describe('the environment of a container', () => {
  it('has what is declared, later entries over earlier ones', () => {
    const envFrom = [{ prefix: 'S_', configMapRef: { name: 'settings' } }, { secretRef: { name: 'keys' } }];
    const env = [
      { name: 'S_A', value: 'mine' },
      { name: 'C', value: '$(S_A)-$(S_B)-$(NONE)-$$(S_A)' },
      { name: 'EMPTY' },
    ];
    expect(declared({ envFrom, env })).to.deep.equal({
      S_A: 'mine',
      S_B: 'two',
      token: 'secret',
      C: 'mine-two-$(NONE)-$(S_A)',
      EMPTY: '',
    });
  });

  it('takes values from the pod, ConfigMaps and Secrets', () => {
    const field = (name: string, fieldPath: string): object => ({ name, valueFrom: { fieldRef: { fieldPath } } });
    const env = [
      field('NAME', 'metadata.name'),
      field('UID', 'metadata.uid'),
      field('APP', "metadata.labels['app']"),
      field('IP', 'status.podIP'),
      { name: 'KEY', valueFrom: { secretKeyRef: { name: 'keys', key: 'token' } } },
      { name: 'MAYBE', valueFrom: { configMapKeyRef: { name: 'none', key: 'x', optional: true } } },
    ];
    expect(declared({ env })).to.deep.equal({
      NAME: 'p',
      UID: 'u-1',
      APP: 'web',
      IP: '127.20.1.1',
      KEY: 'secret',
    });
  });

  it('says what is missing', () => {
    const env = (valueFrom: object) => () => declared({ env: [{ name: 'X', valueFrom }] });
    expect(env({ configMapKeyRef: { name: 'none', key: 'x' } })).to.throw(
      ContainerConfigError,
      'configmap "none" not found',
    );
    expect(env({ secretKeyRef: { name: 'keys', key: 'x' } })).to.throw("couldn't find key x in Secret team/keys");
    expect(() => declared({ envFrom: [{ secretRef: { name: 'none' } }] })).to.throw('secret "none" not found');
  });

  it('adds what every container has, unless it is declared', () => {
    const environment = containerEnvironment(pod, new Map([['HOME', '/mine']]), '/root');
    expect(environment.get('HOME')).to.equal('/mine');
    expect(environment.get('HOSTNAME')).to.equal('p');
    expect(environment.get('PATH')).to.contain('/usr/bin');
    expect(environment.size).to.equal(3);
  });

  it('expands references in commands as Kubernetes does', () => {
    const variables = new Map([['A', 'x']]);
    expect(expand('$(A) $A ${A} $$ $$(A) $(B) $(', variables)).to.equal('x $A ${A} $ $(A) $(B) $(');
  });
});
