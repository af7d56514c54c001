import { expect } from 'chai';
import type { HttpRule } from '../../../bridge/descriptors.js';
import { type BridgeService, compileRoutes, type RouteOptions } from '../../../bridge/routes.js';
import { Schema } from '../../../bridge/schema.js';
import { protoMetadata, SystemServiceService } from '../../../gen/k8scli/v1/system_service.js';

type Method = 'get' | 'post' | 'delete';

function rule(method: Method, path: string, over: Partial<HttpRule> = {}): HttpRule {
  return { pattern: { $case: method, value: path }, body: '', responseBody: '', additionalBindings: [], ...over };
}

const METHODS = Object.keys(SystemServiceService);

/** SystemService, GetServiceInfo with this rule, all others with none. */
function routesOf(http: HttpRule | undefined, options: RouteOptions = {}): string[] {
  const methods: Record<string, Record<string, unknown>> = http ? { GetServiceInfo: { http } } : {};
  const service: BridgeService = {
    definition: SystemServiceService,
    metadata: { ...protoMetadata, options: { services: { SystemService: { methods } } } },
    name: 'k8scli.v1.SystemService',
    handlers: Object.fromEntries(METHODS.map((name) => [name, async () => ({})])),
  };
  return compileRoutes([service], new Schema([protoMetadata]), options).map(
    ({ method, body }) => `${method} ${body === '*' ? '*' : 'nothing'}`,
  );
}

describe('compileRoutes', () => {
  it('makes a route of each binding', () => {
    const more = [rule('post', '/v1/info', { body: '*' })];
    expect(routesOf(rule('get', '/v1/info', { additionalBindings: more }))).to.deep.equal(['GET nothing', 'POST *']);
  });

  const refused: readonly [string, HttpRule, RegExp][] = [
    ['GET with a body', rule('get', '/a', { body: '*' }), /GET cannot have a body/],
    ['DELETE with a body', rule('delete', '/a', { body: '*' }), /DELETE cannot have a body/],
    ['a field that is not there as body', rule('post', '/a', { body: 'b' }), /has no field "b" for the body/],
    ['a field that is not there in the path', rule('get', '/{b}'), /has no field "b"/],
    ['the same rule twice', rule('get', '/a', { additionalBindings: [rule('get', '/a')] }), /has this rule twice/],
    [
      'additional bindings of an additional binding',
      rule('get', '/a', { additionalBindings: [rule('get', '/b', { additionalBindings: [rule('get', '/c')] })] }),
      /an additional binding cannot have additional bindings/,
    ],
  ];
  for (const [title, http, message] of refused) {
    it(`refuses ${title}, and names the method`, () => {
      expect(() => routesOf(http))
        .to.throw(message)
        .with.property('message')
        .that.includes('GetServiceInfo');
    });
  }

  it('lets DELETE have a body where that is wanted', () => {
    expect(routesOf(rule('delete', '/a', { body: '*' }), { allowDeleteBody: true })).to.deep.equal(['DELETE *']);
  });

  it('takes rules from outside, before those of annotations', () => {
    const httpRules = { 'k8scli.v1.SystemService.GetServiceInfo': rule('post', '/outside', { body: '*' }) };
    expect(routesOf(undefined, { httpRules })).to.deep.equal(['POST *']);
    expect(routesOf(rule('get', '/a'), { httpRules })).to.deep.equal(['POST *', 'GET nothing']);
    expect(() => routesOf(rule('post', '/outside'), { httpRules })).to.throw(/has this rule twice/);
  });

  it('leaves methods without a rule out, unless they are wanted', () => {
    expect(routesOf(undefined)).to.deep.equal([]);
    expect(routesOf(undefined, { generateUnboundMethods: true })).to.deep.equal(METHODS.map(() => 'POST *'));
  });
});
