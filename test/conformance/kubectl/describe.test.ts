import { expect } from 'chai';
import { useApi } from '../../support/api.js';
import { describeKubectl, useKubectl } from '../../support/kubectl.js';
import { configMap, job, pod, politeSleep } from '../objects.js';

describeKubectl('kubectl that tells of objects', () => {
  const api = useApi();
  const kubectl = useKubectl(api);
  before(async () => {
    await kubectl.run('create -f -', job('failing', 'exit 3'));
    await kubectl.run('create -f -', pod('running', politeSleep));
    await kubectl.run('create -f -', configMap('data'));
    await kubectl.run('wait --for=condition=failed job/failing --timeout=280s');
    await kubectl.run('wait --for=condition=Ready pod/running --timeout=280s');
    // Events are written a little later than what they tell of.
    for (const reason of ['BackoffLimitExceeded', 'Scheduled', 'Started']) {
      await api.untilOf(`events?fieldSelector=reason%3D${reason}`, ({ items }) => items.length > 0);
    }
  });

  it('describes Jobs and pods with their events', async () => {
    const text = await kubectl.run('describe job failing');
    expect(text).to.match(/^Pods Statuses: +0 Active \(0 Ready\) \/ 0 Succeeded \/ 1 Failed$/m);
    expect(text).to.match(/^ +Normal +SuccessfulCreate +\S+ +job-controller +Created pod: failing-\w{5}$/m);
    expect(text).to.match(/^ +Warning +BackoffLimitExceeded +.* +Job has reached the specified backoff limit$/m);
    const failed = await kubectl.run('describe pod -l batch.kubernetes.io/job-name=failing');
    expect(failed).to.match(/^Controlled By: +Job\/failing$/m);
    expect(failed).to.match(/^ +State: +Terminated\n +Reason: +Error\n +Exit Code: +3$/m);
    const running = await kubectl.run('describe pod running');
    expect(running).to.match(/^ +State: +Running\n +Started: /m);
    for (const reason of ['Scheduled', 'Created', 'Started'])
      expect(running).to.match(RegExp(`^ +Normal +${reason} `, 'm'));
  });

  it('describes the other kinds', async () => {
    expect(await kubectl.run('describe cm data')).to.match(/^a:\n----\nb$/m);
    expect(await kubectl.run(`describe namespace ${api.namespace}`)).to.match(/^Status: +Active$/m);
    expect(await kubectl.run('describe nodes')).to.match(/^ +Ready +True /m);
  });

  it('lists events, those of one object and those of a type', async () => {
    const all = await kubectl.run('events');
    expect(all).to.match(/^LAST SEEN +TYPE +REASON +OBJECT +MESSAGE$/m);
    expect(all).to.match(/ Normal +Started +Pod\/running +/);
    const own = (await kubectl.run('events --for job/failing --no-headers')).trim().split('\n');
    expect(own.every((line) => line.includes('Job/failing'))).to.equal(true);
    expect(await kubectl.run('events --types=Warning'))
      .to.match(/BackoffLimitExceeded/)
      .and.not.to.match(/ Normal /);
    const selected = await kubectl.run('get events --field-selector involvedObject.name=running,reason=Started');
    expect(selected).to.match(/ Normal +Started +pod\/running /);
  });

  it('waits for conditions, values and the end, or says that its time is up', async () => {
    await kubectl.run('wait --for=jsonpath={.status.phase}=Running pod/running --timeout=280s');
    const late = await kubectl.attempt('wait --for=condition=complete job/failing --timeout=1s');
    expect([late.code, late.stderr]).to.deep.equal([1, 'error: timed out waiting for the condition on jobs/failing\n']);
    const gone = kubectl.start('wait --for=delete pod/running --timeout=280s');
    await kubectl.run('delete pod running');
    expect((await gone.ended).code).to.equal(0);
  });

  it('asks the server how it is', async () => {
    expect(await kubectl.run('get --raw /readyz')).to.equal('ok');
    expect(await kubectl.run('version')).to.match(/^Server Version: v1\.\d+/m);
    expect(await kubectl.run('cluster-info')).to.contain('https://');
  });
});
