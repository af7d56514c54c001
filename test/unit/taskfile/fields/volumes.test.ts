import { expect } from 'chai';
import { problemsOf, specOf } from '../outcome.js';

describe('readVolumes', () => {
  it('takes names by path, normalised and in order', () => {
    expect(specOf('run: a\nvolumes:\n  /data//sets/: train.v1\n  /a: {name: B_2}\n  /data: x').volumes).to.deep.equal([
      { mountPath: '/data/sets', volume: 'train.v1', subPath: undefined },
      { mountPath: '/a', volume: 'B_2', subPath: undefined },
      { mountPath: '/data', volume: 'x', subPath: undefined },
    ]);
  });

  it('takes a path inside of a volume', () => {
    expect(specOf('run: a\nvolumes: {/a: {name: b, sub_path: runs/1}}').volumes).to.deep.equal([
      { mountPath: '/a', volume: 'b', subPath: 'runs/1' },
    ]);
  });

  const made: [string, object][] = [
    ['{size: 100Gi}', { size: '100Gi', accessMode: 'ReadWriteOnce', labels: {} }],
    ['{size: 5}', { size: '5Gi' }],
    ['{size: 512mb, type: k8s-pvc, labels: {a: b}}', { size: '512Mi', labels: { a: 'b' } }],
    [
      '{size: 1, config: {storage_class_name: fast, access_mode: ReadWriteMany, namespace: x}}',
      { storageClass: 'fast', accessMode: 'ReadWriteMany', namespace: 'x' },
    ],
  ];
  for (const [text, expected] of made) {
    it(`takes ${text} as storage to be made`, () => {
      const [mount] = specOf(`run: a\nvolumes: {/scratch: ${text}}`).volumes;
      expect(mount && 'created' in mount ? mount.created : undefined).to.deep.include(expected);
    });
  }

  const refusedForms = [
    '{size: 1.5}',
    '{size: 10GiB}',
    '{size: x}',
    '{size: 0}',
    '{size: 1, type: k8s-hostpath}',
    '{size: 1, type: runpod-network-volume}',
    '{size: 1, name: x}',
    '{size: 1, sub_path: x}',
    '{name: x, sub_path: /x}',
    '{name: x, sub_path: a/../b}',
    '{name: x, sub_path: "a b"}',
    '{size: 1, config: {access_mode: RWX}}',
    '{size: 1, config: {host_path: /x}}',
    '{size: 1, labels: {task-id: x}}',
    '{nmae: x}',
  ];
  for (const text of refusedForms) {
    it(`refuses ${text}`, () => {
      expect(problemsOf(`run: a\nvolumes: {/x: ${text}}`)).to.have.length(1);
    });
  }

  it('refuses directories of machines', () => {
    expect(problemsOf('run: a\nvolumes: {/x: {host_path: /y, mode: rw}}')).to.have.length(2);
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
