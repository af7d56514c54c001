import { arch, availableParallelism, hostname, release, totalmem, type as systemName } from 'node:os';
import { readFile, statfs } from 'node:fs/promises';
import { type NewObject, timestamp } from '../store/object.js';
import { nodeName } from './context.js';
import { hostIp } from './pod-status.js';
import type { LimitReport } from './process/find-control-groups.js';
import type { IsolationReport } from './process/isolation.js';

const maxPods = 250;
const architectures: Partial<Record<string, string>> = { x64: 'amd64', ia32: '386' };

/** The Node object of this machine: its capacity is the machine's, and its annotations say what is not enforced. */
export async function nodeObject(
  dataDir: string,
  { isolation, reasons }: IsolationReport,
  limits: LimitReport,
): Promise<NewObject> {
  const disk = await statfs(dataDir);
  const architecture = architectures[arch()] ?? arch();
  const resources = {
    cpu: String(availableParallelism()),
    'ephemeral-storage': `${Math.floor((disk.blocks * disk.bsize) / 1024)}Ki`,
    memory: `${Math.floor(totalmem() / 1024)}Ki`,
    pods: String(maxPods),
  };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name: nodeName,
      labels: {
        'beta.kubernetes.io/arch': architecture,
        'beta.kubernetes.io/os': process.platform,
        'kubernetes.io/arch': architecture,
        'kubernetes.io/hostname': nodeName,
        'kubernetes.io/os': process.platform,
      },
      annotations: {
        'embedded.k8s-cli/images': 'not pulled: programs run with the files of this machine',
        'embedded.k8s-cli/isolation': [isolation, ...reasons].join('; '),
        'embedded.k8s-cli/resource-limits': enforcement(limits),
      },
    },
    spec: {},
    status: {
      addresses: [
        { type: 'InternalIP', address: hostIp },
        { type: 'Hostname', address: hostname() },
      ],
      allocatable: resources,
      capacity: resources,
      conditions: [
        pressure('MemoryPressure', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'),
        pressure('DiskPressure', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'),
        pressure('PIDPressure', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'),
        { ...pressure('Ready', 'KubeletReady', 'kubelet is posting ready status'), status: 'True' },
      ],
      nodeInfo: {
        architecture,
        bootID: '',
        containerRuntimeVersion: `embedded://${isolation}`,
        kernelVersion: release(),
        kubeProxyVersion: '',
        kubeletVersion: 'v1.36.3+embedded',
        machineID: '',
        operatingSystem: process.platform,
        osImage: await osImage(),
        systemUUID: '',
      },
    },
  };
}

/** The name of this machine's distribution, as a kubelet finds it. */
async function osImage(): Promise<string> {
  const text = await readFile('/etc/os-release', 'utf8').catch(() => '');
  return /^PRETTY_NAME="?([^"\n]+)/m.exec(text)?.[1] ?? systemName();
}

function pressure(type: string, reason: string, message: string): Record<string, string> {
  const now = timestamp();
  return { type, status: 'False', reason, message, lastHeartbeatTime: now, lastTransitionTime: now };
}

function enforcement({ unlimited, problem }: LimitReport): string {
  if (unlimited.length === 0) return 'enforced';
  return `${unlimited.join(' and ')} used for scheduling, not enforced: ${problem}`;
}
