import { expect } from 'chai';
import { problemsOf, specOf } from './outcome.js';

describe('substituteEnvs', () => {
  it('replaces variables of envs in workdir and in both sides of volumes', () => {
    const spec = specOf(
      'run: a\nenvs: {ROOT: /data, NAME: train, N: 1}\nworkdir: $ROOT/x\nvolumes: {"${ROOT}/$N": "$NAME-set"}',
    );
    expect(spec.workdir).to.equal('/data/x');
    expect(spec.volumes).to.deep.equal([{ mountPath: '/data/1', volume: 'train-set', subPath: undefined }]);
  });

  it('leaves run and setup to the shell', () => {
    expect(specOf('run: echo $A\nsetup: echo ${A}\nenvs: {A: 1}')).to.include({ run: 'echo $A', setup: 'echo ${A}' });
  });

  it('leaves unknown names as they are', () => {
    expect(specOf('run: a\nworkdir: /x/$UNKNOWN').workdir).to.equal('/x/$UNKNOWN');
  });

  it('says where a variable at the beginning of workdir should come from', () => {
    expect(problemsOf('run: a\nworkdir: $HOME/x')).to.deep.equal([
      'line 2, column 10: workdir: "$HOME/x" begins with a variable that envs does not set; write an absolute path of the container',
    ]);
  });

  it('does not let a text grow without bound', () => {
    const spec = specOf(`run: a\nenvs: {A: ${'x'.repeat(4000)}}\nworkdir: /${'$A'.repeat(1000)}`);
    expect(spec.workdir).to.equal(`/${'$A'.repeat(1000)}`);
  });
});
