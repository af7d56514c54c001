const MAX_REMEMBERED = 1000;

/** Puts what was read among what is remembered, as the latest; where that becomes too much, the oldest goes. */
export function remember<Key, Value>(remembered: Map<Key, Value>, key: Key, value: Value): void {
  remembered.delete(key);
  remembered.set(key, value);
  const [oldest] = remembered.keys();
  if (remembered.size > MAX_REMEMBERED && oldest !== undefined) remembered.delete(oldest);
}
