import { objectMeta, reference, resourceRequirements } from './fields-meta.js';
import { all, any, bool, int, listOf, mapOf, object, quantity, text } from './schema.js';

const fieldReference = object('ObjectFieldSelector', all('text', 'apiVersion fieldPath'));
const env = listOf(
  object('EnvVar', {
    ...all('text', 'name value'),
    valueFrom: object('EnvVarSource', {
      fieldRef: fieldReference,
      configMapKeyRef: reference,
      secretKeyRef: reference,
      ...all('refused', 'resourceFieldRef fileKeyRef'),
    }),
  }),
  'name',
);

const startupProbe = object('Probe', {
  exec: object('ExecAction', { command: listOf(text) }),
  ...all('count', 'initialDelaySeconds timeoutSeconds periodSeconds successThreshold failureThreshold'),
  ...all('refused', 'httpGet tcpSocket grpc terminationGracePeriodSeconds'),
});

const container = object('Container', {
  ...all('text', 'name image workingDir imagePullPolicy terminationMessagePath terminationMessagePolicy'),
  command: listOf(text),
  args: listOf(text),
  env,
  envFrom: listOf(object('EnvFromSource', { prefix: text, configMapRef: reference, secretRef: reference })),
  ports: listOf(
    object('ContainerPort', { ...all('text', 'name protocol hostIP'), ...all('count', 'containerPort hostPort') }),
    'containerPort',
  ),
  resources: resourceRequirements,
  volumeMounts: listOf(
    object('VolumeMount', {
      ...all('text', 'name mountPath subPath'),
      ...all('flag', 'readOnly'),
      ...all('refused', 'subPathExpr mountPropagation recursiveReadOnly'),
    }),
    'mountPath',
  ),
  ...all('ignored', 'securityContext stdin stdinOnce tty resizePolicy'),
  ...all('refused', 'livenessProbe readinessProbe lifecycle restartPolicy restartPolicyRules volumeDevices'),
  startupProbe,
});

const keyToPath = listOf(object('KeyToPath', { ...all('text', 'key path'), mode: int }));
const volume = object('Volume', {
  name: text,
  emptyDir: object('EmptyDirVolumeSource', { medium: text, sizeLimit: quantity }),
  persistentVolumeClaim: object('PersistentVolumeClaimVolumeSource', { claimName: text, ...all('flag', 'readOnly') }),
  secret: object('SecretVolumeSource', { secretName: text, items: keyToPath, defaultMode: int, optional: bool }),
  configMap: object('ConfigMapVolumeSource', { name: text, items: keyToPath, defaultMode: int, optional: bool }),
  downwardAPI: object('DownwardAPIVolumeSource', {
    items: listOf(
      object('DownwardAPIVolumeFile', {
        path: text,
        mode: int,
        fieldRef: fieldReference,
        ...all('refused', 'resourceFieldRef'),
      }),
    ),
    defaultMode: int,
  }),
  ...all(
    'refused',
    'awsElasticBlockStore azureDisk azureFile cephfs cinder csi ephemeral fc flexVolume flocker ' +
      'gcePersistentDisk gitRepo glusterfs hostPath image iscsi nfs photonPersistentDisk portworxVolume projected ' +
      'quobyte rbd scaleIO storageos vsphereVolume',
  ),
});

const nodeRequirements = listOf(
  object('NodeSelectorRequirement', { ...all('text', 'key operator'), values: listOf(text) }),
);
const nodeTerm = object('NodeSelectorTerm', { matchExpressions: nodeRequirements, matchFields: nodeRequirements });
const affinity = object('Affinity', {
  nodeAffinity: object('NodeAffinity', {
    requiredDuringSchedulingIgnoredDuringExecution: object('NodeSelector', { nodeSelectorTerms: listOf(nodeTerm) }),
    // With one node there is nothing to prefer.
    preferredDuringSchedulingIgnoredDuringExecution: any,
  }),
  ...all('ignored', 'podAffinity podAntiAffinity'),
});

/** core/v1 PodSpec. */
const podSpec = object('PodSpec', {
  ...all('text', 'restartPolicy dnsPolicy serviceAccountName serviceAccount nodeName hostname subdomain'),
  ...all('text', 'schedulerName preemptionPolicy priorityClassName runtimeClassName'),
  ...all('int', 'terminationGracePeriodSeconds activeDeadlineSeconds priority'),
  ...all('bool', 'automountServiceAccountToken enableServiceLinks'),
  containers: listOf(container, 'name'),
  volumes: listOf(volume, 'name'),
  nodeSelector: mapOf(text),
  affinity,
  // No node has a taint, and nothing is pulled.
  tolerations: any,
  imagePullSecrets: any,
  securityContext: object('PodSecurityContext', {
    // Every volume can be written by the one user that there is.
    ...all('int', 'fsGroup'),
    ...all('text', 'fsGroupChangePolicy'),
    ...all(
      'ignored',
      'runAsUser runAsGroup runAsNonRoot supplementalGroups supplementalGroupsPolicy sysctls seLinuxOptions',
    ),
    ...all('ignored', 'seccompProfile appArmorProfile windowsOptions seLinuxChangePolicy'),
  }),
  ...all('ignored', 'dnsConfig hostNetwork hostPID hostIPC hostUsers'),
  ...all('ignored', 'shareProcessNamespace topologySpreadConstraints os overhead'),
  ...all('refused', 'initContainers ephemeralContainers readinessGates schedulingGates resourceClaims resources'),
  ...all('refused', 'hostAliases setHostnameAsFQDN hostnameOverride schedulingGroup'),
});

/** core/v1 PodTemplateSpec. */
export const podTemplate = object('PodTemplateSpec', { metadata: objectMeta, spec: podSpec });
