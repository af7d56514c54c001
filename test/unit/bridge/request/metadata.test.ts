import { expect } from 'chai';
import { defaultHeaderMatcher, legacyHeaderMatcher, requestMetadata } from '../../../../bridge/request/metadata.js';
import { StatusError } from '../../../../bridge/status.js';

function metadata(headers: readonly string[], match = defaultHeaderMatcher): [string, unknown][] {
  const fields = headers.map((text, at) => (at % 2 === 0 ? text.toLowerCase() : text));
  return [...requestMetadata(fields, '', '10.0.0.1', match)];
}

const FORWARDED = ['x-forwarded-for', '10.0.0.1'];

describe('requestMetadata', () => {
  it('passes permanent headers on under a prefix, and authorization also bare and first', () => {
    const headers = ['Accept', 'a', 'X-Custom', 'b', 'Authorization', 'Bearer t', 'accept', 'c', 'Host', 'h:1'];
    expect(metadata(headers)).to.deep.equal([
      ['authorization', 'Bearer t'],
      ['grpcgateway-accept', 'a'],
      ['grpcgateway-accept', 'c'],
      ['grpcgateway-authorization', 'Bearer t'],
      ['x-forwarded-host', 'h:1'],
      FORWARDED,
    ]);
  });

  it('says who was forwarded, and lets nobody else say it', () => {
    const headers = [
      'X-Forwarded-For',
      '1.2.3.4',
      'X-Forwarded-Host',
      'first',
      'Host',
      'h',
      'Grpc-Metadata-X-Forwarded-For',
      '6.6.6.6',
    ];
    expect(metadata(headers, legacyHeaderMatcher)).to.deep.equal([
      ['x-forwarded-host', 'first'],
      ['x-forwarded-for', '1.2.3.4, 10.0.0.1'],
    ]);
  });

  it('goes by the first forwarded host, also where that is empty', () => {
    expect(metadata(['X-Forwarded-Host', '', 'X-Forwarded-Host', 'b', 'Host', 'h'])).to.deep.equal([
      ['x-forwarded-host', 'h'],
      FORWARDED,
    ]);
  });

  it('takes nothing under keys that gRPC keeps for itself', () => {
    const headers = ['Grpc-Metadata-Content-Type', 'x', 'Grpc-Metadata-Te', 'x', 'Grpc-Metadata-Grpc-Timeout', '1S'];
    expect(metadata(headers, legacyHeaderMatcher)).to.deep.equal([FORWARDED]);
  });

  it('takes text from a header called Bin, if it is some', () => {
    expect(metadata(['Grpc-Metadata-Bin', 'YWJj'], legacyHeaderMatcher)).to.deep.equal([['bin', 'abc'], FORWARDED]);
    expect(() => metadata(['Grpc-Metadata-Bin', 'AAE='], legacyHeaderMatcher)).to.throw(
      StatusError,
      'header key "bin" contains value with non-printable ASCII characters',
    );
  });

  it('takes Grpc-Metadata- headers only where that is asked for', () => {
    const headers = [
      'Grpc-Metadata-Foo',
      'bar',
      'Grpc-Metadata-Grpcgateway-Host',
      'evil',
      'Grpc-Metadata-B-Bin',
      'AAE',
    ];
    expect(metadata(headers)).to.deep.equal([FORWARDED]);
    expect(metadata(headers, legacyHeaderMatcher)).to.deep.equal([
      ['foo', 'bar'],
      ['b-bin', Buffer.from([0, 1])],
      FORWARDED,
    ]);
  });

  it('says what Pragma: no-cache says also as Cache-Control, as Go does', () => {
    expect(metadata(['Pragma', 'no-cache'])).to.deep.include(['grpcgateway-cache-control', 'no-cache']);
    expect(metadata(['Pragma', 'no-cache', 'Cache-Control', 'x'])).not.to.deep.include([
      'grpcgateway-cache-control',
      'no-cache',
    ]);
  });

  it('believes the host of the request line rather than the header', () => {
    const values = [...requestMetadata(['host', 'header'], 'line', '', defaultHeaderMatcher)];
    expect(values).to.deep.equal([['x-forwarded-host', 'line']]);
  });

  it('drops values and keys that metadata cannot carry', () => {
    expect(metadata(['Cookie', 'é', 'Grpc-Metadata-A/B', 'x'], legacyHeaderMatcher)).to.deep.equal([FORWARDED]);
  });

  for (const [header, value, code, message] of [
    [
      'Grpc-Metadata-Foo-Bin',
      '!',
      3,
      'invalid binary header Grpc-Metadata-Foo-Bin: illegal base64 data at input byte 0',
    ],
    ['Grpc-Metadata-', 'x', 13, 'there is an empty key in the header'],
  ] as const) {
    it(`refuses ${header}: ${value}`, () => {
      expect(() => metadata([header, value], legacyHeaderMatcher))
        .to.throw(StatusError)
        .and.include({ code, message });
    });
  }
});
