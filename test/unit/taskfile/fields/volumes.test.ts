import { expect } from 'chai';
import { problemsOf, specOf } from '../outcome.js';

describe('readVolumes', () => {
  it('takes names by path, normalised and in order', () => {
    expect(specOf('run: a\nvolumes:\n  /data//sets/: train.v1\n  /a: {name: B_2}\n  /data: x').volumes).to.deep.equal([
      { mountPath: '/data/sets', volume: 'train.v1' },
      { mountPath: '/a', volume: 'B_2' },
      { mountPath: '/data', volume: 'x' },
    ]);
  });

  const hidden = 'would hide what the system needs there; mount it at a path such as /data';
  const bad: [string, string][] = [
    [
      'data: x',
      'line 3, column 3: volumes.data: "data" is not an absolute path without ".."; write a path such as /data',
    ],
    [
      '~/data: x',
      'line 3, column 3: volumes."~/data": "~/data" is not an absolute path without ".."; write a path such as /data',
    ],
    [
      '/data/../x: x',
      'line 3, column 3: volumes./data/../x: "/data/../x" is not an absolute path without ".."; write a path such as /data',
    ],
    ['/: x', `line 3, column 3: volumes./: a volume at / ${hidden}`],
    ['/./: x', `line 3, column 3: volumes././: a volume at / ${hidden}`],
    ['/proc: x', `line 3, column 3: volumes./proc: a volume at /proc ${hidden}`],
    ['/sys/fs: x', `line 3, column 3: volumes./sys/fs: a volume at /sys/fs ${hidden}`],
    ['/dev/shm/: x', `line 3, column 3: volumes./dev/shm/: a volume at /dev/shm ${hidden}`],
    [
      '/a:b: x',
      'line 3, column 3: volumes./a:b: "/a:b" has a colon or control characters; write a plain path such as /data',
    ],
    [
      '/data:',
      'line 3, column 3: volumes./data: names no volume; write the name of a volume, as `k8s-cli volumes list` shows it',
    ],
    [
      '/data: ""',
      'line 3, column 10: volumes./data: "" is not the name of a volume; use letters, digits, "-", "_" and "."',
    ],
    [
      '/data: ./x',
      'line 3, column 10: volumes./data: "./x" is not the name of a volume; files of your own machine cannot be mounted; write the name of a volume',
    ],
    [
      '/data: a b',
      'line 3, column 10: volumes./data: "a b" is not the name of a volume; use letters, digits, "-", "_" and "."',
    ],
    ['/data: 5', 'line 3, column 10: volumes./data: must be text, not 5; put it in quotes'],
    ['/data: [x]', 'line 3, column 10: volumes./data: must be text, not a list; write one text'],
    [
      '/data: {name: x, sub_path: y}',
      'line 3, column 20: volumes./data.sub_path: is not supported yet; write `path: volume-name`, with a volume made by `k8s-cli volumes create`',
    ],
    [
      '/data: {size: 1Gi}',
      'line 3, column 11: volumes./data.size: is not supported yet; write `path: volume-name`, with a volume made by `k8s-cli volumes create`',
    ],
    ['/data: {}', 'line 3, column 10: volumes./data: names no volume; write `path: volume-name`'],
  ];
  for (const [line, problem] of bad) {
    it(`refuses ${line}`, () => {
      expect(problemsOf(`run: a\nvolumes:\n  ${line}`)).to.deep.equal([problem]);
    });
  }

  it('does not take /processed for /proc', () => {
    expect(specOf('run: a\nvolumes: {/processed: x, /device: y}').volumes).to.have.length(2);
  });

  it('refuses one path twice, however it is written', () => {
    expect(problemsOf('run: a\nvolumes:\n  /data: x\n  /data/: y')).to.deep.equal([
      'line 4, column 3: volumes./data/: "/data" already has a volume; give each volume a path of its own',
    ]);
  });

  it('refuses a list', () => {
    expect(problemsOf('run: a\nvolumes: [x]')).to.deep.equal([
      'line 2, column 10: volumes: must be a mapping of paths to volume names, not a list; write `/data: my-volume` lines',
    ]);
  });
});
