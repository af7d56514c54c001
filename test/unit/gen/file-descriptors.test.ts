import { create, createFileRegistry, fromBinary } from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema, FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { expect } from 'chai';
import { FILE_DESCRIPTORS } from '../../../gen/file-descriptors.js';

describe('the descriptors that reflection answers with', () => {
  const file = FILE_DESCRIPTORS.map((text) => fromBinary(FileDescriptorProtoSchema, Buffer.from(text, 'base64')));
  const registry = createFileRegistry(create(FileDescriptorSetSchema, { file }));

  it('have everything that they refer to, and the details of errors', () => {
    for (const name of ['k8scli.v1.TaskSpec', 'google.rpc.ErrorInfo', 'google.rpc.RetryInfo']) {
      expect(registry.getMessage(name), name).not.to.equal(undefined);
    }
    expect(registry.getService('k8scli.v1.TaskService')?.methods.map(({ name }) => name)).to.include('SubmitTask');
  });

  it("know the fields of a message's first oneof, and which scalars are optional", () => {
    const [pattern] = registry.getMessage('google.api.HttpRule')?.oneofs ?? [];
    expect(pattern?.fields.map(({ name }) => name)).to.include.members(['get', 'post', 'custom']);
    const exitCode = file
      .flatMap(({ messageType }) => messageType)
      .find(({ name }) => name === 'NodeStatus')
      ?.field.find(({ name }) => name === 'exit_code');
    expect(exitCode).to.include({ proto3Optional: true, oneofIndex: 0 });
  });
});
