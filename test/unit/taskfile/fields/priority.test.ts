import { expect } from 'chai';
import { problemsOf, specOf } from '../outcome.js';

const yaml = (text: string): string => `run: a\nresources: {${text}}`;

describe('readPriority and readPriorityClass', () => {
  for (const priority of [-1000, 0, 5, 1000]) {
    it(`take ${priority}`, () => {
      expect(specOf(yaml(`priority: ${priority}`)).resources.priority).to.equal(priority);
    });
  }

  it('take the name of a class', () => {
    expect(specOf(yaml('priority_class: high.one')).resources.priorityClass).to.equal('high.one');
  });

  for (const text of [
    'priority: 1001',
    'priority: -1001',
    'priority: high',
    'priority: 1.5',
    'priority: true',
    'priority_class: "A b"',
    'priority_class: 5',
  ]) {
    it(`refuse ${text}`, () => {
      expect(problemsOf(yaml(text))).to.have.length(1);
    });
  }
});
