import { expect } from 'chai';
import { parseTaskYaml, type TaskSpec } from '../../../taskfile/task-spec.js';
import { NO_SECRETS, resources, spec as plain } from '../../support/server/specs.js';

const COMPLETE: [yaml: string, expected: TaskSpec][] = [
  [
    `name: my-training-job
num_nodes: 1

resources:
  cpus: "2"
  memory: "4Gi"
  image_id: "python:3.11-slim"

setup: |
  pip install numpy pandas

run: |
  python train.py
`,
    plain({
      name: 'my-training-job',
      numNodes: 1,
      workdir: undefined,
      resources: resources({ cpus: '2', memory: '4Gi', gpus: 0, gpuType: undefined, image: 'python:3.11-slim' }),
      envs: {},
      volumes: [],
      setup: 'pip install numpy pandas\n',
      run: 'python train.py\n',
    }),
  ],
  [
    `name: distributed-training
num_nodes: 4

resources:
  cpus: "8"
  memory: "16Gi"
  accelerators: "2"
  image_id: "nvcr.io/nvidia/pytorch:23.10-py3"

envs:
  MASTER_ADDR: "master-service"
  MASTER_PORT: "29500"

run: |
  python -m torch.distributed.launch \\
    --nproc_per_node=2 \\
    --nnodes=$NUM_NODES \\
    --node_rank=$NODE_RANK \\
    train_distributed.py
`,
    plain({
      name: 'distributed-training',
      numNodes: 4,
      workdir: undefined,
      resources: resources({
        cpus: '8',
        memory: '16Gi',
        gpus: 2,
        gpuType: undefined,
        image: 'nvcr.io/nvidia/pytorch:23.10-py3',
      }),
      envs: { MASTER_ADDR: 'master-service', MASTER_PORT: '29500' },
      volumes: [],
      setup: undefined,
      run: 'python -m torch.distributed.launch \\\n  --nproc_per_node=2 \\\n  --nnodes=$NUM_NODES \\\n  --node_rank=$NODE_RANK \\\n  train_distributed.py\n',
    }),
  ],
  [
    `name: data-processing
resources:
  cpus: "4"
  memory: "8Gi"
  image_id: "python:3.11"

setup: |
  pip install pandas numpy

run: |
  python process_data.py
`,
    plain({
      name: 'data-processing',
      numNodes: 1,
      workdir: undefined,
      resources: resources({ cpus: '4', memory: '8Gi', gpus: 0, gpuType: undefined, image: 'python:3.11' }),
      envs: {},
      volumes: [],
      setup: 'pip install pandas numpy\n',
      run: 'python process_data.py\n',
    }),
  ],
  [
    `name: gpu-training
resources:
  cpus: "8"
  memory: "32Gi"
  accelerators: "2"
  image_id: "nvidia/cuda:12.1.0-runtime-ubuntu22.04"

setup: |
  pip install torch torchvision

run: |
  python train_model.py --gpu
`,
    plain({
      name: 'gpu-training',
      numNodes: 1,
      workdir: undefined,
      resources: resources({
        cpus: '8',
        memory: '32Gi',
        gpus: 2,
        gpuType: undefined,
        image: 'nvidia/cuda:12.1.0-runtime-ubuntu22.04',
      }),
      envs: {},
      volumes: [],
      setup: 'pip install torch torchvision\n',
      run: 'python train_model.py --gpu\n',
    }),
  ],
  [
    `name: training-with-data
resources:
  cpus: "4"
  memory: "16Gi"
  image_id: "python:3.11"

volumes:
  /data: training-data
  /output: model-checkpoints

envs:
  DATA_PATH: "/data"
  OUTPUT_PATH: "/output"

run: |
  python train.py --data $DATA_PATH --output $OUTPUT_PATH
`,
    plain({
      name: 'training-with-data',
      numNodes: 1,
      workdir: undefined,
      resources: resources({ cpus: '4', memory: '16Gi', gpus: 0, gpuType: undefined, image: 'python:3.11' }),
      envs: { DATA_PATH: '/data', OUTPUT_PATH: '/output' },
      volumes: [
        { mountPath: '/data', volume: 'training-data', subPath: undefined },
        { mountPath: '/output', volume: 'model-checkpoints', subPath: undefined },
      ],
      setup: undefined,
      run: 'python train.py --data $DATA_PATH --output $OUTPUT_PATH\n',
    }),
  ],
];

const SNIPPETS: string[] = [
  `resources:
  cpus: "2"                    # CPU allocation (e.g., "2", "500m")
  memory: "4Gi"                # Memory allocation (e.g., "4Gi", "512Mi")
  accelerators: "1"            # GPU allocation (e.g., "1", "V100:2")
  image_id: "python:3.13-slim" # Container image (default: "python:3.13-slim")
`,
  `envs:
  BATCH_SIZE: "32"
  EPOCHS: "100"
  MODEL_PATH: "/data/models"
`,
  `volumes:
  /data: training-data          # Mount volume named "training-data" at /data
  /checkpoints: model-checkpoints
`,
  `setup: |
  pip install torch numpy
  echo "Setup completed"

run: |
  python train.py --epochs $EPOCHS
`,
];

describe('the task files that the documentation promises', () => {
  for (const [yaml, spec] of COMPLETE) {
    it(`understands ${spec.name} without a warning`, () => {
      expect(parseTaskYaml(yaml)).to.deep.include({ ok: true, spec, secrets: NO_SECRETS, warnings: [] });
    });
  }

  for (const snippet of SNIPPETS) {
    it(`understands the snippet of ${snippet.split(':')[0]}`, () => {
      const yaml = /^run:/m.test(snippet) ? snippet : `${snippet}run: "true"\n`;
      expect(parseTaskYaml(yaml)).to.deep.include({ ok: true, warnings: [] });
    });
  }
});
