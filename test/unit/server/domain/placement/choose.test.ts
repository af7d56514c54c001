import { expect } from 'chai';
import { choose, gpusInWords } from '../../../../../server/domain/placement/choose.js';
import type { MachineFacts } from '../../../../../server/domain/placement/cluster-facts.js';
import { amountOf } from '../../../../../server/kubernetes/manifests/quantity.js';
import type { Resources } from '../../../../../taskfile/task-spec.js';
import { resources } from '../../../../support/server/specs.js';

const GIB = 1024 ** 3;

function machine(labels: Record<string, string>, gpus: number, free: number | undefined = gpus): MachineFacts {
  const amounts = (count: number): MachineFacts['capacity'] => ({ cpus: 8, memory: 32 * GIB, gpus: count });
  return { labels, capacity: amounts(gpus), free: free === undefined ? undefined : amounts(free) };
}

const product = (name: string): Record<string, string> => ({ 'nvidia.com/gpu.product': name });
const gpu = (gpuType: string | undefined, gpus = 1): Resources => resources({ gpuType, gpus });

function chosen(
  alternatives: Resources[],
  machines: readonly MachineFacts[] | 'unknown',
  numNodes = 1,
): ReturnType<typeof choose> {
  return choose(alternatives, numNodes, machines, amountOf);
}

describe('choose', () => {
  it('restricts a named GPU to all labels that mean it, those of one key in one list', () => {
    const machines = [
      machine(product('NVIDIA-H100-80GB-HBM3'), 8),
      machine(product('NVIDIA-H100-PCIe'), 8),
      machine({ 'skypilot.co/accelerator': 'h100' }, 8),
      machine(product('Tesla-T4'), 1),
    ];
    expect(chosen([gpu('h100', 8)], machines)).to.deep.include({
      nodeTerms: [
        [{ key: 'nvidia.com/gpu.product', values: ['NVIDIA-H100-80GB-HBM3', 'NVIDIA-H100-PCIe'] }],
        [{ key: 'skypilot.co/accelerator', values: ['h100'] }],
      ],
      warnings: [],
    });
  });

  it('never puts an A100-80GB on a machine with 40 GB, nor the other way round', () => {
    const small = machine(product('NVIDIA-A100-SXM4-40GB'), 8);
    expect(chosen([gpu('A100-80GB')], [small])).to.have.property('problem');
    const karpenter = (memory: string): MachineFacts =>
      machine({ 'karpenter.k8s.aws/instance-gpu-name': 'a100', 'karpenter.k8s.aws/instance-gpu-memory': memory }, 8);
    expect(chosen([gpu('A100-80GB')], [karpenter('81920'), karpenter('40960')])).to.deep.include({
      nodeTerms: [
        [
          { key: 'karpenter.k8s.aws/instance-gpu-name', values: ['a100'] },
          { key: 'karpenter.k8s.aws/instance-gpu-memory', values: ['81920'] },
        ],
      ],
    });
  });

  it('says what there is when nothing has the GPU', () => {
    const machines = [
      machine(product('NVIDIA-A100-SXM4-80GB'), 8, 3),
      machine(product('Tesla-T4'), 1),
      machine({}, 4, 0),
    ];
    expect(chosen([gpu('V100')], machines)).to.deep.equal({
      problem:
        'no machine of the cluster has the GPU V100; there are A100-80GB (3 of 8 free), GPUs without a name (0 of 4 free), T4 (1 of 1 free); name one of these, or only a count',
    });
    expect(chosen([gpu('V100')], [machine(product('V100'), 0)])).to.deep.equal({
      problem: 'no machine of the cluster has the GPU V100, or any other; leave accelerators out',
    });
  });

  it('says when the machines could not give it even if they were empty', () => {
    const machines = [machine(product('Tesla-T4'), 4, 0), machine(product('Tesla-T4'), 4, 0), machine({}, 8)];
    const room = (nodes: string): string =>
      `the cluster's machines, were they empty, have room for ${nodes}: the task waits until there are more`;
    expect(chosen([gpu('T4', 4)], machines, 2)).to.deep.include({ warnings: [] });
    expect(chosen([gpu('T4', 4)], machines, 3)).to.deep.include({
      warnings: [room('2 of 3 nodes with accelerators T4:4')],
    });
    expect(chosen([gpu('T4', 8)], machines)).to.deep.include({
      warnings: [room('0 of 1 nodes with accelerators T4:8')],
    });
  });

  it('takes the count alone where it may not look, and says so', () => {
    expect(chosen([gpu('V100', 2)], 'unknown')).to.deep.equal({
      resources: gpu('V100', 2),
      nodeTerms: [],
      warnings: [
        'this server may not look at the machines: the task gets 2 of whatever GPUs the cluster has, not only V100',
      ],
    });
  });

  it('takes the first alternative that can be given now, else the first that can be given at all', () => {
    const busy = machine(product('NVIDIA-H100-80GB-HBM3'), 8, 0);
    const free = machine(product('Tesla-T4'), 4);
    const all = [gpu('V100'), gpu('H100', 8), gpu('T4')];
    expect(chosen(all, [busy, free])).to.deep.include({
      resources: gpu('T4'),
      warnings: ['took accelerators T4:1 of 3 alternatives: the first that the cluster can give now'],
    });
    expect(chosen(all, [busy])).to.deep.include({
      resources: gpu('H100', 8),
      warnings: ['took accelerators H100:8 of 3 alternatives: none can be given now, so the task waits for it'],
    });
    expect(chosen([gpu('T4', 4), gpu('H100', 8)], [busy, free], 2)).to.deep.include({ resources: gpu('T4', 4) });
  });

  it('counts cpus and memory too', () => {
    const large = resources({ cpus: '16' });
    const small = resources({ cpus: '500m', memory: '1Gi' });
    expect(chosen([large, small], [machine({}, 0)])).to.deep.include({ resources: small });
    expect(chosen([large, small], [])).to.deep.include({ resources: large });
  });
});

describe('gpusInWords', () => {
  it('tells only how many there are where it cannot see who uses them', () => {
    expect(gpusInWords([{ ...machine(product('Tesla-T4'), 2), free: undefined }])).to.equal('T4 (2)');
  });
});
