/** Generates gen/go and gen/python from proto/, where there are Go and Python; elsewhere they stay as they are. */

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { pythonWith } from './python-environment.js';

function generateGo(): void {
  const { stdout, status } = spawnSync('go', ['env', 'GOVERSION'], { encoding: 'utf8' });
  const [, minor = '0'] = /^go1\.(\d+)/.exec(stdout ?? '') ?? [];
  if (status !== 0 || Number(minor) < 25) {
    process.stderr.write('gen/go is left as it is: there is no Go 1.25 here\n');
    return;
  }
  rmSync('gen/go/k8scli', { recursive: true, force: true });
  execFileSync('node_modules/.bin/buf', ['generate', '--template', 'buf.gen.go.yaml'], { stdio: 'inherit' });
}

function generatePython(): void {
  const python = pythonWith('scripts/requirements.txt');
  if (python === undefined) {
    process.stderr.write('gen/python is left as it is: there is no Python 3.10 here\n');
    return;
  }
  rmSync('gen/python', { recursive: true, force: true });
  mkdirSync('gen/python');
  const files = readdirSync('proto/k8scli/v1').map((file) => `proto/k8scli/v1/${file}`);
  const outputs = ['--python_out', '--pyi_out', '--grpc_python_out'].map((option) => `${option}=gen/python`);
  const includes = ['-Iproto', '-Inode_modules/google-proto-files'];
  execFileSync(python, ['-m', 'grpc_tools.protoc', ...includes, ...outputs, ...files], { stdio: 'inherit' });
}

generateGo();
generatePython();
