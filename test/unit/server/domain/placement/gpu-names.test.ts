import { expect } from 'chai';
import { canonicalGpuName, gpuOf } from '../../../../../server/domain/placement/gpu-names.js';

describe('gpuOf', () => {
  const rows: [Record<string, string>, string][] = [
    [{ 'skypilot.co/accelerator': 'h100' }, 'H100'],
    [{ 'skypilot.co/accelerator': 'a100-80gb' }, 'A100-80GB'],
    [{ 'cloud.google.com/gke-accelerator': 'nvidia-tesla-t4' }, 'T4'],
    [{ 'cloud.google.com/gke-accelerator': 'nvidia-l4' }, 'L4'],
    [{ 'cloud.google.com/gke-accelerator': 'nvidia-h100-80gb' }, 'H100'],
    [{ 'cloud.google.com/gke-accelerator': 'nvidia-h200-141gb' }, 'H200'],
    [{ 'cloud.google.com/gke-accelerator': 'nvidia-tesla-a100' }, 'A100'],
    [{ 'cloud.google.com/gke-accelerator': 'nvidia-a100-80gb' }, 'A100-80GB'],
    [{ 'nvidia.com/gpu.product': 'NVIDIA-H100-80GB-HBM3' }, 'H100'],
    [{ 'nvidia.com/gpu.product': 'NVIDIA-A100-SXM4-80GB' }, 'A100-80GB'],
    [{ 'nvidia.com/gpu.product': 'NVIDIA-A100-SXM4-40GB' }, 'A100'],
    [{ 'nvidia.com/gpu.product': 'NVIDIA-A100-80GB-PCIe' }, 'A100-80GB'],
    [{ 'nvidia.com/gpu.product': 'Tesla-V100-SXM2-16GB' }, 'V100'],
    [{ 'nvidia.com/gpu.product': 'Tesla-V100-SXM2-32GB' }, 'V100-32GB'],
    [{ 'nvidia.com/gpu.product': 'Tesla-T4-SHARED' }, 'T4'],
    [{ 'nvidia.com/gpu.product': 'NVIDIA-L40S' }, 'L40S'],
    [{ 'nvidia.com/gpu.product': 'NVIDIA-A10G' }, 'A10G'],
    [{ 'nvidia.com/gpu.product': 'NVIDIA-GeForce-RTX-4090' }, 'RTX4090'],
    [{ 'nvidia.com/gpu.product': 'NVIDIA-RTX-A6000' }, 'A6000'],
    [{ 'gpu.nvidia.com/class': 'H100_NVLINK_80GB' }, 'H100'],
    [{ 'gpu.nvidia.com/class': 'A100_PCIE_40GB' }, 'A100'],
    [{ 'gpu.nvidia.com/class': 'RTX_A6000' }, 'A6000'],
    [{ 'karpenter.k8s.aws/instance-gpu-name': 't4' }, 'T4'],
    [{ 'karpenter.k8s.aws/instance-gpu-name': 'a100', 'karpenter.k8s.aws/instance-gpu-memory': '81920' }, 'A100-80GB'],
    [{ 'karpenter.k8s.aws/instance-gpu-name': 'a100', 'karpenter.k8s.aws/instance-gpu-memory': '40960' }, 'A100'],
    [{ 'skypilot.co/accelerator': 'a100', 'nvidia.com/gpu.memory': '81920' }, 'A100-80GB'],
    [{ 'nebius.com/gpu-name': 'H100' }, 'H100'],
    [{ 'skypilot.co/accelerator': 'a100', 'nvidia.com/gpu.product': 'NVIDIA-A100-SXM4-80GB' }, 'A100-80GB'],
  ];
  for (const [labels, name] of rows) {
    it(`calls ${JSON.stringify(labels)} ${name}`, () => {
      expect(gpuOf(labels)?.name).to.equal(name);
    });
  }

  it('knows of none without a label', () => {
    expect(gpuOf({ 'kubernetes.io/hostname': 'h100' })).to.equal(undefined);
    expect(gpuOf({ 'nvidia.com/gpu.product': '' })).to.equal(undefined);
  });
});

describe('canonicalGpuName', () => {
  for (const [asked, name] of [
    ['V100', 'V100'],
    ['v100-32gb', 'V100-32GB'],
    ['A100-80GB', 'A100-80GB'],
    ['a100', 'A100'],
    ['A100-40GB', 'A100'],
    ['H100-80GB', 'H100'],
    ['RTX4090', 'RTX4090'],
    ['RTX-4090', 'RTX4090'],
    ['RTXA6000', 'A6000'],
    ['A6000', 'A6000'],
    ['L40S', 'L40S'],
    ['Tesla-T4', 'T4'],
  ] as const) {
    it(`takes ${asked} as ${name}`, () => {
      expect(canonicalGpuName(asked)).to.equal(name);
    });
  }
});
