/** Messages in their binary encoding. As in the gateway, streams cannot be answered with it: there is nothing to frame them. */

import type { Marshaler, MarshalerFactory } from './marshaler.js';
import { fromFieldForm, toFieldForm } from './json/well-known.js';
import type { Route } from './routes.js';
import type { Field, Message, MessageType, Value } from './schema.js';
import { Code, StatusError, tooLarge } from './status.js';
import { encodeStatus } from './status-codec.js';
import { checkWire } from './wire-check.js';

/** A marshaler for protobuf bodies, to be registered for example under `application/x-protobuf`. */
export const protobufMarshaler: MarshalerFactory = () => new ProtobufMarshaler();

class ProtobufMarshaler implements Marshaler {
  readonly contentType = 'application/octet-stream';
  readonly delimiter = '\n';
  readonly rawHttpBody = false;
  readonly events = false;

  message({ rpc, responseBody }: Route, message: Value): Uint8Array {
    if (!responseBody) return this.encode(rpc.output, message);
    if (!responseBody.message || responseBody.shape !== 'singular') throw notProto('marshal', Code.UNKNOWN);
    const value = responseBody.oneof ? message[responseBody.oneof.key]?.value : message[responseBody.key];
    return value === undefined ? new Uint8Array() : this.encode(responseBody.message, value);
  }

  chunk(): never {
    throw notProto('marshal', Code.UNKNOWN);
  }

  status(status: StatusError): Uint8Array {
    return encodeStatus(status);
  }

  errorChunk(): never {
    throw notProto('marshal', Code.UNKNOWN);
  }

  encode(type: MessageType, message: Value): Uint8Array {
    return type.codec.encode(fromFieldForm(type, message)).finish();
  }

  readMessage(body: Buffer, type: MessageType): Message | undefined {
    if (body.length === 0) return undefined;
    try {
      checkWire(body, type);
      return toFieldForm(type, type.codec.decode(body));
    } catch (error) {
      const what = error instanceof Error ? error.message : String(error);
      throw new StatusError(Code.INVALID_ARGUMENT, what, [], { cause: error });
    }
  }

  readField(body: Buffer, _field: Field): undefined {
    if (body.length > 0) throw notProto('unmarshal', Code.INVALID_ARGUMENT);
  }

  /** The whole body is one message. */
  async *readMessages(body: AsyncIterable<Buffer>, type: MessageType, maxBytes: number): AsyncGenerator<Value> {
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of body) {
      size += chunk.length;
      if (size > maxBytes) throw tooLarge(size, maxBytes);
      chunks.push(chunk);
    }
    const message = this.readMessage(Buffer.concat(chunks), type);
    if (message) yield message;
  }
}

function notProto(doing: 'marshal' | 'unmarshal', code: number): StatusError {
  return new StatusError(code, `unable to ${doing} non proto field`);
}
