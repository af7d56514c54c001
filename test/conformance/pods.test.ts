import { expect } from 'chai';
import { type Json, useApi } from '../support/api.js';
import { withMoreTime } from '../support/eventually.js';
import { container, pod, politeSleep } from './objects.js';

describe('pods', () => {
  const api = useApi();
  const create = async (object: Json): Promise<Json> => {
    const { code, body } = await api.call('POST', 'pods', object);
    expect(code, body.message).to.equal(201);
    return body;
  };
  const eventsOf = (name: string) => `events?fieldSelector=involvedObject.kind%3DPod,involvedObject.name%3D${name}`;
  const untilEvent = async (name: string, fits: (event: Json) => boolean): Promise<Json> =>
    (await api.untilOf(eventsOf(name), ({ items }) => items.some(fits))).items.find(fits);
  const ended = async (name: string): Promise<Json> =>
    (await api.untilOf(`pods/${name}`, ({ status }) => ['Succeeded', 'Failed'].includes(status.phase))).status;
  const conditions = (status: Json): Record<string, string> =>
    Object.fromEntries(
      status.conditions.map(({ type, status: value, reason }: Json) => [type, reason ? `${value} ${reason}` : value]),
    );
  const isWaiting = ({ containerStatuses }: Json): boolean => containerStatuses?.[0].state.waiting !== undefined;
  const terminated = (status: Json): Json => status.containerStatuses[0].state.terminated;

  it('go through their phases', async () => {
    // Long enough for a busy kubelet to tell of each.
    const seen = await withMoreTime(
      async (seconds) => {
        const name = `phases-${seconds}`;
        const watch = await api.watch(`pods?watch=1&fieldSelector=metadata.name%3D${name}`);
        await create(pod(name, `echo begun; sleep ${seconds}`));
        const all: Json[] = [];
        await watch.until(({ object: { status } }) => {
          all.push(status);
          return status.phase === 'Succeeded';
        });
        watch.end();
        return all;
      },
      (all) => !all.some(({ phase }) => phase === 'Running') || !all.some(isWaiting),
      3,
    );
    expect([...new Set(seen.map(({ phase }) => phase))]).to.deep.equal(['Pending', 'Running', 'Succeeded']);
    const running = seen.find(({ phase }) => phase === 'Running');
    expect(conditions(running)).to.deep.equal({
      PodReadyToStartContainers: 'True',
      Initialized: 'True',
      Ready: 'True',
      ContainersReady: 'True',
      PodScheduled: 'True',
    });
    expect(running.containerStatuses[0]).to.include({ ready: true, started: true, restartCount: 0 });
    expect(running.podIP).to.match(/^\d+\.\d+\.\d+\.\d+$/);
    const creating = seen.find(isWaiting);
    expect(creating.containerStatuses[0].state.waiting.reason).to.equal('ContainerCreating');
    expect(conditions(creating)).to.include({ Ready: 'False ContainersNotReady' });
    const last = seen.at(-1);
    expect(conditions(last)).to.deep.equal({
      PodReadyToStartContainers: 'False',
      Initialized: 'True PodCompleted',
      Ready: 'False PodCompleted',
      ContainersReady: 'False PodCompleted',
      PodScheduled: 'True',
    });
    expect(terminated(last)).to.include({ exitCode: 0, reason: 'Completed' });
    for (const time of [last.startTime, terminated(last).startedAt, terminated(last).finishedAt]) {
      expect(time).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    }
  });

  it('say how they failed, in the end of their log if asked', async () => {
    await create(pod('tail', 'echo why; exit 3', { terminationMessagePolicy: 'FallbackToLogsOnError' }));
    const status = await ended('tail');
    expect([status.phase, terminated(status).message]).to.deep.equal(['Failed', 'why\n']);
    expect(terminated(status)).to.include({ exitCode: 3, reason: 'Error' });
    expect(conditions(status)).to.include({ Ready: 'False PodFailed' });
  });

  it('say how they ended in a file', async () => {
    await create(pod('message', 'echo said >/dev/termination-log; exit 0'));
    expect(terminated(await ended('message')).message).to.equal('said\n');
  });

  it('have the exit code of a signal', async () => {
    // Kubernetes takes one of two dollar signs away.
    await create(pod('signal', `sh -c 'kill -9 $$$$'; exit $?`));
    expect(terminated(await ended('signal'))).to.include({ exitCode: 137, reason: 'Error' });
  });

  it('say that their program is missing', async () => {
    await create(pod('missing', '', { command: ['/no/such'] }));
    const status = await ended('missing');
    expect(terminated(status)).to.include({ exitCode: 128, reason: 'StartError', startedAt: '1970-01-01T00:00:00Z' });
    const why = /unable to start container process: exec: "\/no\/such": stat \/no\/such: no such file or directory/;
    expect(terminated(status).message).to.match(why);
    const { type, message } = await untilEvent('missing', ({ reason }) => reason === 'Failed');
    expect([type, why.test(message)]).to.deep.equal(['Warning', true]);
  });

  it('end at their deadline', async () => {
    await create(pod('deadline', politeSleep, {}, { activeDeadlineSeconds: 2 }));
    const status = await ended('deadline');
    const message = 'Pod was active on the node longer than the specified deadline';
    expect(status).to.include({ reason: 'DeadlineExceeded', message });
    await untilEvent('deadline', (event) => event.reason === 'DeadlineExceeded' && event.message === message);
  });

  it('have several containers, and fail when one does', async () => {
    await create(pod('two', '', {}, { containers: [container('exit 1'), container('true', { name: 'second' })] }));
    const { phase, containerStatuses } = await ended('two');
    const codes = containerStatuses.map(({ name, state }: Json) => [name, state.terminated.exitCode]);
    expect([phase, codes]).to.deep.equal([
      'Failed',
      [
        ['main', 1],
        ['second', 0],
      ],
    ]);
  });

  it('start their containers again, ever later', async () => {
    // All of its states are to be seen: another one comes soon.
    const watch = await api.watch('pods?watch=1&fieldSelector=metadata.name%3Dcrashing');
    await create(pod('crashing', 'echo try; exit 6', {}, { restartPolicy: 'Always' }));
    const { object } = await watch.until(
      ({ object: { status } }) => status.containerStatuses?.[0].state.waiting?.reason === 'CrashLoopBackOff',
    );
    watch.end();
    const { status, metadata } = object;
    const [{ state, lastState, restartCount, ready }] = status.containerStatuses;
    const subject = `crashing_${api.namespace}(${metadata.uid})`;
    expect(state.waiting.message).to.equal(`back-off 10s restarting failed container=main pod=${subject}`);
    expect(lastState.terminated).to.include({ exitCode: 6, reason: 'Error' });
    expect([status.phase, restartCount, ready]).to.deep.equal(['Running', 1, false]);
    const { type, message, involvedObject } = await untilEvent('crashing', ({ reason }) => reason === 'BackOff');
    expect([type, message]).to.deep.equal(['Warning', `Back-off restarting failed container main in pod ${subject}`]);
    expect(involvedObject.fieldPath).to.equal('spec.containers{main}');
    await api.call('DELETE', 'pods/crashing', { gracePeriodSeconds: 0 });
  });

  it('have their events, of the kubelet and of the scheduler', async () => {
    const { metadata } = await create(pod('told', politeSleep));
    for (const wanted of ['Scheduled', 'Started']) await untilEvent('told', ({ reason }) => reason === wanted);
    await api.call('DELETE', 'pods/told');
    const killing = await untilEvent('told', ({ reason }) => reason === 'Killing');
    expect(killing).to.include({ type: 'Normal', message: 'Stopping container main', reportingComponent: 'kubelet' });
    const { items } = (await api.call('GET', eventsOf('told'))).body;
    const find = (wanted: string): Json => items.find(({ reason }: Json) => reason === wanted);
    expect(find('Created')).to.include({ type: 'Normal', message: 'Container created' });
    const started = find('Started');
    expect(started).to.include({ type: 'Normal', message: 'Container started', count: 1, eventTime: null });
    expect(started.source.component).to.equal('kubelet');
    expect(started.source.host).to.be.a('string');
    expect(started.involvedObject).to.include({
      kind: 'Pod',
      apiVersion: 'v1',
      name: 'told',
      namespace: api.namespace,
      uid: metadata.uid,
      fieldPath: 'spec.containers{main}',
    });
    // The scheduler uses the newer API of events, in which other fields say when and how often.
    const scheduled = find('Scheduled');
    expect(scheduled.message).to.match(RegExp(`^Successfully assigned ${api.namespace}/told to \\S+$`));
    expect(scheduled).to.include({
      type: 'Normal',
      action: 'Binding',
      reportingComponent: 'default-scheduler',
      firstTimestamp: null,
      lastTimestamp: null,
    });
    expect(scheduled).to.not.have.property('count');
    expect([scheduled.source, scheduled.eventTime.length]).to.deep.equal([{}, 27]);
  });

  const rest =
    '. no new claims to deallocate, preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.';
  const unscheduled: [string, object, object, string][] = [
    ['cpu', { resources: { requests: { cpu: '1000' } } }, {}, `1 Insufficient cpu${rest}`],
    ['gpu', { resources: { limits: { 'example.com/gpu': '1' } } }, {}, `1 Insufficient example.com/gpu${rest}`],
    ['place', {}, { nodeSelector: { no: 'where' } }, `1 node(s) didn't match Pod's node affinity/selector${rest}`],
    [
      'affinity',
      {},
      {
        affinity: {
          nodeAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: {
              nodeSelectorTerms: [{ matchExpressions: [{ key: 'gpu', operator: 'In', values: ['x'] }] }],
            },
          },
        },
      },
      `1 node(s) didn't match Pod's node affinity/selector${rest}`,
    ],
    [
      'claim',
      {},
      { volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'none' } }] },
      'persistentvolumeclaim "none" not found. not found',
    ],
  ];
  for (const [what, fields, spec, why] of unscheduled) {
    it(`wait for a node while there is none with the ${what}`, async () => {
      await create(pod(`no-${what}`, 'true', { ...fields }, { ...spec }));
      const message = `0/1 nodes are available: ${why}`;
      // A node that has just been made is not ready at first, which is another reason.
      const event = await untilEvent(`no-${what}`, (found) => found.message === message);
      expect(event).to.include({ type: 'Warning', reason: 'FailedScheduling', action: 'Scheduling' });
      const isTold = ({ status }: Json) => status.conditions?.[0]?.message === message;
      const { status } = await api.untilOf(`pods/no-${what}`, isTold);
      expect(status.phase).to.equal('Pending');
      expect(status.conditions[0]).to.include({ type: 'PodScheduled', status: 'False', reason: 'Unschedulable' });
    });
  }

  const key = { name: 'none', key: 'x' };
  const misconfigured: [string, object, string][] = [
    ['ConfigMap', { envFrom: [{ configMapRef: { name: 'none' } }] }, 'configmap "none" not found'],
    ['Secret', { env: [{ name: 'A', valueFrom: { secretKeyRef: key } }] }, 'secret "none" not found'],
  ];
  for (const [what, fields, message] of misconfigured) {
    it(`wait for a missing ${what}`, async () => {
      const name = `no-${what.toLowerCase()}`;
      await create(pod(name, 'true', { ...fields }));
      // A busy kubelet has not asked for it yet, and says that it has not.
      const { status } = await api.untilOf(
        `pods/${name}`,
        (object) => object.status.containerStatuses?.[0].state.waiting?.message === message,
      );
      expect(status.phase).to.equal('Pending');
      expect(status.containerStatuses[0].state.waiting).to.deep.equal({
        reason: 'CreateContainerConfigError',
        message,
      });
      const event = await untilEvent(name, (found) => found.message === `Error: ${message}`);
      expect(event).to.include({ type: 'Warning', reason: 'Failed' });
      await api.call('DELETE', `pods/${name}`, { gracePeriodSeconds: 0 });
    });
  }

  it('wait for a missing volume, and run when it is there', async () => {
    const volumes = [{ name: 'v', secret: { secretName: 'later' } }];
    const volumeMounts = [{ name: 'v', mountPath: '/v' }];
    await create(pod('mounts', 'cat /v/word', { volumeMounts }, { volumes }));
    const message = 'MountVolume.SetUp failed for volume "v" : secret "later" not found';
    const event = await untilEvent('mounts', (found) => found.message === message);
    expect(event).to.include({ type: 'Warning', reason: 'FailedMount' });
    await api.call('POST', 'secrets', { metadata: { name: 'later' }, stringData: { word: 'found' } });
    expect((await ended('mounts')).phase).to.equal('Succeeded');
    expect((await api.call('GET', 'pods/mounts/log')).body).to.equal('found');
  });

  it('see what is in ConfigMaps, Secrets, claims and of themselves', async () => {
    await api.call('POST', 'configmaps', { metadata: { name: 'settings' }, data: { A: '1', B: 'two' } });
    await api.call('POST', 'secrets', { metadata: { name: 'keys' }, stringData: { token: 'secret' } });
    const spec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Mi' } } };
    await api.call('POST', 'persistentvolumeclaims', { metadata: { name: 'data' }, spec });
    const field = (fieldPath: string) => ({ valueFrom: { fieldRef: { fieldPath } } });
    const fields = {
      envFrom: [{ prefix: 'S_', configMapRef: { name: 'settings' } }],
      env: [
        { name: 'S_A', value: 'mine' },
        { name: 'ALL', value: '$(S_A)-$(S_B)-$(NONE)-$$(S_A)' },
        { name: 'TOKEN', valueFrom: { secretKeyRef: { name: 'keys', key: 'token' } } },
        { name: 'POD', ...field('metadata.name') },
        { name: 'LABEL', ...field("metadata.labels['l']") },
      ],
      command: [
        'sh',
        '-c',
        'echo "$ALL $TOKEN $POD $LABEL $0"; echo kept >/data/f; cat /data/f; cd /memory && df -T . | tail -1 | grep -c tmpfs',
        '$(TOKEN)',
      ],
      volumeMounts: [
        { name: 'data', mountPath: '/data' },
        { name: 'memory', mountPath: '/memory' },
      ],
    };
    const volumes = [
      { name: 'data', persistentVolumeClaim: { claimName: 'data' } },
      { name: 'memory', emptyDir: { medium: 'Memory', sizeLimit: '1Mi' } },
    ];
    const object = pod('sees', '', fields, { volumes });
    await create({ ...object, metadata: { name: 'sees', labels: { l: 'label' } } });
    expect((await ended('sees')).phase).to.equal('Succeeded');
    expect((await api.call('GET', 'pods/sees/log')).body).to.equal(
      'mine-two-$(NONE)-$(S_A) secret sees label secret\nkept\n1\n',
    );
  });
});
