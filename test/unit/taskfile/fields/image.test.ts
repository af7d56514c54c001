import { expect } from 'chai';
import { problemsOf, specOf } from '../outcome.js';

const yaml = (text: string): string => `run: a\nresources:\n  image_id: ${text}`;
const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;

describe('readImage', () => {
  const good: [string, string | undefined][] = [
    ['python:3.13-slim', 'python:3.13-slim'],
    ['docker:python:3.13-slim', 'python:3.13-slim'],
    ['python', 'python'],
    ['nvcr.io/nvidia/pytorch:23.10-py3', 'nvcr.io/nvidia/pytorch:23.10-py3'],
    ['nvidia/cuda:12.1.0-runtime-ubuntu22.04', 'nvidia/cuda:12.1.0-runtime-ubuntu22.04'],
    ['localhost:5000/a/b_c--d.e', 'localhost:5000/a/b_c--d.e'],
    ['Registry.Example.com/a:B', 'Registry.Example.com/a:B'],
    [`busybox@${DIGEST}`, `busybox@${DIGEST}`],
    [`docker:ghcr.io/a/b:c@${DIGEST}`, `ghcr.io/a/b:c@${DIGEST}`],
    ['{kubernetes: docker:a, us-east-1: ami-1}', 'a'],
    ['{anywhere: docker:a}', 'a'],
    ['""', undefined],
    ['', undefined],
  ];
  for (const [text, image] of good) {
    it(`takes ${text.slice(0, 50) || 'nothing'} as ${image?.slice(0, 40)}`, () => {
      expect(specOf(yaml(text)).resources.image).to.equal(image);
    });
  }

  const form = 'write name:tag, for example python:3.13-slim';
  const cloud = 'is a machine image of a cloud; name a container image, for example python:3.13-slim';
  const bad: [string, string][] = [
    ['Python:3.13', '"Python:3.13" is not a container image; image names are lower case: python:3.13'],
    [
      'https://hub.docker.com/_/python',
      '"https://hub.docker.com/_/python" is not a container image; leave the protocol out, as in registry.example.com/team/image:tag',
    ],
    ['python 3.13', `"python 3.13" is not a container image; ${form}`],
    ['"python:"', `"python:" is not a container image; ${form}`],
    ['python@sha256:abc', `"python@sha256:abc" is not a container image; ${form}`],
    ['-python', `"-python" is not a container image; ${form}`],
    ['"docker:"', `"" is not a container image; ${form}`],
    ['ami-0123456789', `"ami-0123456789" ${cloud}`],
    ['projects/x/images/y', `"projects/x/images/y" ${cloud}`],
    ['skypilot:gpu-ubuntu', `"skypilot:gpu-ubuntu" ${cloud}`],
    [
      '{us-east-1: ami-1, us-east-2: ami-2}',
      'names 2 images, none of them for Kubernetes; write one image, or one with the key kubernetes',
    ],
    ['[a]', 'must be text, not a list; write one text'],
    ['3.13', 'must be text, not 3.13; put it in quotes'],
    ['x'.repeat(600), `"${'x'.repeat(40)}…" is not a container image; ${form}`],
  ];
  for (const [text, message] of bad) {
    it(`refuses ${text.slice(0, 40)}`, () => {
      expect(problemsOf(yaml(text))).to.deep.equal([`line 3, column 13: resources.image_id: ${message}`]);
    });
  }
});
