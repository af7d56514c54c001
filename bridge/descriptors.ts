/**
 * The part of ts-proto's `outputSchema` output that the bridge reads: file descriptors, codecs and decoded options.
 * Written down structurally, so that the bridge needs neither the generated code nor the descriptor package.
 */

/** A field of a message, as FieldDescriptorProto has it. */
export interface FieldDescriptor {
  readonly name?: string | undefined;
  readonly number?: number | undefined;
  /** 1 optional, 2 required, 3 repeated. */
  readonly label?: number | undefined;
  readonly type?: number | undefined;
  /** `.package.Name`, for messages and enums. */
  readonly typeName?: string | undefined;
  readonly jsonName?: string | undefined;
  readonly oneofIndex?: number | undefined;
  readonly proto3Optional?: boolean | undefined;
}

/** An enum, as EnumDescriptorProto has it. */
export interface EnumDescriptor {
  readonly name?: string | undefined;
  readonly value?: readonly { readonly name?: string | undefined; readonly number?: number | undefined }[] | undefined;
}

/** A message, as DescriptorProto has it. */
export interface MessageDescriptor {
  readonly name?: string | undefined;
  readonly field?: readonly FieldDescriptor[] | undefined;
  readonly nestedType?: readonly MessageDescriptor[] | undefined;
  readonly enumType?: readonly EnumDescriptor[] | undefined;
  readonly oneofDecl?: readonly { readonly name?: string | undefined }[] | undefined;
  readonly options?: { readonly mapEntry?: boolean | undefined } | undefined;
}

/** A method of a service, as MethodDescriptorProto has it. */
export interface MethodDescriptor {
  readonly name?: string | undefined;
  readonly inputType?: string | undefined;
  readonly outputType?: string | undefined;
}

/** A file, as FileDescriptorProto has it. */
export interface FileDescriptor {
  readonly name?: string | undefined;
  readonly package?: string | undefined;
  readonly options?: { readonly goPackage?: string | undefined } | undefined;
  readonly messageType?: readonly MessageDescriptor[] | undefined;
  readonly enumType?: readonly EnumDescriptor[] | undefined;
  readonly service?:
    | readonly { readonly name?: string | undefined; readonly method?: readonly MethodDescriptor[] | undefined }[]
    | undefined;
}

/** A google.api.HttpRule as ts-proto decodes it (oneof=unions-value). */
export interface HttpRule {
  readonly pattern?:
    | { readonly $case: 'get' | 'put' | 'post' | 'delete' | 'patch'; readonly value: string }
    | { readonly $case: 'custom'; readonly value: { readonly kind: string; readonly path: string } }
    | undefined;
  readonly body: string;
  readonly responseBody: string;
  readonly additionalBindings: readonly HttpRule[];
}

/** The generated functions of a message type. */
export interface Codec {
  // biome-ignore lint: the message type is known to the generated code only
  encode(message: any): { finish(): Uint8Array };
  // biome-ignore lint: as above
  decode(bytes: Uint8Array): any;
  // biome-ignore lint: as above
  create(): any;
  /** Present where the field's own representation differs from the message (Struct, FieldMask, ...). */
  // biome-ignore lint: as above
  wrap?(value: any): any;
  // biome-ignore lint: as above
  unwrap?(message: any): any;
}

/** `protoMetadata` of a generated file. */
export interface ProtoMetadata {
  readonly fileDescriptor: FileDescriptor;
  /** `.package.Name` -> codec. */
  // biome-ignore lint: holds enums and service clients too
  readonly references: Readonly<Record<string, any>>;
  readonly dependencies?: readonly ProtoMetadata[] | undefined;
  readonly options?:
    | {
        readonly services?:
          | Readonly<
              Record<
                string,
                {
                  // biome-ignore lint: option values are of every type
                  readonly methods?: Readonly<Record<string, Readonly<Record<string, any>>>> | undefined;
                }
              >
            >
          | undefined;
      }
    | undefined;
}
