/**
 * The certificate library finds its parts through reflection metadata, which JavaScript does not have: this is the part
 * of that proposal it asks for. Has to be called before the library is imported.
 */
export function provideReflection(): void {
  const reflect = Reflect as unknown as Record<string, unknown>;
  if (reflect['getMetadata'] !== undefined) return;
  const entries = new WeakMap<object, Map<unknown, unknown>>();
  const own = (key: unknown, target: object): unknown => entries.get(target)?.get(key);
  const inherited = (key: unknown, target: object): unknown => {
    for (let at: object | null = target; at !== null; at = Object.getPrototypeOf(at) as object | null) {
      const value = own(key, at);
      if (value !== undefined) return value;
    }
    return undefined;
  };
  const define = (key: unknown, value: unknown, target: object): void => {
    const known = entries.get(target) ?? new Map<unknown, unknown>();
    known.set(key, value);
    entries.set(target, known);
  };
  Object.assign(reflect, {
    getMetadata: inherited,
    getOwnMetadata: own,
    defineMetadata: define,
    hasOwnMetadata: (key: unknown, target: object) => own(key, target) !== undefined,
    metadata: (key: unknown, value: unknown) => (target: object) => define(key, value, target),
  });
}
