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
  metadata: { ...metadata, name: 'p', labels: { app: 'web' }, annotations: { b: '2', a: 'x "y"' } },
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

  it('takes values from the pod, its resources, ConfigMaps and Secrets', () => {
    const field = (name: string, fieldPath: string): object => ({ name, valueFrom: { fieldRef: { fieldPath } } });
    const amount = (name: string, resource: string, divisor = '0'): object => ({
      name,
      valueFrom: { resourceFieldRef: { resource, divisor } },
    });
    const env = [
      field('NAME', 'metadata.name'),
      field('UID', 'metadata.uid'),
      field('APP', "metadata.labels['app']"),
      field('NOTES', 'metadata.annotations'),
      field('IP', 'status.podIP'),
      amount('CPU', 'limits.cpu'),
      amount('MEM', 'requests.memory', '1Mi'),
      amount('NONE', 'requests.cpu'),
      { name: 'KEY', valueFrom: { secretKeyRef: { name: 'keys', key: 'token' } } },
      { name: 'MAYBE', valueFrom: { configMapKeyRef: { name: 'none', key: 'x', optional: true } } },
    ];
    const resources = { limits: { cpu: '1500m' }, requests: { memory: '64Mi' } };
    expect(declared({ env, resources })).to.deep.equal({
      NAME: 'p',
      UID: 'u-1',
      APP: 'web',
      NOTES: 'a="x \\"y\\""\nb="2"',
      IP: '127.20.1.1',
      CPU: '2',
      MEM: '64',
      NONE: '0',
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
