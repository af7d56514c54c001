import { readFileSync } from 'node:fs';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect } from 'chai';
import type { JsonObject } from '../../../openapi/json.js';

// biome-ignore lint/suspicious/noExplicitAny: any document
type Any = any;
const document: Any = JSON.parse(readFileSync('gen/openapi.json', 'utf8'));
const operations: Any[] = Object.values<Any>(document.paths).flatMap((path) => Object.values(path));
const operation = (id: string): Any => operations.find(({ operationId }) => operationId === id);

describe('the OpenAPI document', () => {
  it('is valid OpenAPI 3.1', async () => {
    const { valid, errors } = await new Validator().validate(document as JsonObject);
    expect(valid, JSON.stringify(errors)).to.equal(true);
    expect(document.openapi).to.equal('3.1.0');
  });

  it('has examples that fit their schemas', () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    ajv.addSchema({ $id: 'document', ...document });
    let count = 0;
    for (const { operationId, requestBody, responses } of operations) {
      for (const [where, { content = {} }] of Object.entries<Any>({ body: requestBody ?? {}, ...responses })) {
        for (const { schema, example, examples = {} } of Object.values<Any>(content)) {
          const given = Object.values<Any>(examples).map((one) => resolve(one).value);
          for (const value of example === undefined ? given : [example]) {
            const text = JSON.stringify(schema).replaceAll('"#/', '"document#/');
            const validate = ajv.compile(JSON.parse(text) as JsonObject);
            expect(validate(value), `${operationId} ${where}: ${JSON.stringify(validate.errors)}`).to.equal(true);
            count += 1;
          }
        }
      }
    }
    expect(count).to.be.greaterThan(operations.length * 2);
  });

  it('has a description for every method, parameter, field and value of an enum', () => {
    const missing: string[] = [];
    for (const { operationId, summary, parameters = [] } of operations) {
      if (!summary) missing.push(operationId);
      for (const one of parameters) if (!resolve(one).description) missing.push(`${operationId}: ${one.name}`);
    }
    for (const [name, schema] of Object.entries<Any>(document.components.schemas)) {
      if (!schema.description) missing.push(name);
      for (const [field, one] of Object.entries<Any>(schema.properties ?? {})) {
        if (!one.description && !name.endsWith('Line')) missing.push(`${name}.${field}`);
      }
      for (const value of schema.enum ?? []) if (!schema.description.includes(`\`${value}\`: `)) missing.push(value);
    }
    expect(missing).to.deep.equal([]);
  });

  it('tells the errors that a comment names, by their HTTP status', () => {
    const { responses } = operation('DeleteTask');
    expect(Object.keys(responses)).to.have.members(['200', '400', '401', '404', 'default']);
    expect(responses['400'].description).to.contain(
      '`FAILED_PRECONDITION`: while it has not ended, unless `force` is set.',
    );
  });

  it('makes a parameter of every field that neither path nor body has', () => {
    const names = operation('SubmitTask').parameters.map((one: Any) => one.name);
    expect(names).to.include.members(['request_id', 'validate_only', 'overrides.num_nodes', 'overrides.envs']);
    expect(names).not.to.include('task');
    const inPath = operation('StopTask').parameters.filter((one: Any) => one.in === 'path');
    expect(inPath).to.deep.include({ ...inPath[0], name: 'task_id', required: true });
    expect(document.components.schemas.StopTaskRequest.properties).to.have.keys(['reason', 'grace_period']);
  });

  it('names the headers of identity, resumption and time', () => {
    expect(document.components.securitySchemes.identity).to.include({ in: 'header', name: 'X-User' });
    expect(operation('GetServiceInfo').security).to.deep.equal([]);
    const headers = operation('StreamTaskLogs').parameters.map((one: Any) => resolve(one).name);
    expect(headers).to.include.members(['Last-Event-ID', 'Grpc-Timeout']);
  });

  it('describes streams line by line, as events, and as text', () => {
    const { content } = operation('WatchTask').responses['200'];
    expect(content).to.have.keys(['application/json', 'text/event-stream']);
    expect(document.components.schemas.TaskStatusLine.properties.result).to.deep.equal({
      $ref: '#/components/schemas/TaskStatus',
    });
    expect(operation('StreamTaskLogs').responses).to.include.keys('204');
    expect(operation('TailTaskLogs').responses['200'].content).to.have.keys(['text/plain; charset=utf-8']);
  });

  it('knows which fields an answer always has and which a request needs', () => {
    const { schemas } = document.components;
    expect(schemas.NodeStatus.required).to.include('pod_name').and.not.to.include('exit_code');
    expect(schemas.TaskStatus.properties.diagnosis.anyOf).to.deep.include({ type: 'null' });
    expect(schemas.NodeLogSummary.properties.lines).to.include({ type: 'string', format: 'int64' });
    expect(schemas.CreateVolumeRequest).to.deep.include({ required: ['name'], additionalProperties: false });
  });
});

function resolve(given: Any): Any {
  if (given.$ref === undefined) return given;
  return given.$ref
    .split('/')
    .slice(1)
    .reduce((one: Any, key: string) => one[key], document);
}
