import { conditions, labelSelector, objectMeta, resourceList, resourceRequirements } from './fields-meta.js';
import {
  any,
  bool,
  count,
  flag,
  int,
  intOrString,
  listOf,
  mapOf,
  object,
  quantity,
  text,
  texts,
  time,
} from './schema.js';

const localReference = object('LocalObjectReference', texts('name'));
const keySelector = (name: string) => object(name, { ...texts('name', 'key'), optional: bool });
const fieldReference = object('ObjectFieldSelector', texts('apiVersion', 'fieldPath'));
const resourceReference = object('ResourceFieldSelector', { ...texts('containerName', 'resource'), divisor: quantity });
const envSource = (name: string) => object(name, { name: text, optional: bool });

const env = listOf(
  object('EnvVar', {
    ...texts('name', 'value'),
    valueFrom: object('EnvVarSource', {
      fieldRef: fieldReference,
      resourceFieldRef: resourceReference,
      configMapKeyRef: keySelector('ConfigMapKeySelector'),
      secretKeyRef: keySelector('SecretKeySelector'),
      fileKeyRef: any,
    }),
  }),
  'name',
);

const handler = {
  exec: object('ExecAction', { command: listOf(text) }),
  httpGet: object('HTTPGetAction', {
    ...texts('path', 'host', 'scheme'),
    port: intOrString,
    httpHeaders: listOf(object('HTTPHeader', texts('name', 'value'))),
  }),
  tcpSocket: object('TCPSocketAction', { port: intOrString, host: text }),
  grpc: object('GRPCAction', { port: count, service: text }),
};
const probe = object('Probe', {
  ...handler,
  initialDelaySeconds: count,
  timeoutSeconds: count,
  periodSeconds: count,
  successThreshold: count,
  failureThreshold: count,
  terminationGracePeriodSeconds: int,
});
const lifecycleHandler = object('LifecycleHandler', { ...handler, sleep: object('SleepAction', { seconds: int }) });

const seLinux = object('SELinuxOptions', texts('user', 'role', 'type', 'level'));
const profile = object('SeccompProfile', texts('type', 'localhostProfile'));
const containerSecurity = object('SecurityContext', {
  capabilities: object('Capabilities', { add: listOf(text), drop: listOf(text) }),
  privileged: bool,
  runAsUser: int,
  runAsGroup: int,
  runAsNonRoot: bool,
  readOnlyRootFilesystem: bool,
  allowPrivilegeEscalation: bool,
  procMount: text,
  seLinuxOptions: seLinux,
  seccompProfile: profile,
  appArmorProfile: profile,
  windowsOptions: any,
});

const container = object('Container', {
  ...texts('name', 'image', 'workingDir', 'imagePullPolicy', 'terminationMessagePath', 'terminationMessagePolicy'),
  ...texts('restartPolicy'),
  command: listOf(text),
  args: listOf(text),
  env,
  envFrom: listOf(
    object('EnvFromSource', {
      prefix: text,
      configMapRef: envSource('ConfigMapEnvSource'),
      secretRef: envSource('SecretEnvSource'),
    }),
  ),
  ports: listOf(
    object('ContainerPort', { ...texts('name', 'protocol', 'hostIP'), containerPort: count, hostPort: count }),
    'containerPort',
  ),
  resources: resourceRequirements,
  resizePolicy: any,
  restartPolicyRules: any,
  volumeMounts: listOf(
    object('VolumeMount', {
      ...texts('name', 'mountPath', 'subPath', 'subPathExpr', 'mountPropagation', 'recursiveReadOnly'),
      readOnly: flag,
    }),
    'mountPath',
  ),
  volumeDevices: listOf(object('VolumeDevice', texts('name', 'devicePath')), 'devicePath'),
  livenessProbe: probe,
  readinessProbe: probe,
  startupProbe: probe,
  lifecycle: object('Lifecycle', { postStart: lifecycleHandler, preStop: lifecycleHandler, stopSignal: text }),
  securityContext: containerSecurity,
  stdin: flag,
  stdinOnce: flag,
  tty: flag,
});

const keyToPath = listOf(object('KeyToPath', { ...texts('key', 'path'), mode: int }));
const downwardItems = listOf(
  object('DownwardAPIVolumeFile', {
    path: text,
    mode: int,
    fieldRef: fieldReference,
    resourceFieldRef: resourceReference,
  }),
);
// Volume types that no node here can mount are known by name, so that the answer is an event and not a decoding error.
const otherVolumes = Object.fromEntries(
  (
    'awsElasticBlockStore azureDisk azureFile cephfs cinder csi ephemeral fc flexVolume flocker gcePersistentDisk gitRepo ' +
    'glusterfs image iscsi photonPersistentDisk portworxVolume quobyte rbd scaleIO storageos vsphereVolume'
  )
    .split(' ')
    .map((name) => [name, any]),
);
const volume = object('Volume', {
  name: text,
  emptyDir: object('EmptyDirVolumeSource', { medium: text, sizeLimit: quantity }),
  hostPath: object('HostPathVolumeSource', texts('path', 'type')),
  secret: object('SecretVolumeSource', { secretName: text, items: keyToPath, defaultMode: int, optional: bool }),
  configMap: object('ConfigMapVolumeSource', { name: text, items: keyToPath, defaultMode: int, optional: bool }),
  persistentVolumeClaim: object('PersistentVolumeClaimVolumeSource', { claimName: text, readOnly: flag }),
  downwardAPI: object('DownwardAPIVolumeSource', { items: downwardItems, defaultMode: int }),
  nfs: object('NFSVolumeSource', { ...texts('server', 'path'), readOnly: flag }),
  projected: object('ProjectedVolumeSource', {
    defaultMode: int,
    sources: listOf(
      object('VolumeProjection', {
        secret: object('SecretProjection', { name: text, items: keyToPath, optional: bool }),
        configMap: object('ConfigMapProjection', { name: text, items: keyToPath, optional: bool }),
        downwardAPI: object('DownwardAPIProjection', { items: downwardItems }),
        serviceAccountToken: any,
        clusterTrustBundle: any,
        podCertificate: any,
      }),
    ),
  }),
  ...otherVolumes,
});

const toleration = object('Toleration', { ...texts('key', 'operator', 'value', 'effect'), tolerationSeconds: int });
const nodeTerm = object('NodeSelectorTerm', {
  matchExpressions: listOf(object('NodeSelectorRequirement', { ...texts('key', 'operator'), values: listOf(text) })),
  matchFields: listOf(object('NodeSelectorRequirement', { ...texts('key', 'operator'), values: listOf(text) })),
});
const affinity = object('Affinity', {
  nodeAffinity: object('NodeAffinity', {
    requiredDuringSchedulingIgnoredDuringExecution: object('NodeSelector', { nodeSelectorTerms: listOf(nodeTerm) }),
    preferredDuringSchedulingIgnoredDuringExecution: listOf(
      object('PreferredSchedulingTerm', { weight: int, preference: nodeTerm }),
    ),
  }),
  podAffinity: any,
  podAntiAffinity: any,
});

const podSecurity = object('PodSecurityContext', {
  runAsUser: int,
  runAsGroup: int,
  runAsNonRoot: bool,
  supplementalGroups: listOf(int),
  ...texts('supplementalGroupsPolicy', 'fsGroupChangePolicy', 'seLinuxChangePolicy'),
  fsGroup: int,
  sysctls: listOf(object('Sysctl', texts('name', 'value'))),
  seLinuxOptions: seLinux,
  seccompProfile: profile,
  appArmorProfile: profile,
  windowsOptions: any,
});

/** core/v1 PodSpec. */
export const podSpec = object('PodSpec', {
  ...texts('restartPolicy', 'dnsPolicy', 'serviceAccountName', 'serviceAccount', 'nodeName', 'hostname', 'subdomain'),
  ...texts('schedulerName', 'priorityClassName', 'runtimeClassName', 'preemptionPolicy', 'hostnameOverride'),
  containers: listOf(container, 'name'),
  initContainers: listOf(container, 'name'),
  ephemeralContainers: any,
  volumes: listOf(volume, 'name'),
  terminationGracePeriodSeconds: int,
  activeDeadlineSeconds: int,
  nodeSelector: mapOf(text),
  automountServiceAccountToken: bool,
  hostNetwork: flag,
  hostPID: flag,
  hostIPC: flag,
  hostUsers: bool,
  shareProcessNamespace: bool,
  securityContext: podSecurity,
  imagePullSecrets: listOf(localReference, 'name'),
  affinity,
  tolerations: listOf(toleration),
  hostAliases: listOf(object('HostAlias', { ip: text, hostnames: listOf(text) }), 'ip'),
  priority: int,
  dnsConfig: object('PodDNSConfig', {
    nameservers: listOf(text),
    searches: listOf(text),
    options: listOf(object('PodDNSConfigOption', texts('name', 'value'))),
  }),
  readinessGates: listOf(object('PodReadinessGate', texts('conditionType'))),
  enableServiceLinks: bool,
  setHostnameAsFQDN: bool,
  os: object('PodOS', texts('name')),
  overhead: resourceList,
  topologySpreadConstraints: listOf(
    object('TopologySpreadConstraint', {
      ...texts('topologyKey', 'whenUnsatisfiable', 'nodeAffinityPolicy', 'nodeTaintsPolicy'),
      maxSkew: int,
      minDomains: int,
      labelSelector,
      matchLabelKeys: listOf(text),
    }),
    'topologyKey',
  ),
  resources: resourceRequirements,
  resourceClaims: any,
  schedulingGates: listOf(object('PodSchedulingGate', texts('name')), 'name'),
  schedulingGroup: any,
});

/** core/v1 PodTemplateSpec. */
export const podTemplate = object('PodTemplateSpec', { metadata: objectMeta, spec: podSpec });

const containerState = object('ContainerState', {
  waiting: object('ContainerStateWaiting', texts('reason', 'message')),
  running: object('ContainerStateRunning', { startedAt: time }),
  terminated: object('ContainerStateTerminated', {
    ...texts('reason', 'message', 'containerID'),
    exitCode: int,
    signal: count,
    startedAt: time,
    finishedAt: time,
  }),
});
const containerStatuses = listOf(
  object('ContainerStatus', {
    ...texts('name', 'image', 'imageID', 'containerID'),
    state: containerState,
    lastState: containerState,
    ready: bool,
    restartCount: int,
    started: bool,
    allocatedResources: resourceList,
    resources: resourceRequirements,
    volumeMounts: any,
    user: any,
    stopSignal: text,
    allocatedResourcesStatus: any,
  }),
);

/** core/v1 PodStatus. */
export const podStatus = object('PodStatus', {
  ...texts('phase', 'reason', 'message', 'hostIP', 'podIP', 'nominatedNodeName', 'qosClass', 'resize'),
  conditions,
  observedGeneration: count,
  hostIPs: listOf(object('HostIP', texts('ip'))),
  podIPs: listOf(object('PodIP', texts('ip')), 'ip'),
  startTime: time,
  containerStatuses,
  initContainerStatuses: containerStatuses,
  ephemeralContainerStatuses: containerStatuses,
  resourceClaimStatuses: any,
});
