import { expect } from 'chai';
import { problemsOf, specOf } from '../outcome.js';

const yaml = (text: string): string => `run: a\nresources:\n  accelerators: ${text}`;

describe('readAccelerators', () => {
  const good: [string, number, string | undefined][] = [
    ['1', 1, undefined],
    ['"1"', 1, undefined],
    ['"4"', 4, undefined],
    ['2.0', 2, undefined],
    ['0', 0, undefined],
    ['""', 0, undefined],
    ['', 0, undefined],
    ['V100', 1, 'V100'],
    ['V100:2', 2, 'V100'],
    ['"V100:2.0"', 2, 'V100'],
    ['A100-80GB:8', 8, 'A100-80GB'],
    ['{V100: 2}', 2, 'V100'],
    ['{V100:2}', 2, 'V100'],
    ['[V100:2]', 2, 'V100'],
  ];
  for (const [text, gpus, gpuType] of good) {
    it(`takes ${text || 'nothing'} as ${gpus} of ${gpuType}`, () => {
      expect(specOf(yaml(text)).resources).to.deep.include({ gpus, gpuType });
    });
  }

  for (const text of ["['L4:1', 'H100:2']", "{'L4:1', 'H100:2'}", '{L4: 1, H100: 2}']) {
    it(`takes ${text} as a choice`, () => {
      const { resources, alternatives } = specOf(yaml(text));
      expect(alternatives.map(({ gpus, gpuType }) => [gpuType, gpus])).to.deep.equal([
        ['L4', 1],
        ['H100', 2],
      ]);
      expect(resources).to.deep.equal(alternatives[0]);
    });
  }

  const form = 'write a count such as "1", or a type and a count such as "V100:2"';
  const bad: [string, string][] = [
    ['V100:x', `"x" is not a number of GPUs; ${form}`],
    ['"V100:"', `"" is not a number of GPUs; ${form}`],
    ['V100:0.5', '0.5 is a part of a GPU, and Kubernetes gives whole ones only; write 1'],
    ['0.5', '0.5 is a part of a GPU, and Kubernetes gives whole ones only; write 1'],
    ['V100:-1', `"-1" is not a number of GPUs; ${form}`],
    ['-1', `"-1" is not a number of GPUs; ${form}`],
    ['V100:0', 'asks for none of V100; leave accelerators out when no GPU is needed'],
    ['V100:1:2', `"V100:1:2" has more than one ":"; ${form}`],
    ['"a b"', `"a b" is not a type of GPU; ${form}`],
    ['":2"', `"" is not a type of GPU; ${form}`],
    ['tpu-v4-8', 'TPUs are not supported; ask for GPUs, or for none'],
    ['5000', `5000 GPUs are more than any node has; ${form}`],
    ['true', `true is not a number of GPUs; ${form}`],
    ['[]', `names no GPU; ${form}`],
    ['{}', `names no GPU; ${form}`],
    ['[[V100]]', `a list is not a type of GPU; ${form}`],
    ['{V100: x}', `"x" is not a number of GPUs; ${form}`],
  ];
  for (const [text, message] of bad) {
    it(`refuses ${text}`, () => {
      const problems = problemsOf(yaml(text));
      expect(problems).to.have.length(1);
      expect(problems[0]).to.match(/^line 3, column \d+: resources\.accelerators/);
      expect(problems[0]?.endsWith(`: ${message}`), problems[0]).to.equal(true);
    });
  }
});
